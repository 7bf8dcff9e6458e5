"""What foresight is told of a road."""

from __future__ import annotations

from milepost.domain.event import is_status
from milepost.domain.place import Place, as_place
from milepost.domain.settle import MAIN
from milepost.domain.whole import Whole
from milepost.eta.facts import NOWHERE, Facts, Seen, Spot
from milepost.places import locate
from milepost.rules.since import announces


def facts_of(whole: Whole) -> Facts | None:
    """What foresight asks of a road; None for one without any time."""
    seen = [event for event in whole.events if is_status(event.code)]
    if not seen:
        return None
    first, facts = seen[0], whole.facts
    return Facts(
        created_us=first.at_us,
        carrier=_carrier(whole),
        service=facts.service or "",
        origin=_spot(facts.origin or as_place(first.body.place)),
        destination=_spot(facts.destination),
        promised_us=_promised_us(whole),
        weight_g=facts.weight_g,
        offset_s=60 * (first.offset_min or 0),
    )


def seen_of(whole: Whole) -> tuple[Seen, ...]:
    return tuple(
        Seen(event.at_us, MAIN[event.code]) for event in whole.events if is_status(event.code)
    )


def heard_of(whole: Whole) -> tuple[Seen, ...]:
    """What a silence counts from: a label that is told after the last scan does not break it."""
    scans = [one.at_us for one in whole.events if is_status(one.code) and not announces(one.code)]
    last_us = max(scans, default=None)
    return tuple(one for one in seen_of(whole) if last_us is None or one.occurred_us <= last_us)


def delivered_us(whole: Whole) -> int | None:
    if whole.shipment.main != "delivered":
        return None
    return next((event.at_us for event in whole.events if MAIN[event.code] == "delivered"), None)


def _promised_us(whole: Whole) -> int | None:
    promised_s = whole.shipment.promised_s
    return promised_s * 1_000_000 if promised_s is not None else None


def _carrier(whole: Whole) -> str:
    named = (event.body.carrier for event in reversed(whole.events) if event.body.carrier)
    return next(named, None) or whole.facts.carrier or ""


def _spot(place: Place | None) -> Spot:
    if place is None:
        return NOWHERE
    found = locate(place)
    return Spot(
        place=place.city or (found.city if found else None) or place.name,
        region=place.region,
        country=place.country or (found.country if found else None),
        lat=place.latitude if place.latitude is not None else (found.latitude if found else None),
        lng=place.longitude
        if place.longitude is not None
        else (found.longitude if found else None),
    )
