"""What the LSTM reads of a shipment: its scans one by one, and facts of the whole road.

All numbers are scaled by fixed rules, so that nothing but the weights has to be kept. An absent
fact is 0, and says so in a number of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, isfinite, log, log1p, pi, sin
from typing import TYPE_CHECKING

from milepost.eta.distance import between_km
from milepost.eta.facts import DAY_US, Facts
from milepost.eta.features import free_days, local
from milepost.eta.ports import Situation
from milepost.eta.stages import CREATED, LONGEST_TRAIL, STAGES

if TYPE_CHECKING:
    from milepost.eta.lstm import Sequences

# The kinds of scans that are told apart; all others are one kind.
KINDS = ("", CREATED, "info_received", *STAGES)
STEP_NUMBERS, FACT_NUMBERS = 6, 15
_CODES = {kind: code for code, kind in enumerate(KINDS)}
_LEAST_DAYS = 0.02


def steps_of(
    facts: Facts, trail: Sequence[tuple[str, float]]
) -> tuple[list[list[float]], list[int]]:
    """Numbers and kind of each step, the creation first."""
    numbers, kinds, before = [], [], 0.0
    for main, days in ((CREATED, 0.0), *trail[-LONGEST_TRAIL:]):
        moment = local(facts, days)
        hour = 2 * pi * (moment.hour + moment.minute / 60) / 24
        weekday = 2 * pi * (moment.weekday() / 7)
        since, gap = log1p(max(days, 0.0)) / 2, log1p(max(days - before, 0.0)) / 2
        numbers.append([since, gap, sin(hour), cos(hour), sin(weekday), cos(weekday)])
        kinds.append(_CODES.get(main, 0))
        before = days
    return numbers, kinds


def facts_of(facts: Facts, where: Situation, normal: float) -> list[float]:
    """Facts of the road as of its newest scan; `normal`: days by the table."""
    at = where.trail[-1][1] if where.trail else 0.0
    day, ends = local(facts, at).date(), (facts.origin, facts.destination)
    kilometres = between_km(*ends)
    promised_us = facts.promised_us
    left = None if promised_us is None else (promised_us - facts.created_us) / DAY_US - at
    return [
        log(max(normal, _LEAST_DAYS)) / 2, log1p(max(at, 0.0)) / 2, log1p(max(where.scanned, 0.0)),
        *_maybe(None if left is None else log(max(left, _LEAST_DAYS) / max(normal, _LEAST_DAYS))),
        float(left is not None and left <= 0),
        *_maybe(None if kilometres is None else log1p(kilometres) / 4 - 1),
        *_maybe(None if facts.weight_g is None else log1p(max(facts.weight_g, 0)) / 4 - 1.5),
        free_days(ends[1].country, day, 3) / 3, free_days(ends[1].country, day, 10) / 10,
        float(None not in (ends[0].country, ends[1].country)
              and ends[0].country != ends[1].country),
        *_degrees(ends[1].lat, ends[1].lng),
    ]  # fmt: skip


def _maybe(value: float | None) -> tuple[float, float]:
    return (0.0, 0.0) if value is None else (min(max(value, -3.0), 3.0), 1.0)


def _degrees(*values: float | None) -> list[float]:
    return [value / 60 if value is not None and isfinite(value) else 0.0 for value in values]


def sequences(asked: Sequence[tuple[Facts, Situation, float]]) -> Sequences:
    """Facts, situation and the table's days of each, as the LSTM reads them while it learns."""
    import numpy as np

    from milepost.eta.lstm import Sequences

    longest = 1 + max((min(len(where.trail), LONGEST_TRAIL) for _, where, _ in asked), default=0)
    steps = np.zeros((len(asked), longest, STEP_NUMBERS))
    kinds = np.zeros((len(asked), longest), dtype=np.int64)
    there = np.zeros((len(asked), longest), dtype=bool)
    for index, (facts, where, _) in enumerate(asked):
        numbers, found = steps_of(facts, where.trail)
        count = len(found)
        steps[index, -count:], kinds[index, -count:], there[index, -count:] = numbers, found, True
    rest = np.array([facts_of(*one) for one in asked]).reshape(len(asked), FACT_NUMBERS)
    return Sequences(steps, kinds, there, rest)
