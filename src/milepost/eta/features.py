"""What a trained model sees of a shipment, as it begins and after each scan.

Absent numbers are NaN, names are codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import isfinite, nan

from milepost.eta.calendars import is_working_day
from milepost.eta.distance import between_km
from milepost.eta.facts import DAY_US, Facts, Road
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
_LATEST_US = 250 * 365 * DAY_US
_COMMON = 5

Vocabulary = dict[str, dict[str, int]]


def names_of(facts: Facts) -> tuple[str, ...]:
    """The texts behind `NAMES`."""
    origin, destination = facts.origin, facts.destination
    lane = f"{origin.country or ''}>{destination.country or ''}"
    return (
        facts.carrier, facts.service, facts.mode, f"{origin.country or ''}-{origin.region or ''}",
        f"{destination.country or ''}-{destination.region or ''}", lane,
    )  # fmt: skip


def scanned_row(facts: Facts, where: Situation, vocabulary: Vocabulary) -> list[float]:
    """Values in the order of `SCANNED_FEATURES`, as of the newest scan."""
    at = where.trail[-1][1]
    before = where.trail[-2][1] if len(where.trail) > 1 else 0.0
    moment = local(facts, at)
    return [
        *row(facts, vocabulary),
        float(STAGES.index(where.stage)) if where.stage in STAGES else -1.0,
        at, where.scanned, at - before, float(len(where.trail)),
        moment.hour + moment.minute / 60, float(moment.weekday()), _promise(facts) - at,
    ]  # fmt: skip


def local(facts: Facts, days: float = 0.0) -> datetime:
    """The clock of the origin so many days after the creation; an impossible one is cut off."""
    local_us = facts.created_us + facts.offset_s * 1_000_000 + int(days * DAY_US)
    return datetime.fromtimestamp(min(max(local_us, 0), _LATEST_US) / 1_000_000, UTC)


def row(facts: Facts, vocabulary: Vocabulary) -> list[float]:
    """Values in the order of `FEATURES`.

    The level of the lane is not among them: trees would learn single weeks by heart from it.
    """
    coded: list[float] = [
        float(vocabulary.get(kind, {}).get(name, -1))
        for kind, name in zip(NAMES, names_of(facts), strict=True)
    ]
    km = between_km(facts.origin, facts.destination)
    moment = local(facts)
    ends = facts.origin, facts.destination
    return [
        *coded,
        nan if km is None else km,
        _promise(facts),
        moment.hour + moment.minute / 60,
        float(moment.weekday()),
        free_days(ends[0].country, moment.date(), 3),
        free_days(ends[1].country, moment.date(), 3),
        free_days(ends[1].country, moment.date(), 10),
        nan if facts.weight_g is None else float(facts.weight_g),
        *(_degrees(value) for spot in ends for value in (spot.lat, spot.lng)),
    ]


def _promise(facts: Facts) -> float:
    return nan if facts.promised_us is None else (facts.promised_us - facts.created_us) / DAY_US


def _degrees(value: float | None) -> float:
    return value if value is not None and isfinite(value) else nan


@lru_cache(maxsize=8_192)
def free_days(country: str | None, day: date, ahead: int) -> float:
    """How many of the next `ahead` days nobody works on there."""
    days = (day + timedelta(days=step) for step in range(1, ahead + 1))
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
