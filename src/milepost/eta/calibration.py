"""Rolling conformal calibration: how far quotes must be stretched so that they keep their word.

Each road gives its real time as a share of what was quoted, for the lane group of its tenant. Open
roads count with their age, so that a slow week is not hidden by its fast parcels. The factor of a
quote is the quantile of these shares, shrunk to that of the group above.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from milepost.eta.accuracy import groups
from milepost.eta.facts import Facts
from milepost.eta.ports import SHARES
from milepost.eta.survival import HazardTable, Key

# A share of 1 is kept as ten days, in the middle of the table's steps.
_UNIT = 10.0
_FEWEST = 30.0
_MOST, _LEAST = 3.0, 0.5
_LEAST_DAYS = 0.05
# Levels revert: the middle follows what was seen half-way, a promise must keep up with it.
_PULLS = (1.0, 0.5, 1.0)

Days = tuple[float, float, float]


class Calibration:
    """Factors for P10, P50 and P90 by lane group."""

    def __init__(self, *, half_life_days: float = 20.0) -> None:
        self._tables = [HazardTable(half_life_days=half_life_days, prior=25.0) for _ in SHARES]
        self._factors: dict[Key, Days] = {}

    def learn(
        self, facts: Facts, predictor: str, quoted: Days, days: float, known_day: float
    ) -> None:
        """A road ended after `days`; `quoted` are the uncalibrated quantiles at its beginning."""
        for table, quote in zip(self._tables, quoted, strict=True):
            table.learn(_chain(facts, predictor), _share(days, quote), known_day)

    def refresh(self, still_open: Iterable[tuple[Facts, str, Days, float]], day: float) -> None:
        """Roads that are open now, with predictor, quote and age in days; then all shows."""
        deque(self.refreshing(still_open, day), maxlen=0)

    def refreshing(
        self, still_open: Iterable[tuple[Facts, str, Days, float]], day: float
    ) -> Iterator[None]:
        """`refresh` in small steps."""
        cases = list(still_open)
        for index, table in enumerate(self._tables):
            yield from table.replacing_open(
                (_chain(facts, predictor), _share(age, quoted[index]))
                for facts, predictor, quoted, age in cases
            )
            table.settle(day)
        self._factors.clear()

    def factors(self, facts: Facts, predictor: str) -> Days:
        """What P10, P50 and P90 are to be multiplied with; 1 where too little is known."""
        chain = _chain(facts, predictor)
        known = self._factors.get(chain[-1])
        if known is None:
            known = self._factors[chain[-1]] = self._found(chain)
        return known

    def _found(self, chain: tuple[Key, ...]) -> Days:
        found = []
        for table, share, pull in zip(self._tables, SHARES, _PULLS, strict=True):
            curve, above = table.curve(chain), table.curve(chain[:1])
            if curve is None or above is None or above.evidence < _FEWEST:
                found.append(1.0)
                continue
            factor = (curve.quantile(share) / _UNIT) ** pull
            found.append(min(max(factor, _LEAST), _MOST))
        return found[0], found[1], found[2]


def _share(days: float, quoted: float) -> float:
    return max(days, 0.0) / max(quoted, _LEAST_DAYS) * _UNIT


def _chain(facts: Facts, predictor: str) -> tuple[Key, ...]:
    return tuple((predictor, *group) for group in groups(facts))
