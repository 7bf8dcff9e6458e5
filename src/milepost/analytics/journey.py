"""A box's events become one row. Pure: the same events, in any order, give the same row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from milepost.analytics.hops import hops_of
from milepost.analytics.model import Hop, Journey
from milepost.analytics.spots import NOWHERE, Spot, spot, spot_of
from milepost.analytics.stays import stays_of
from milepost.domain.event import Event, is_status
from milepost.domain.marks import PROMISE, Mark
from milepost.domain.moment import TimeQuality
from milepost.domain.scan import Facts
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.status import BY_CODE, OVER, SUB_CODE

EARLY = frozenset({"unknown", "pending", "info_received"})
DAMAGED = {SUB_CODE["exception.damaged"]}
_LOST = {SUB_CODE["exception.lost"], SUB_CODE["exception.destroyed"]}
_CANCELLED = SUB_CODE["exception.cancelled"]
REFUSED = {SUB_CODE["exception.refused"]}
_ROUGH = {int(TimeQuality.naive), int(TimeQuality.date_only)}
HANDED = {"delivered", "available_for_pickup"}


class Box(NamedTuple):
    """What is known of one box. `events` may lack some of the marks, or all of them.

    `carrier` is the one that stands in the list of shipments.
    """

    tenant: int
    road: int
    shipment: int
    number: str
    box: int
    carrier: str | None
    view: Shipment
    marks: Sequence[Mark]
    events: Mapping[int, Event]
    facts: Facts


def is_over(code: int) -> bool:
    """Whether nothing more is expected of a road with this status."""
    return code in OVER


def journey_of(one: Box) -> tuple[Journey, list[Hop]]:
    """The box's row, and its moves."""
    told = [mark for mark in one.marks if is_status(mark.code)]
    spots = {mark.fingerprint: _spot(one, mark) for mark in told}
    moving = [mark for mark in told if MAIN[mark.code] not in EARLY]
    carriers = [_carrier(one, mark) for mark in moving]
    header, main = one.view.header, one.view.main
    first, last = _ends(one, [spots[mark.fingerprint] for mark in moving], main)
    delivered_s = header.since_s if main == "delivered" else None
    promised = _promises(one, delivered_s)
    codes = {mark.code for mark in told}
    facts = one.facts
    named = [name for name in carriers if name]
    named = named or [name for mark in told if (name := _carrier(one, mark))]
    journey = Journey(
        tenant=one.tenant,
        road=one.road,
        shipment=one.shipment,
        number=one.number,
        box=one.box,
        carrier=named[0] if named else facts.carrier or one.carrier,
        last_carrier=named[-1] if named else one.carrier or facts.carrier,
        service=facts.service,
        categories=sorted(facts.categories),
        goods=facts.goods,
        hs_code=facts.hs_code,
        packing=facts.packing,
        weight_g=facts.weight_g,
        origin_country=first.country,
        origin_region=first.region,
        origin_city=first.city,
        destination_country=last.country,
        destination_region=last.region,
        destination_city=last.city,
        created_s=one.marks[0].at_s if one.marks else 0,
        started_s=next((mark.at_s for mark in moving if MAIN[mark.code] != "delivered"), None),
        out_for_delivery_s=_first(told, {"out_for_delivery"}),
        available_s=_first(told, {"available_for_pickup"}),
        delivered_s=delivered_s,
        returned_s=header.since_s if main == "returned" else None,
        last_s=header.last_s,
        promise_s=promised[-1] if promised else None,
        first_promise_s=promised[0] if promised else None,
        code=header.code,
        over=is_over(header.code),
        attempts=header.attempts,
        first_attempt=_first_attempt(told),
        troubles=list(dict.fromkeys(mark.code for mark in told if BY_CODE[mark.code].trouble)),
        sent_back=main in ("returning", "returned"),
        damaged=bool(codes & DAMAGED),
        lost=header.code in _LOST,
        cancelled=header.code == _CANCELLED,
        reopened=one.view.reopened,
        rough=any(mark.quality in _ROUGH for mark in (*moving[:1], *moving[-1:])),
        customs=stays_of((mark, spots[mark.fingerprint].country) for mark in told),
        events=len(told),
    )
    hops = hops_of(
        (mark, spots[mark.fingerprint], carrier)
        for mark, carrier in zip(moving, carriers, strict=True)
    )
    return journey, hops


def _spot(one: Box, mark: Mark) -> Spot:
    event = one.events.get(mark.fingerprint)
    return NOWHERE if event is None else spot_of(event.body)


def _carrier(one: Box, mark: Mark) -> str | None:
    event = one.events.get(mark.fingerprint)
    return None if event is None else event.body.carrier


def _first(told: Iterable[Mark], mains: set[str]) -> int | None:
    return next((mark.at_s for mark in told if MAIN[mark.code] in mains), None)


def _ends(one: Box, spots: Sequence[Spot], main: str) -> tuple[Spot, Spot]:
    """As they were stated; else where the road was first seen, and where it was delivered."""
    first = spot(one.facts.origin) if one.facts.origin else NOWHERE
    last = spot(one.facts.destination) if one.facts.destination else NOWHERE
    seen = [found for found in spots if found.country]
    if first.country is None and seen:
        first = _filled(first, seen[0])
    if last.country is None and seen and main == "delivered":
        last = _filled(last, seen[-1])
    return first, last


def _filled(stated: Spot, seen: Spot) -> Spot:
    return stated if stated.city or stated.region else seen


def _promises(one: Box, delivered_s: int | None) -> list[int]:
    """The promised seconds, oldest promise first; what was promised when it had come is none."""
    references = one.view.references
    return [
        references[mark.fingerprint]
        for mark in one.marks
        if mark.code == PROMISE and (delivered_s is None or mark.at_s <= delivered_s)
    ]


def _first_attempt(told: Iterable[Mark]) -> bool | None:
    for mark in told:
        main = MAIN[mark.code]
        if main in HANDED:
            return True
        if main == "attempt_failed" or mark.code in REFUSED:
            return False
    return None
