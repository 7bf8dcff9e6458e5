"""How long a lane takes, from what the tenant's own parcels took. Pure.

With too few parcels there is no estimate; `cold` has one that needs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from msgspec import Struct

FEWEST = 5
PLENTY = 30
# AfterShip's codes: high confidence in the range, medium as there is little data.
HIGH, MEDIUM = 20001, 30002
_ONE_DAY = timedelta(days=1)


class Sample(Struct, frozen=True):
    """Days from pick-up to delivery (`done`), or to what the carrier promised."""

    days: float
    done: bool


class Pickup(Struct, frozen=True):
    """When a shop hands over: cutoff on the day, days it works (1 Monday … 7 Sunday)."""

    ordered_at: datetime
    cutoff: str | None
    business_days: frozenset[int]
    processing_days: float


def estimate(samples: Sequence[Sample], pickup: datetime) -> dict[str, Any] | None:
    """The estimate's fields, None where too little is known: the day by which half, a tenth and
    nine tenths of the parcels had come.
    """
    done = [one.days for one in samples if one.done]
    days = sorted(done if len(done) >= FEWEST else [one.days for one in samples])
    name = "estimated_delivery_date"
    if len(days) < FEWEST:
        return None
    return {
        name: _day(pickup, days, 0.5),
        "confidence_code": HIGH if len(done) >= PLENTY else MEDIUM,
        f"{name}_min": _day(pickup, days, 0.1),
        f"{name}_max": _day(pickup, days, 0.9),
    }


def _day(pickup: datetime, days: Sequence[float], share: float) -> str:
    took = days[max(0, ceil(share * len(days)) - 1)]
    return (pickup + timedelta(days=took)).date().isoformat()


def pickup_at(shop: Pickup) -> datetime:
    """When the parcel leaves the shop: orders after the cutoff wait for the next working day."""
    at = shop.ordered_at
    late = shop.cutoff is not None and at.strftime("%H:%M:%S") > shop.cutoff
    start = _working(at + _ONE_DAY if late else at, shop.business_days)
    for _ in range(ceil(shop.processing_days)):
        start = _working(start + _ONE_DAY, shop.business_days)
    return start


def _working(at: datetime, business_days: frozenset[int]) -> datetime:
    while business_days and at.isoweekday() not in business_days:
        at += _ONE_DAY
    return at
