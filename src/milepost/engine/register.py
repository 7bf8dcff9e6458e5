"""Shipments that a merchant announces, and numbers that turn out to belong together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from milepost.domain.scan import Facts, LinkedNumber, id_text
from milepost.engine.decode import Rejected
from milepost.engine.journey import Journey
from milepost.engine.linking import appended, links_of
from milepost.engine.personal import Parties, Personal
from milepost.engine.ports import Ledger, Link
from milepost.engine.queries import Queries
from milepost.engine.registration import (
    Registered,
    Registration,
    RegistrationError,
    announced,
    boxes_of,
    facts_of,
    promise_of,
)
from milepost.engine.resolve import BadScanError, checked_number

# So many registrations walk together.
WAVE = 100

Join = Callable[[Sequence[Link]], Awaitable[None]]


class Registrar:
    """Takes registrations, and joins numbers into shipments."""

    def __init__(self, ledger: Ledger, journey: Journey, queries: Queries, join: Join) -> None:
        self._ledger = ledger
        self._journey = journey
        self._queries = queries
        self._join = join
        self.personal: Personal | None = None  # the vault's desk, where there is one

    async def register(self, tenant: int, wanted: Registration, now: datetime) -> Registered:
        """Durable when answered; registering again changes what is given anew.

        Raises RegistrationError and BadScanError.
        """
        boxes = boxes_of(wanted)
        links = self._settled(tenant, links_of(tenant, boxes))
        first = links[0]
        await self._keep(tenant, first, wanted)
        heads = list({link.box: link for link in reversed(links)}.values())[::-1]
        promises = (promise_of(wanted, link, now) for link in heads)
        found = [scan for scan in promises if scan is not None]
        # Announced once: to register again must not look like news.
        known = await self._queries.known([link.road for link in heads], tenant)
        found += [announced(wanted, link, now) for link in heads if link.road not in known]
        body = msgspec.json.encode(found)
        receipt = await self._journey.take_given(tenant, "merchant", body, found)
        if receipt.rejected:
            raise RegistrationError(receipt.rejected[0].error)
        if len(links) > 1:
            await self.link(links)
        await self._journey.add_facts(tenant, "merchant", [facts_of(wanted, first)])
        return Registered(id_text(first.shipment), [link.number for link in links])

    async def register_many(
        self, tenant: int, wanted: Sequence[tuple[int, Registration]], now: datetime
    ) -> tuple[list[Registered], list[Rejected]]:
        """Many, each with its place, as if one came after the other; what is taken and what not.

        Those that share no number walk together, so they share their commits.
        """
        taken: list[Registered] = []
        rejected: list[Rejected] = []
        for wave in _waves(wanted):
            works = (self.register(tenant, one, now) for _, one in wave)
            answers = await asyncio.gather(*works, return_exceptions=True)
            for (index, _), answer in zip(wave, answers, strict=True):
                if isinstance(answer, Registered):
                    taken.append(answer)
                elif isinstance(answer, RegistrationError | BadScanError):
                    rejected.append(Rejected(index, str(answer)))
                else:
                    raise answer
        return taken, rejected

    async def _keep(self, tenant: int, first: Link, wanted: Registration) -> None:
        """What is personal goes to the vault first: whatever follows holds none of it."""
        if wanted.consignee is None and wanted.consignor is None:
            return
        if self.personal is None:
            raise RegistrationError("consignee, consignor: there is no vault to keep them in")
        given = Parties(wanted.consignee, wanted.consignor)
        await self.personal.keep(tenant, first.shipment, given)

    async def tails(self, tenant: int, number: str) -> frozenset[str]:
        """The last digits of the phones that a shipment was registered with."""
        if self.personal is not None:
            with suppress(BadScanError):  # no number at all: nobody is known by it
                return await self.personal.tails(tenant, checked_number(number))
        return frozenset()

    async def found(self, tenant: int, field: str, value: str) -> set[int]:
        """The roads of shipments with this phone or email."""
        if self.personal is None:
            return set()
        keys = await self.personal.find(tenant, field, value)
        return {road for key in keys for road in self._queries.roads_at(key)}

    def _settled(self, tenant: int, links: list[Link]) -> list[Link]:
        """The links as they will be: a number that has a shipment already stays in it."""
        known = {
            one.number: one for link in links for one in self._queries.links_of(tenant, link.number)
        }
        if all(link.number in known for link in links):
            return [known[link.number] for link in links]
        for link in links:
            one = known.get(link.number, link)
            if (one.road, one.shipment) != (link.road, link.shipment):
                raise RegistrationError(f"number {link.number} belongs to another shipment already")
        return links

    async def link(self, links: Sequence[Link]) -> None:
        """Numbers belong together from now on, and what was known of each before is joined."""
        await self._ledger.add_links(links)
        await self._join(links)

    async def learn(self, tenant: int, facts: Iterable[Facts]) -> None:
        """A carrier names the number under which another carries on."""
        for fact in facts:
            chain = [LinkedNumber(number=fact.number, carrier=fact.carrier), *fact.linked]
            if len(chain) > 1:
                with suppress(BadScanError):  # no number at all: there is nothing to follow
                    await self._learn_chain(tenant, chain)

    async def _learn_chain(self, tenant: int, chain: Sequence[LinkedNumber]) -> None:
        first, *rest = links_of(tenant, [chain])
        # Never tear a number out of a shipment that somebody registered.
        fresh = [link for link in rest if not self._queries.links_of(tenant, link.number)]
        home = self._queries.links_of(tenant, first.number)
        if fresh:
            await self.link(appended(home, first.number, fresh) if home else [first, *fresh])


def _waves(
    wanted: Sequence[tuple[int, Registration]],
) -> Iterator[list[tuple[int, Registration]]]:
    wave: list[tuple[int, Registration]] = []
    used: set[str] = set()
    for index, one in wanted:
        numbers = _spelt(one)
        if len(wave) == WAVE or not used.isdisjoint(numbers):
            yield wave
            wave, used = [], set()
        wave.append((index, one))
        used |= numbers
    if wave:
        yield wave


def _spelt(wanted: Registration) -> set[str]:
    """The numbers as they are kept; those that are none are nobody else's."""
    named = [one.number for parcel in wanted.parcels for one in parcel.numbers]
    found = set()
    for number in [*named, wanted.number or ""]:
        with suppress(BadScanError):
            found.add(checked_number(number))
    return found
