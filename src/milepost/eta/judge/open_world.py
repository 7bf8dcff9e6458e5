"""Rolling calibration under the label clock: quotes against what is delivered and what is open.

Each order runs through u = age / quote. The share that ends in each step of u, among all that
passed it in the last days, gives the survival of u; its quantile says how short quotes are now.
This is conformal calibration for labels that are still on the road.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_STEP, _STEPS = 0.05, 100
_PRIOR = 3.0
_WARM_UP_DAYS = 10


class Ratios:
    """The survival of u over the last days (half-life in days)."""

    def __init__(self, half_life: float) -> None:
        self._fade = 0.5 ** (1 / half_life)
        self._open, self._ended = np.full(_STEPS, 1e-9), np.zeros(_STEPS)
        self._long = np.full(_STEPS, 0.05)

    def learn(self, before: Floats, after: Floats, ended: NDArray[np.bool_]) -> None:
        """One day: u of each open order at its beginning and end, and whether it was delivered."""
        edge = _STEPS - 1e-6
        low, high = np.minimum(before / _STEP, edge), np.minimum(after / _STEP, edge)
        count = np.bincount(high[ended].astype(int), minlength=_STEPS)
        self._open = self._open * self._fade + _passed(low, high)
        self._ended = self._ended * self._fade + count
        self._long = 0.999 * self._long + 0.001 * np.clip(self._ended / self._open, 0, 0.5)

    def quantile(self, share: float) -> float:
        """The u below which `share` of the orders end."""
        hazards = np.clip((self._ended + _PRIOR * self._long) / (self._open + _PRIOR), 0, 0.9)
        cumulated = np.concatenate([[0.0], np.cumsum(-np.log1p(-hazards))])
        return float(np.interp(-np.log(1 - share), cumulated, np.arange(_STEPS + 1) * _STEP))


def _passed(low: Floats, high: Floats) -> Floats:
    """How many orders passed each step, with parts of steps at both ends."""
    first, last = low.astype(int), high.astype(int)
    edges = np.zeros(_STEPS + 1)
    np.add.at(edges, first, 1.0)
    np.add.at(edges, last + 1, -1.0)
    passed = np.cumsum(edges)[:_STEPS]
    np.add.at(passed, first, first - low)
    np.add.at(passed, last, high - last - 1)
    return np.asarray(passed)


def corrections(
    start: Floats, end: Floats, quote: Floats, share: float, half_life: float
) -> Floats:
    """The factor for each row's quote, known before its day, so that `share` would have been kept.

    Rows without a quote get 1, and so do those of the first days.
    """
    usable = np.flatnonzero(np.isfinite(quote) & np.isfinite(start) & (quote > 0))
    answer = np.ones(len(quote))
    if not len(usable):
        return answer
    days = np.floor(start[usable]).astype(int)
    ratios = Ratios(half_life)
    for day, today in _days(days, usable):
        if day >= days.min() + _WARM_UP_DAYS:
            answer[today] = ratios.quantile(share)
        rows = usable[(days <= day) & (end[usable] >= day)]
        begun, until = start[rows], np.minimum(day + 1, end[rows])
        before = np.maximum(day - begun, 0) / quote[rows]
        ratios.learn(before, np.maximum((until - begun) / quote[rows], before), end[rows] < day + 1)
    return answer


def _days(
    days: NDArray[np.int64], rows: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    for day in range(int(days.min()), int(days.max()) + 1):
        yield day, rows[days == day]
