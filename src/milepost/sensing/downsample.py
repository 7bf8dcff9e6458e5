"""A curve of months on some hundred points: the extremes of every stretch are kept."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence


def thinned(
    times: Sequence[int], values: Sequence[int], points: int
) -> tuple[list[int], list[int]]:
    """At most `points` (4 or more) of the samples: of each of equal stretches of time the lowest
    and the highest, and the first and the last of all. Times ascending.
    """
    if points < 4:
        raise ValueError("a curve needs 4 points or more")
    if len(times) <= points:
        return list(times), list(values)
    kept = {0, len(times) - 1}
    for first, last in _stretches(times, points // 2 - 1):
        part = values[first:last]
        kept.add(first + part.index(min(part)))
        kept.add(first + part.index(max(part)))
    order = sorted(kept)
    return [times[index] for index in order], [values[index] for index in order]


def _stretches(times: Sequence[int], count: int) -> list[tuple[int, int]]:
    """(first, behind the last) of the samples in each of `count` equal stretches that has any."""
    begin, width = times[0], times[-1] - times[0] + 1
    edges = [bisect_left(times, begin + width * one // count) for one in range(count)]
    edges.append(len(times))
    return [(a, b) for a, b in itertools.pairwise(edges) if a < b]
