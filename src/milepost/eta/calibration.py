"""Rolling conformal calibration: how far quotes must be stretched so that they keep their word.

Each road gives its real time as a share of what was quoted, for the lane group of its tenant. Open
roads count with their age, so that a slow week is not hidden by its fast parcels. The factor of a
quote is the quantile of these shares, shrunk to that of the group above.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache

from milepost.eta.accuracy import Group, groups
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
_AS_SAID: Days = (1.0, 1.0, 1.0)
# Between the name of a predictor and the milestone that its quotes were made at.
SINCE = " since "


class Calibration:
    """Factors for P10, P50 and P90 by lane group."""

    def __init__(self, *, half_life_days: float = 20.0) -> None:
        self._tables = [HazardTable(half_life_days=half_life_days, prior=25.0) for _ in SHARES]
        self._factors: dict[tuple[str, Group], Days | None] = {}

    def learn(self, facts: Facts, record: str, quoted: Days, days: float, known_day: float) -> None:
        """A road ended after `days`; `quoted` are the uncalibrated quantiles at its beginning, or
        since a milestone; `record` names the predictor, and the milestone.
        """
        for table, quote in zip(self._tables, quoted, strict=True):
            share = _share(days, quote)
            table.learn(_chain(facts, record), share, known_day, _begun(record, share, days))

    def refresh(self, still_open: Iterable[tuple[Facts, str, Days, float]], day: float) -> None:
        """Roads that are open now, with record, quote and age in days; then all shows."""
        deque(self.refreshing(still_open, day), maxlen=0)

    def refreshing(
        self, still_open: Iterable[tuple[Facts, str, Days, float]], day: float
    ) -> Iterator[None]:
        """`refresh` in small steps."""
        cases = list(still_open)
        for index, table in enumerate(self._tables):
            yield from table.replacing_measured(
                (_chain(facts, record), share, _begun(record, share, age))
                for facts, record, quoted, age in cases
                for share in (_share(age, quoted[index]),)
            )
            table.settle(day)
        self._factors.clear()

    def factors(self, facts: Facts, record: str) -> Days:
        """What P10, P50 and P90 are to be multiplied with; 1 where too little is known."""
        return self.known(facts, record) or _AS_SAID

    def known(self, facts: Facts, record: str) -> Days | None:
        """The same; None where too little is known."""
        lanes = groups(facts)
        asked = record, lanes[-1]
        if asked not in self._factors:
            self._factors[asked] = self._found(_chain_of(record, lanes))
        return self._factors[asked]

    def _found(self, chain: tuple[Key, ...]) -> Days | None:
        found = []
        for table, share, pull in zip(self._tables, SHARES, _PULLS, strict=True):
            curve, above = table.curve(chain), table.curve(chain[:1])
            if curve is None or above is None or above.evidence < _FEWEST:
                return None
            factor = (curve.quantile(share) / _UNIT) ** pull
            found.append(min(max(factor, _LEAST), _MOST))
        return found[0], found[1], found[2]


def _share(days: float, quoted: float) -> float:
    return max(days, 0.0) / max(quoted, _LEAST_DAYS) * _UNIT


def _begun(record: str, share: float, days: float) -> float:
    """How long ago a case began, by which it fades: of whole roads the share does for days, but
    what is left after a milestone may be hours.
    """
    return days if SINCE in record else share


def _chain(facts: Facts, record: str) -> tuple[Key, ...]:
    """A milestone's record is kept by carrier and countries, where there is enough of it, and
    shrunk to that of all milestones of the tenant.
    """
    return _chain_of(record, groups(facts))


@lru_cache(maxsize=65_536)
def _chain_of(record: str, lanes: tuple[Group, ...]) -> tuple[Key, ...]:
    name, since, _ = record.partition(SINCE)
    if not since:
        return tuple((record, *group) for group in lanes)
    return (name + since, *lanes[0]), (record, *lanes[0]), (record, *lanes[1])
