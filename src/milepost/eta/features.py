"""What a trained model sees of a shipment, as it begins and after each scan.

Absent numbers are NaN, names are codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from math import isfinite, nan
from typing import NamedTuple

from milepost.eta.calendars import is_working_day
from milepost.eta.distance import between_km
from milepost.eta.facts import DAY_US, Facts, Road, Spot
from milepost.eta.ports import Situation
from milepost.eta.stages import STAGES

NAMES = ("carrier", "service", "mode", "origin_region", "destination_region", "lane")
FEATURES = (
    *NAMES, "distance_km", "promise_days", "hour", "weekday",
    "free_3_origin", "free_3_destination", "free_10_destination", "weight_g",
    "origin_lat", "origin_lng", "destination_lat", "destination_lng",
)  # fmt: skip
SCANNED_FEATURES = (
    *FEATURES, "stage", "since_created", "in_stage", "since_scan_before", "scans",
    "scan_hour", "scan_weekday", "promise_left",
)  # fmt: skip
_LATEST_US, _MINUTE_US = 250 * 365 * DAY_US, 60_000_000
_FIRST_DAY, _WEEKDAY_1970 = date(1970, 1, 1), 3
_STAGE_CODES = {stage: float(code) for code, stage in enumerate(STAGES)}
_COMMON = 5

Vocabulary = dict[str, dict[str, int]]


def names_of(facts: Facts) -> tuple[str, ...]:
    """The texts behind `NAMES`."""
    return facts.carrier, facts.service, facts.mode, *_ends(facts.origin, facts.destination).names


def scanned_row(facts: Facts, where: Situation, vocabulary: Vocabulary) -> list[float]:
    """Values in the order of `SCANNED_FEATURES`, as of the newest scan."""
    at = where.trail[-1][1]
    before = where.trail[-2][1] if len(where.trail) > 1 else 0.0
    clock = clock_of(facts, at)
    return [
        *row(facts, vocabulary),
        _STAGE_CODES.get(where.stage, -1.0),
        at, where.scanned, at - before, float(len(where.trail)),
        clock.hour, clock.weekday, _promise(facts) - at,
    ]  # fmt: skip


class Clock(NamedTuple):
    """That of the origin: `hour` with minutes as its parts, Monday is 0, `day` since 1970."""

    hour: float
    weekday: int
    day: int


def clock_of(facts: Facts, days: float = 0.0) -> Clock:
    """So many days after the creation; an impossible time is cut off."""
    local_us = facts.created_us + facts.offset_s * 1_000_000 + int(days * DAY_US)
    day, rest_us = divmod(min(max(local_us, 0), _LATEST_US), DAY_US)
    return Clock(rest_us // _MINUTE_US / 60, (day + _WEEKDAY_1970) % 7, day)


def row(facts: Facts, vocabulary: Vocabulary) -> list[float]:
    """Values in the order of `FEATURES`.

    The level of the lane is not among them: trees would learn single weeks by heart from it.
    """
    ends, clock = _ends(facts.origin, facts.destination), clock_of(facts)
    countries = facts.origin.country, facts.destination.country
    named = facts.carrier, facts.service, facts.mode, *ends.names
    return [
        *[vocabulary[kind].get(name, -1) for kind, name in zip(NAMES, named, strict=True)],
        ends.kilometres, _promise(facts), clock.hour, clock.weekday,
        *_free(*countries, clock.day),
        nan if facts.weight_g is None else facts.weight_g,
        *ends.degrees,
    ]  # fmt: skip


class _Ends(NamedTuple):
    """What two spots alone say of a shipment; lanes come again and again."""

    names: tuple[str, str, str]
    kilometres: float
    degrees: tuple[float, ...]


@lru_cache(maxsize=65_536)
def _ends(origin: Spot, destination: Spot) -> _Ends:
    here, there = origin.country or "", destination.country or ""
    kilometres = between_km(origin, destination)
    return _Ends(
        (f"{here}-{origin.region or ''}", f"{there}-{destination.region or ''}", f"{here}>{there}"),
        nan if kilometres is None else kilometres,
        tuple(_degrees(value) for spot in (origin, destination) for value in (spot.lat, spot.lng)),
    )


def _promise(facts: Facts) -> float:
    return nan if facts.promised_us is None else (facts.promised_us - facts.created_us) / DAY_US


def _degrees(value: float | None) -> float:
    return value if value is not None and isfinite(value) else nan


@lru_cache(maxsize=8_192)
def _free(origin: str | None, destination: str | None, day: int) -> tuple[float, float, float]:
    return (
        free_days(origin, day, 3), free_days(destination, day, 3), free_days(destination, day, 10)
    )  # fmt: skip


@lru_cache(maxsize=8_192)
def free_days(country: str | None, day: int, ahead: int) -> float:
    """How many of the `ahead` days after a day (since 1970) nobody works on there."""
    first = _FIRST_DAY + timedelta(days=day)
    days = (first + timedelta(days=step) for step in range(1, ahead + 1))
    return float(sum(not is_working_day(country, one) for one in days))


def vocabulary_of(roads: Sequence[Road]) -> Vocabulary:
    """Codes of names that are common enough to learn from; all others are unknown to the trees."""
    counts: dict[str, dict[str, int]] = {kind: {} for kind in NAMES}
    for road in roads:
        for kind, name in zip(NAMES, names_of(road.facts), strict=True):
            counts[kind][name] = counts[kind].get(name, 0) + 1
    return {
        kind: {name: code for code, name in enumerate(sorted(_common(found)))}
        for kind, found in counts.items()
    }


def _common(found: dict[str, int]) -> list[str]:
    return [name for name, count in found.items() if count >= _COMMON]
