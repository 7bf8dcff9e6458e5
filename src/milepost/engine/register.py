"""Shipments that a merchant announces, many at a time, and numbers that turn out to belong
together.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from milepost.domain.scan import Facts, LinkedNumber
from milepost.engine.decode import Rejected
from milepost.engine.journey import Journey
from milepost.engine.linking import appended, links_of
from milepost.engine.personal import Parties, Personal
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.engine.registration import (
    Prepared,
    Registered,
    Registration,
    RegistrationError,
    boxes_of,
    facts_of,
    spelt,
)
from milepost.engine.resolve import BadScanError, checked_number
from milepost.engine.rows import Link

# So many registrations walk together, and share two commits.
WAVE = 500
# So many are looked at in one turn of the event loop, and their people put into the vault at once.
STRETCH = 50

Join = Callable[[Sequence[Link]], Awaitable[None]]
Refusal = RegistrationError | BadScanError


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
        (answer,) = await self._together(tenant, [wanted], now)
        if isinstance(answer, Registered):
            return answer
        raise answer

    async def register_many(
        self, tenant: int, wanted: Sequence[tuple[int, Registration]], now: datetime
    ) -> tuple[list[Registered], list[Rejected]]:
        """Many, each with its place, as if one came after the other; what is taken and what not."""
        taken: list[Registered] = []
        rejected: list[Rejected] = []
        for wave in _waves(wanted):
            answers = await self._together(tenant, [one for _, one in wave], now)
            for (index, _), answer in zip(wave, answers, strict=True):
                if isinstance(answer, Registered):
                    taken.append(answer)
                else:
                    rejected.append(Rejected(index, str(answer)))
        return taken, rejected

    async def _together(
        self, tenant: int, wanted: Sequence[Registration], now: datetime
    ) -> list[Registered | Refusal]:
        """Of some that share no number. What each rests on is durable before the next step: its
        people, its scans, its links, its facts.
        """
        asked = [one async for one in self._prepared(tenant, wanted)]
        await self._keep(tenant, [one for one in asked if not one.refused])
        await self._announce(tenant, [one for one in asked if not one.refused], now)
        sound = [one for one in asked if not one.refused]
        joined = [link for one in sound if len(one.links) > 1 for link in one.links]
        if joined:
            await self.link(joined)
        facts = [facts_of(one.wanted, one.links[0]) for one in sound]
        if facts:
            await self._journey.add_facts(tenant, "merchant", facts)
        return [one.refused or one.registered() for one in asked]

    async def _prepared(
        self, tenant: int, wanted: Sequence[Registration]
    ) -> AsyncIterator[Prepared]:
        for place, one in enumerate(wanted, 1):
            try:
                links = self._settled(tenant, links_of(tenant, boxes_of(one)))
                yield Prepared(one, links)
            except (RegistrationError, BadScanError) as error:
                yield Prepared(one, [], error)
            if place % STRETCH == 0:
                await asyncio.sleep(0)

    async def _announce(self, tenant: int, asked: Sequence[Prepared], now: datetime) -> None:
        """What they say of themselves as scans, in one batch with one raw payload."""
        heads = [link.road for one in asked for link in one.heads]
        known = await self._queries.known(heads, tenant)
        told = [(one, scan) for one in asked for scan in one.scans(now, known)]
        scans = [scan for _, scan in told]
        if not scans:
            return
        body = msgspec.json.encode(scans)
        receipt = await self._journey.take_given(tenant, "merchant", body, scans)
        for rejected in receipt.rejected:
            one, _ = told[rejected.index]
            one.refused = one.refused or RegistrationError(rejected.error)

    async def _keep(self, tenant: int, asked: Sequence[Prepared]) -> None:
        """What is personal goes to the vault first: whatever follows holds none of it."""
        named = [one for one in asked if one.wanted.consignee or one.wanted.consignor]
        if self.personal is None:
            for one in named:
                one.refused = RegistrationError(
                    "consignee, consignor: there is no vault to keep them in"
                )
            return
        for start in range(0, len(named), STRETCH):
            people = [
                (one.links[0].shipment, Parties(one.wanted.consignee, one.wanted.consignor))
                for one in named[start : start + STRETCH]
            ]
            await self.personal.keep_all(tenant, people)

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
    """Those that share no number, so that none of a wave could change what becomes of another."""
    wave: list[tuple[int, Registration]] = []
    used: set[str] = set()
    for index, one in wanted:
        numbers = spelt(one)
        if len(wave) == WAVE or not used.isdisjoint(numbers):
            yield wave
            wave, used = [], set()
        wave.append((index, one))
        used |= numbers
    if wave:
        yield wave
