"""Shipments that a merchant announces, and numbers that turn out to belong together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from milepost.domain.care import Category
from milepost.domain.event import key_of
from milepost.domain.place import Place
from milepost.domain.scan import Facts, LinkedNumber, Scan, id_text
from milepost.engine.decode import Rejected
from milepost.engine.journey import Journey
from milepost.engine.personal import Parties, Party, Personal, coarse
from milepost.engine.ports import Ledger, Link
from milepost.engine.queries import Queries
from milepost.engine.resolve import BadScanError, checked_number

# So many registrations walk together.
WAVE = 100
Declared = Annotated[str, Meta(max_length=200)]


class ParcelRegistration(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One box and the numbers it travels under, in the order of travel."""

    numbers: list[LinkedNumber]


class Registration(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a merchant knows of a shipment. Give `number` and `carrier` for one box under one
    number, or `parcels` for more. `promised_to` is what the buyer was told, at
    `promised_at` (now by default): the newest promise counts. `goods`, `hs_code` and `packing` are
    as declared to customs. `consignee` and `consignor` go into the vault; only city, region,
    country and the beginning of the postal code are kept beside it, where `destination` and
    `origin` are not given. The declared value is in the smallest unit of its `currency`.
    """

    number: str | None = None
    carrier: str | None = None
    parcels: list[ParcelRegistration] = []
    order_number: str | None = None
    service: str | None = None
    origin: Place | None = None
    destination: Place | None = None
    promised_from: datetime | None = None
    promised_to: datetime | None = None
    promised_at: datetime | None = None
    ordered_at: datetime | None = None
    weight_g: int | None = None
    category: Category | None = None
    categories: list[Category] = []
    goods: Declared | None = None
    hs_code: Declared | None = None
    packing: Declared | None = None
    consignee: Party | None = None
    consignor: Party | None = None
    declared_value_minor: Annotated[int, Meta(ge=0, le=2**62)] | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None


class Registered(Struct, frozen=True):
    """The shipment's id and its tracking numbers."""

    id: str
    numbers: list[str]


class RegistrationError(ValueError):
    """A registration that cannot be taken; the text is for its sender."""


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
        boxes = _boxes(wanted)
        links = self._settled(tenant, links_of(tenant, boxes))
        first = links[0]
        await self._keep(tenant, first, wanted)
        heads = list({link.box: link for link in reversed(links)}.values())[::-1]
        promises = (_promise(wanted, link, now) for link in heads)
        found = [scan for scan in promises if scan is not None]
        # Announced once: to register again must not look like news.
        known = await self._queries.known([link.road for link in heads], tenant)
        found += [_announced(wanted, link, now) for link in heads if link.road not in known]
        body = msgspec.json.encode(found)
        receipt = await self._journey.take_given(tenant, "merchant", body, found)
        if receipt.rejected:
            raise RegistrationError(receipt.rejected[0].error)
        if len(links) > 1:
            await self.link(links)
        await self._journey.add_facts(tenant, "merchant", [_facts(wanted, first)])
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
            await self.link(_appended(home, first.number, fresh) if home else [first, *fresh])


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


def links_of(tenant: int, boxes: Sequence[Sequence[LinkedNumber]]) -> list[Link]:
    """The links of a shipment's numbers, box by box. Raises BadScanError for a bad number."""
    links: list[Link] = []
    seen: set[str] = set()
    shipment: int | None = None
    for box, numbers in enumerate(boxes, 1):
        road: int | None = None
        for position, linked in enumerate(numbers, 1):
            number = checked_number(linked.number)
            if number in seen:
                continue
            seen.add(number)
            parcel = key_of(tenant, number)
            road = parcel if road is None else road
            shipment = road if shipment is None else shipment
            links.append(
                Link(tenant, number, parcel, road, shipment, linked.carrier, box, position)
            )
    return links


def _appended(known: Sequence[Link], number: str, links: Sequence[Link]) -> list[Link]:
    first = next(link for link in known if link.number == number)
    position = max(link.position for link in known if link.box == first.box)
    return [
        link._replace(
            road=first.road, shipment=first.shipment, box=first.box, position=position + offset
        )
        for offset, link in enumerate(links, 1)
    ]


def _boxes(wanted: Registration) -> list[list[LinkedNumber]]:
    if wanted.parcels and wanted.number:
        raise RegistrationError("give either 'number' or 'parcels', not both")
    if wanted.number:
        return [[LinkedNumber(number=wanted.number, carrier=wanted.carrier)]]
    boxes = [parcel.numbers for parcel in wanted.parcels]
    if not boxes or not all(boxes):
        raise RegistrationError("a shipment needs at least one tracking number in each parcel")
    return boxes


def _facts(wanted: Registration, first: Link) -> Facts:
    return Facts(
        number=first.number,
        carrier=first.carrier,
        service=wanted.service,
        order_number=wanted.order_number,
        weight_g=wanted.weight_g,
        pieces=len(wanted.parcels) or None,
        origin=coarse(wanted.origin, wanted.consignor),
        destination=coarse(wanted.destination, wanted.consignee),
        categories=_categories(wanted),
        declared_value_minor=wanted.declared_value_minor,
        currency=wanted.currency,
        goods=wanted.goods,
        hs_code=wanted.hs_code,
        packing=wanted.packing,
    )


def _categories(wanted: Registration) -> tuple[str, ...]:
    """As given; a shipment that changes its country is cross-border without being told."""
    found: set[str] = {*wanted.categories, *([wanted.category] if wanted.category else [])}
    places = coarse(wanted.origin, wanted.consignor), coarse(wanted.destination, wanted.consignee)
    ends = [one.country for one in places if one and one.country]
    if len(set(ends)) > 1:
        found.add("cross_border")
    return tuple(sorted(found))


def _promise(wanted: Registration, link: Link, now: datetime) -> Scan | None:
    if wanted.promised_to is None:
        return None
    return Scan(
        number=link.number,
        carrier=link.carrier,
        occurred_at=wanted.promised_at or now,
        code="promise",
        order_number=wanted.order_number,
        estimated_from=wanted.promised_from,
        estimated_to=wanted.promised_to,
    )


def _announced(wanted: Registration, link: Link, now: datetime) -> Scan:
    """That the merchant has announced it is an event like any other."""
    return Scan(
        number=link.number,
        carrier=link.carrier,
        occurred_at=wanted.ordered_at or now,
        code="info_received.created",
        order_number=wanted.order_number,
    )
