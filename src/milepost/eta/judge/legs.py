"""Line-haul legs: the corridor table alone, learning from each leg as it ends.

A corridor's prior is the look-up value of the file (made from training legs that are not in it).
Legs then correct it, in the order of time and only once they have ended: a shrunk median of the log
ratio by corridor, within that of its two centres, within that of the kind of route.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from math import exp, isfinite, log
from statistics import median
from typing import Any

from milepost.eta.judge.orders import day, number
from milepost.eta.judge.scores import mean, rounded

_LAST = 60
_CORRIDOR_PRIOR, _CENTRE_PRIOR, _ROUTE_PRIOR = 2.0, 10.0, 50.0
_MINUTES = 1440.0


class Corridors:
    """Log ratios of real to prior minutes, by key, the last ones only."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], deque[float]] = {}

    def learn(self, leg: Mapping[str, str], ratio: float) -> None:
        """A leg has ended: real minutes by prior minutes."""
        for key in _keys(leg):
            self._seen.setdefault(key, deque(maxlen=_LAST)).append(log(ratio))

    def factor(self, leg: Mapping[str, str]) -> float:
        """What the prior of this leg is to be multiplied with."""
        route, source, destination, corridor = _keys(leg)
        of_route = self._shrunk(route, 0.0, _ROUTE_PRIOR)
        ends = [self._shrunk(key, of_route, _CENTRE_PRIOR) for key in (source, destination)]
        return exp(self._shrunk(corridor, sum(ends) / 2, _CORRIDOR_PRIOR))

    def _shrunk(self, key: tuple[str, ...], above: float, prior: float) -> float:
        seen = self._seen.get(key)
        if not seen:
            return above
        return (median(seen) * len(seen) + prior * above) / (len(seen) + prior)


def _keys(leg: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    source, destination = leg.get("source_center") or "", leg.get("destination_center") or ""
    kind = leg.get("route_type") or ""
    return ("route", kind), ("from", source), ("to", destination), (source, destination, kind)


def evaluate_legs(rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Mean absolute error in minutes of the corridor table, beside the file's own columns."""
    legs = sorted((row for row in rows if _usable(row)), key=lambda row: day(row["od_start_time"]))
    table, running = Corridors(), list[tuple[float, int]]()
    predicted: list[float] = []
    for index, leg in enumerate(legs):
        begins = day(leg["od_start_time"])
        while running and running[0][0] <= begins:
            ended = legs[heapq.heappop(running)[1]]
            table.learn(ended, number(ended["actual_time"]) / number(ended["M1_lookup"]))
        predicted.append(number(leg["M1_lookup"]) * table.factor(leg))
        heapq.heappush(running, (begins + number(leg["actual_time"]) / _MINUTES, index))
    return _figures(legs, predicted)


def _usable(row: Mapping[str, str]) -> bool:
    values = [number(row.get(name)) for name in ("actual_time", "M1_lookup")]
    return all(isfinite(value) and value > 0 for value in values) and isfinite(
        day(row.get("od_start_time"))
    )


def _figures(legs: list[Mapping[str, str]], predicted: list[float]) -> dict[str, Any]:
    errors = _errors(legs, predicted)
    cold = [i for i, leg in enumerate(legs) if leg.get("seen_corridor") == "False"]
    opponents = {}
    for name in ("M0_osrm", "M1_lookup", "M2_tabular", "M3_graph"):
        values = [number(leg.get(name)) for leg in legs]
        if all(map(isfinite, values)):
            opponents[name] = rounded(mean(_errors(legs, values)), 2)
    return {
        "legs": len(legs),
        "mae_minutes": rounded(mean(errors), 2),
        "cold_legs": len(cold),
        "cold_mae_minutes": rounded(mean([errors[i] for i in cold]), 2),
        "opponents_mae_minutes": opponents,
    }


def _errors(legs: list[Mapping[str, str]], predicted: list[float]) -> list[float]:
    pairs = zip(legs, predicted, strict=True)
    return [abs(number(leg["actual_time"]) - value) for leg, value in pairs]
