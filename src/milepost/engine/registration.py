"""What a merchant says of a shipment, and what is made of it: boxes, facts, scans."""

from __future__ import annotations

from collections.abc import Container
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from milepost.domain.care import Category
from milepost.domain.place import Place
from milepost.domain.scan import Facts, LinkedNumber, Scan, id_text
from milepost.engine.personal import Party, coarse
from milepost.engine.resolve import BadScanError, checked_number
from milepost.engine.rows import Link

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


class Prepared(Struct):
    """A registration on its way: its links, or why it was refused."""

    wanted: Registration
    links: list[Link]
    refused: RegistrationError | BadScanError | None = None

    @property
    def heads(self) -> list[Link]:
        """The first number of each box, which its promise and its announcement are told of."""
        return list({link.box: link for link in reversed(self.links)}.values())[::-1]

    def scans(self, now: datetime, known: Container[int]) -> list[Scan]:
        """What it says of its boxes. Roads that are `known` are not announced again: that must not
        look like news.
        """
        heads = self.heads
        promises = (promise_of(self.wanted, link, now) for link in heads)
        fresh = (announced(self.wanted, link, now) for link in heads if link.road not in known)
        return [*(scan for scan in promises if scan is not None), *fresh]

    def registered(self) -> Registered:
        return Registered(id_text(self.links[0].shipment), [link.number for link in self.links])


def spelt(wanted: Registration) -> set[str]:
    """The numbers as they are kept; those that are none are nobody else's."""
    named = [one.number for parcel in wanted.parcels for one in parcel.numbers]
    found = set()
    for number in [*named, wanted.number or ""]:
        with suppress(BadScanError):
            found.add(checked_number(number))
    return found


def boxes_of(wanted: Registration) -> list[list[LinkedNumber]]:
    if wanted.parcels and wanted.number:
        raise RegistrationError("give either 'number' or 'parcels', not both")
    if wanted.number:
        return [[LinkedNumber(number=wanted.number, carrier=wanted.carrier)]]
    boxes = [parcel.numbers for parcel in wanted.parcels]
    if not boxes or not all(boxes):
        raise RegistrationError("a shipment needs at least one tracking number in each parcel")
    return boxes


def facts_of(wanted: Registration, first: Link) -> Facts:
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


def promise_of(wanted: Registration, link: Link, now: datetime) -> Scan | None:
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


def announced(wanted: Registration, link: Link, now: datetime) -> Scan:
    """That the merchant has announced it is an event like any other."""
    return Scan(
        number=link.number,
        carrier=link.carrier,
        occurred_at=wanted.ordered_at or now,
        code="info_received.created",
        order_number=wanted.order_number,
    )
