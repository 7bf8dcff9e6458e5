"""Signed off far from the address that it was sent to."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.scan import id_text
from milepost.domain.settle import MAIN
from milepost.domain.whole import Whole, distance_m, place_of, position_of

# Left at a locker or a station: that is meant to be elsewhere.
_ELSEWHERE = "delivered.locker_or_pickup_point"


def check(whole: Whole, now_s: int, policy: Policy) -> Finding | None:
    address = position_of(whole.facts.destination)
    if address is None or whole.shipment.main != "delivered":
        return None
    for event in whole.events:
        where = position_of(place_of(event))
        if MAIN[event.code] != "delivered" or where is None or event.sub == _ELSEWHERE:
            continue
        away_m = round(distance_m(address, where))
        if away_m > policy.far_from_address_m:
            detail: dict[str, str | int | float | None] = {
                "event": id_text(event.fingerprint), "away_m": away_m,
                "device": event.body.device,
            }  # fmt: skip
            return Finding("delivered_far", "critical", event.at_us // 1_000_000, detail)
    return None


def due(whole: Whole, policy: Policy) -> int | None:
    return None
