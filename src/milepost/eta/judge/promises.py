"""How a promise differs from those made lately: a shop changes its rule, and with it what a promise
of so many days says of an order. Promises are known as they are made, so no label is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_LEAST_DAYS = 0.5
_STATE, _AREA = (10.0, 5.0), (30.0, 3.0)  # half-life in days, weight of all others
_AREA_SIZE = 1_000


def promise_gaps(
    start: Floats, slack: Floats, states: Ints, zip_codes: Floats
) -> dict[str, Floats]:
    """Log of the days promised (`slack`) against the mean of the days before, by state and area."""
    promised = np.log(np.maximum(slack, _LEAST_DAYS))
    areas = np.floor(np.nan_to_num(zip_codes) / _AREA_SIZE).astype(np.int64)
    return {
        "promise_gap": promised - recent_mean(start, promised, states, *_STATE),
        "promise_gap_area": promised - recent_mean(start, promised, areas, *_AREA),
    }


def recent_mean(
    start: Floats, values: Floats, groups: Ints, half_life: float, prior: float
) -> Floats:
    """The fading mean of the group's values of the days before, shrunk to that of all; NaN on the
    first day and where `start` is NaN.
    """
    answer, usable = np.full(len(start), np.nan), np.flatnonzero(np.isfinite(start))
    days = np.floor(start[usable]).astype(int)
    fading = _Fading(int(groups.max(initial=0)) + 1, 0.5 ** (1 / half_life))
    for day in np.unique(days):
        rows = usable[days == day]
        answer[rows] = fading.means(int(day), groups[rows], prior)
        fading.learn(groups[rows], values[rows])
    return answer


class _Fading:
    """Sums by group; the last one is of all."""

    def __init__(self, groups: int, fade: float) -> None:
        self._sums, self._counts = np.zeros(groups + 1), np.zeros(groups + 1)
        self._fade, self._day = fade, 0

    def means(self, day: int, groups: Ints, prior: float) -> Floats:
        factor = self._fade ** (day - self._day)
        self._sums, self._counts, self._day = self._sums * factor, self._counts * factor, day
        if not self._counts[-1]:
            return np.full(len(groups), np.nan)
        mean = self._sums[-1] / self._counts[-1]
        answer = (self._sums[groups] + prior * mean) / (self._counts[groups] + prior)
        return np.asarray(answer)

    def learn(self, groups: Ints, values: Floats) -> None:
        known = np.isfinite(values)
        for where in (groups[known], np.full(int(known.sum()), len(self._sums) - 1)):
            np.add.at(self._sums, where, values[known])
            np.add.at(self._counts, where, 1.0)
