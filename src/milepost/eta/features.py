"""What a trained model sees of a shipment as it begins. Absent numbers are NaN, names are codes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import isfinite, nan

from milepost.eta.calendars import is_working_day
from milepost.eta.distance import between_km
from milepost.eta.facts import DAY_US, Facts

NAMES = ("carrier", "service", "mode", "origin_region", "destination_region", "lane")
FEATURES = (
    *NAMES, "distance_km", "promise_days", "hour", "weekday",
    "free_3_origin", "free_3_destination", "free_10_destination", "weight_g",
    "origin_lat", "origin_lng", "destination_lat", "destination_lng",
)  # fmt: skip
_LATEST_US = 250 * 365 * DAY_US

Vocabulary = dict[str, dict[str, int]]


def names_of(facts: Facts) -> tuple[str, ...]:
    """The texts behind `NAMES`."""
    origin, destination = facts.origin, facts.destination
    lane = f"{origin.country or ''}>{destination.country or ''}"
    return (
        facts.carrier, facts.service, facts.mode, f"{origin.country or ''}-{origin.region or ''}",
        f"{destination.country or ''}-{destination.region or ''}", lane,
    )  # fmt: skip


def row(facts: Facts, vocabulary: Vocabulary) -> list[float]:
    """Values in the order of `FEATURES`.

    The level of the lane is not among them: trees would learn single weeks by heart from it.
    """
    coded: list[float] = [
        float(vocabulary.get(kind, {}).get(name, -1))
        for kind, name in zip(NAMES, names_of(facts), strict=True)
    ]
    km = between_km(facts.origin, facts.destination)
    local_us = min(max(facts.created_us + facts.offset_s * 1_000_000, 0), _LATEST_US)
    moment = datetime.fromtimestamp(local_us / 1_000_000, UTC)
    ends = facts.origin, facts.destination
    return [
        *coded,
        nan if km is None else km,
        _promise(facts),
        moment.hour + moment.minute / 60,
        float(moment.weekday()),
        _free(ends[0].country, moment.date(), 3),
        _free(ends[1].country, moment.date(), 3),
        _free(ends[1].country, moment.date(), 10),
        nan if facts.weight_g is None else float(facts.weight_g),
        *(_degrees(value) for spot in ends for value in (spot.lat, spot.lng)),
    ]


def _promise(facts: Facts) -> float:
    return nan if facts.promised_us is None else (facts.promised_us - facts.created_us) / DAY_US


def _degrees(value: float | None) -> float:
    return value if value is not None and isfinite(value) else nan


@lru_cache(maxsize=8_192)
def _free(country: str | None, day: date, ahead: int) -> float:
    days = (day + timedelta(days=step) for step in range(1, ahead + 1))
    return float(sum(not is_working_day(country, one) for one in days))
