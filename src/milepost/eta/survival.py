"""Survival curves and tables of them, with open cases counted and small groups shrunk.

A table holds, for each key, how many cases ended in each step of age and how many are still open.
The hazard of a step is the ended by those at risk; an open case counts as long as it has been seen.
A key's hazards are shrunk to those of the next more general key: a lane with three parcels speaks
with the voice of its country, one with three hundred with its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from math import exp, log

from msgspec import Struct

Key = tuple[str, ...]

_SHORTEST, _LONGEST, _STEPS = 0.02, 240.0, 56
_ENDLESS = 100 * 365.0
_GROWTH = (_LONGEST / _SHORTEST) ** (1 / (_STEPS - 1))
EDGES: tuple[float, ...] = (0.0, *(_SHORTEST * _GROWTH**step for step in range(_STEPS)))
_LEAST_HAZARD, _MOST_HAZARD = 1e-6, 0.98
# Where nothing was ever seen: what has lasted long lasts as long again with even odds. It weighs
# half a case, so it counts only beyond the oldest case known.
_UNSEEN = 1 - 1 / _GROWTH


class Curve(Struct, frozen=True):
    """Cumulated hazard at `EDGES` (days), and how many cases of its own stand behind it."""

    cumulated: tuple[float, ...]
    evidence: float

    def at(self, days: float) -> float:
        """The cumulated hazard after so many days."""
        if days > _LONGEST:  # as long again, with even odds
            return self.cumulated[-1] + log(min(days, _ENDLESS) / _LONGEST)
        days = max(days, 0.0)
        step = min(max(bisect_right(EDGES, days), 1), _STEPS)
        low, high = EDGES[step - 1], EDGES[step]
        below, above = self.cumulated[step - 1], self.cumulated[step]
        return below + (above - below) * (days - low) / (high - low)

    def surviving(self, days: float) -> float:
        """The share that lasts longer than `days`."""
        return exp(-self.at(days))

    def quantile(self, share: float, beyond: float = 0.0) -> float:
        """Days by which `share` have ended, among those that lasted longer than `beyond` days."""
        return self.passing((self.at(beyond) if beyond > 0 else 0.0) - log(1 - share))

    def passing(self, needed: float) -> float:
        """Days at which the cumulated hazard reaches `needed`."""
        step = bisect_right(self.cumulated, needed)
        if step >= len(EDGES):
            return _LONGEST * exp(needed - self.cumulated[-1])
        below, above = self.cumulated[step - 1], self.cumulated[step]
        part = (needed - below) / (above - below) if above > below else 1.0
        return EDGES[step - 1] + (EDGES[step] - EDGES[step - 1]) * part


class _Counts:
    """Ended cases by step, fading, and open ones, replaced as a whole."""

    __slots__ = ("day", "ended", "open")

    def __init__(self) -> None:
        # By step; most lanes know only a few.
        self.ended: dict[int, float] = {}
        self.open: dict[int, float] = {}
        self.day = 0.0


def step_of(days: float) -> int:
    """The step of `EDGES` in which an age lies."""
    return min(max(bisect_right(EDGES, days) - 1, 0), _STEPS - 1)


class HazardTable:
    """Curves by chains of keys, from the most general to the most particular one.

    `half_life_days` is how fast the past fades, `prior` how many cases the more general key weighs.
    What is learned shows after `settle`: until then answers come from what was settled before.
    """

    def __init__(self, *, half_life_days: float = 45.0, prior: float = 8.0) -> None:
        self._half_life, self._prior = half_life_days, prior
        self._counts: dict[Key, _Counts] = {}
        self._parents: dict[Key, Key | None] = {}
        self._curves: dict[Key, Curve] = {}
        self._with_open: list[_Counts] = []
        self._today: float | None = None

    def __len__(self) -> int:
        return len(self._counts)

    def learn(
        self, chain: Sequence[Key], days: float, known_day: float, begun: float | None = None
    ) -> None:
        """A case ended after `days`; it was known on `known_day` (days since 1970). `begun`: so
        many days before that it began, where `days` are in a measure of their own.
        """
        if not 0 <= days < float("inf"):
            return
        step = step_of(days)
        for counts in self._touched(chain):
            self._fade(counts, known_day)
            weight = self._weight(counts.day - known_day + (days if begun is None else begun))
            counts.ended[step] = counts.ended.get(step, 0.0) + weight

    def replace_open(self, cases: Iterable[tuple[Sequence[Key], float]]) -> None:
        """All cases that are open now, each with its age in days."""
        deque(self.replacing_open(cases), maxlen=0)

    def replacing_open(self, cases: Iterable[tuple[Sequence[Key], float]]) -> Iterator[None]:
        """The same, a case a step: until the last, curves rest on what was open before."""
        return self.replacing_measured((chain, age, age) for chain, age in cases)

    def replacing_measured(
        self, cases: Iterable[tuple[Sequence[Key], float, float]]
    ) -> Iterator[None]:
        """The same of cases with an age in a measure of their own, and in days."""
        found: dict[_Counts, dict[int, float]] = {}
        for chain, age, days in cases:
            if 0 <= age < float("inf"):
                step, weight = step_of(age), self._weight(days)
                for counts in self._touched(chain):
                    ages = found.setdefault(counts, {})
                    ages[step] = ages.get(step, 0.0) + weight
            yield
        for counts in self._with_open:
            counts.open = {}
        for counts, ages in found.items():
            counts.open = ages
        self._with_open = list(found)

    def settle(self, today: float | None = None) -> None:
        """Let what was learned show. Cheap: a curve is made when it is asked for."""
        self._curves.clear()
        self._today = today

    def curve(self, chain: Sequence[Key]) -> Curve | None:
        """The curve of the most particular key that is known; None of an empty table."""
        for key in reversed(chain):
            found = self._curves.get(key)
            if found is not None:
                return found
            if key in self._counts:
                return self._made(key)
        return None

    def _touched(self, chain: Sequence[Key]) -> list[_Counts]:
        parent: Key | None = None
        touched = []
        for key in chain:
            counts = self._counts.get(key)
            if counts is None:
                counts = self._counts[key] = _Counts()
                self._parents[key] = parent
            touched.append(counts)
            parent = key
        return touched

    def _weight(self, days_since_begun: float) -> float:
        """Ended and open cases fade by when they began: else old open ones would outweigh all."""
        return float(0.5 ** (max(days_since_begun, 0.0) / self._half_life))

    def _fade(self, counts: _Counts, day: float) -> None:
        if day - counts.day < 1:
            return
        factor = 0.5 ** ((day - counts.day) / self._half_life) if counts.day else 1.0
        counts.ended = {step: value * factor for step, value in counts.ended.items()}
        counts.day = day

    def _made(self, key: Key) -> Curve:
        parent = self._parents[key]
        above = None if parent is None else self._curves.get(parent) or self._made(parent)
        counts = self._counts[key]
        if self._today is not None:
            self._fade(counts, self._today)
        evidence = sum(counts.ended.values())
        curve = Curve(tuple(_cumulated(counts, above, self._prior)), evidence)
        self._curves[key] = curve
        return curve


def _cumulated(counts: _Counts, above: Curve | None, prior: float) -> list[float]:
    steps = [0.0] * (_STEPS + 1)
    at_risk = _at_risk(counts)
    total = 0.0
    for step in range(_STEPS):
        general = _UNSEEN if step else _LEAST_HAZARD
        if above is not None:
            general = 1 - exp(above.cumulated[step] - above.cumulated[step + 1])
        weight = prior if above is not None else 0.5
        hazard = (counts.ended.get(step, 0.0) + weight * general) / (at_risk[step] + weight)
        total -= log(1 - min(max(hazard, _LEAST_HAZARD), _MOST_HAZARD))
        steps[step + 1] = total
    return steps


def _at_risk(counts: _Counts) -> list[float]:
    """Cases that reached each step; one that is open within it counts half."""
    at_risk = [0.0] * _STEPS
    beyond = 0.0
    for step in range(_STEPS - 1, -1, -1):
        ended, still = counts.ended.get(step, 0.0), counts.open.get(step, 0.0)
        at_risk[step] = beyond + ended + still / 2
        beyond += ended + still
    return at_risk
