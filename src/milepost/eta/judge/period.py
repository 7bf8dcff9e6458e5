"""Period life tables: how fast things move now, from what is delivered and what is still open.

A cohort of recent orders shows only its fast ones. A period table asks another question: of all
that was open in the last days at each age, which share was delivered? Open orders count in the
denominator, so the answer has no bias towards the fast, and follows the world within days. A row of
day d knows only what happened before day d.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

AGES = 90
_LONG_HALF_LIFE = 150.0  # days: what a nearly empty age falls back on
_PRIOR_HAZARD = 1 / 12  # a day; only until the first deliveries are known


@dataclass(frozen=True)
class Pace:
    """Half-lives in days and the weight (in expected deliveries) of a group's prior."""

    half_life: float = 7.0
    group_half_life: float = 30.0
    group_prior: float = 5.0


class LifeTable:
    """Hazards by age in days, and a factor for each group, before each day."""

    def __init__(self, groups: int, pace: Pace) -> None:
        self._pace = pace
        self._events, self._open = np.zeros(AGES), np.zeros(AGES)
        self._long_events, self._long_open = np.full(AGES, 6 * _PRIOR_HAZARD), np.full(AGES, 6.0)
        self._seen, self._expected = np.zeros(groups), np.zeros(groups)
        self._weekday_seen, self._weekday_expected = np.ones(8), np.ones(8)

    def hazards(self) -> Floats:
        """The chance of delivery within the day, by age."""
        long = self._long_events / self._long_open
        return np.asarray(np.clip((self._events + 3 * long) / (self._open + 3), 1e-4, 0.95))

    def factors(self) -> Floats:
        """How much faster than all each group moves."""
        prior = self._pace.group_prior
        return np.asarray((self._seen + prior) / (self._expected + prior))

    def learn(self, ages: Ints, groups: Ints, ended: NDArray[np.bool_], weekday: int) -> None:
        """One day: each open order's age and group, and whether it ended. Weekday 7: a holiday."""
        hazards = self.hazards()
        count = np.bincount(ages, minlength=AGES).astype(float)
        events = np.bincount(ages, weights=ended, minlength=AGES)
        # Little moves on a Sunday; without the weekday's weight each weekend looks like a slump.
        weight = float(self._weekday_seen[weekday] / self._weekday_expected[weekday])
        self._learn_weekday(weekday, float(ended.sum()), float(hazards @ count))
        fade, fade_long = (0.5 ** (1 / life) for life in (self._pace.half_life, _LONG_HALF_LIFE))
        self._events, self._open = self._events * fade + events, self._open * fade + count * weight
        self._long_events = self._long_events * fade_long + events
        self._long_open = self._long_open * fade_long + count * weight
        self._learn_groups(hazards[ages] * weight, groups, ended)

    def _learn_weekday(self, weekday: int, seen: float, expected: float) -> None:
        self._weekday_seen[weekday] = self._weekday_seen[weekday] * 0.99 + seen / 50
        self._weekday_expected[weekday] = self._weekday_expected[weekday] * 0.99 + expected / 50

    def _learn_groups(self, expected: Floats, groups: Ints, ended: NDArray[np.bool_]) -> None:
        size, fade = len(self._seen), 0.5 ** (1 / self._pace.group_half_life)
        self._seen = self._seen * fade + np.bincount(groups, weights=ended, minlength=size)
        self._expected = self._expected * fade + np.bincount(
            groups, weights=expected, minlength=size
        )


def medians(
    start: Floats, end: Floats, groups: Ints, workday: NDArray[np.bool_], pace: Pace | None = None
) -> Floats:
    """The table's median days from start to end for each row, as known before the row's day.

    `workday[d]` says whether day d since 1970 is one; NaN starts give NaN.
    """
    usable = np.isfinite(start)
    answer = np.full(len(start), np.nan)
    if not usable.any():
        return answer
    begin, kind = np.floor(start[usable]).astype(int), groups[usable]
    close = np.where(np.isfinite(end[usable]), np.floor(end[usable]), 2**31).astype(int)
    table = LifeTable(int(kind.max()) + 1, pace or Pace())
    found = np.full(len(begin), np.nan)
    for day in range(begin.min(), begin.max() + 1):
        today = np.flatnonzero(begin == day)
        if len(today):
            found[today] = _quantiles(table, 0.5)[kind[today]]
        open_ = (begin <= day) & (close >= day)
        weekday = (day + 3) % 7
        if weekday < 5 and not workday[day]:
            weekday = 7
        ages = np.minimum(day - begin[open_], AGES - 1)
        table.learn(ages, kind[open_], close[open_] == day, weekday)
    answer[usable] = found
    return answer


def _quantiles(table: LifeTable, share: float) -> Floats:
    """Days until `share` have ended, for each group."""
    cumulated = np.cumsum(-np.log1p(-table.hazards()))
    needed = -np.log(1 - share) / table.factors()
    whole = np.concatenate([[0.0], cumulated])
    return np.asarray(np.interp(needed, whole, np.arange(AGES + 1.0)))
