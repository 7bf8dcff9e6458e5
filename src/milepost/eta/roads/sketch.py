"""How long things last, as integer counts by steps of duration and hour of the week.

A sketch is a plain dict: cell → weight. A weight grows with the time of what it counts, so that the
past fades without being touched, and what a road has put in can be taken out again exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from math import exp, log

from milepost.eta.roads.model import DAY_S, WEEK_H

BINS = 64
TOTAL = WEEK_H  # the slot that counts all hours
_SHORTEST_S, _LONGEST_S = 60, 60 * DAY_S
_GROWTH = (_LONGEST_S / _SHORTEST_S) ** (1 / (BINS - 2))
EDGES = (0, *(round(_SHORTEST_S * _GROWTH**step) for step in range(BINS - 1)), 2 * _LONGEST_S)
POINTS = 20
_HOPELESS = 1e-3
Dist = list[float]
_FRACTIONS: tuple[int, ...] = tuple(round(1024 * 2.0 ** (part / 16)) for part in range(16))


def bin_of(seconds: int) -> int:
    """The step of `EDGES` in which a duration lies."""
    return min(max(bisect_right(EDGES, seconds) - 1, 0), BINS - 1)


def weight_at(at_s: int, base_s: int, half_life_s: int) -> int:
    """What counts once at that time; it doubles with each half-life. 0 long before `base_s`."""
    whole, part = divmod((at_s - base_s) * 16 // half_life_s, 16)
    return _FRACTIONS[part] << whole if whole >= 0 else _FRACTIONS[part] >> min(-whole, 64)


def _prior() -> Dist:
    """Hours to days: what to expect of a move that nothing at all is known of."""
    middle, width = log(18 * 3600), 1.6
    raw = [
        exp(-(((log((EDGES[at] + EDGES[at + 1]) / 2 + 1) - middle) / width) ** 2) / 2)
        for at in range(BINS)
    ]
    return [one / sum(raw) for one in raw]


PRIOR = _prior()


def blend(
    cells: Mapping[int, int] | None, slots: Sequence[int], above: Dist, unit: int, prior: float
) -> Dist:
    """Counts of some slots, shrunk to what is known above them. `unit`: what counts once now."""
    if not cells:
        return above
    counts = [0] * BINS
    for slot in slots:
        first = slot * BINS
        for at in range(BINS):
            counts[at] += cells.get(first + at, 0)
    total = sum(counts)
    if not total:
        return above
    weight = prior * unit
    return [(n + weight * p) / (total + weight) for n, p in zip(counts, above, strict=True)]


def evidence(cells: Mapping[int, int] | None, unit: int) -> float:
    """How many cases stand behind a sketch, as they weigh now."""
    if not cells:
        return 0.0
    first = TOTAL * BINS
    return float(sum(cells.get(first + at, 0) for at in range(BINS)) / unit)


def passed(dist: Dist, seconds: float) -> float:
    """The share that is over after so long."""
    at = bin_of(int(seconds))
    inside = min(1.0, max(0.0, (seconds - EDGES[at]) / (EDGES[at + 1] - EDGES[at])))
    return float(sum(dist[:at]) + dist[at] * inside)


def points(dist: Dist, beyond: float = 0.0) -> list[int]:
    """What is left of it after `beyond` seconds, as so many equally likely durations, in order."""
    begun = passed(dist, beyond) if beyond > 0 else 0.0
    if 1 - begun < _HOPELESS:  # nobody knows: perhaps as long again
        return [int(beyond * (step + 0.5) / POINTS) for step in range(POINTS)]
    found, below, at = [], 0.0, 0
    for step in range(POINTS):
        target = begun + (1 - begun) * (step + 0.5) / POINTS
        while at < BINS - 1 and below + dist[at] < target:
            below += dist[at]
            at += 1
        inside = (target - below) / dist[at] if dist[at] else 1.0
        seconds = EDGES[at] + (EDGES[at + 1] - EDGES[at]) * min(1.0, inside)
        found.append(max(0, int(seconds - beyond)))
    return found


def together(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """One after the other: rather like twins than like strangers, because what is slow here (a
    season, a weekend, a parcel in trouble) is mostly slow there too.
    """
    sums = sorted(x + y for x in one for y in other)
    apart = sums[POINTS // 2 :: POINTS]
    return [(3 * (x + y) + z) // 4 for x, y, z in zip(one, other, apart, strict=True)]


def quantile(ordered: Sequence[int], share_pm: int) -> int:
    """The duration by which so many of a thousand are over, of `points`."""
    at = share_pm * POINTS - 500
    low = min(max(at // 1000, 0), POINTS - 1)
    high = min(low + 1, POINTS - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * max(0, at - 1000 * low) // 1000


def mean_s(dist: Dist) -> int:
    """The mean of all but the longest few, which are lost parcels and not the way's doing."""
    return sum(points(dist)) // POINTS


def hazard(dist: Dist, seconds: float) -> float:
    """The cumulated hazard after so long."""
    return -log(max(_HOPELESS, 1 - passed(dist, seconds)))
