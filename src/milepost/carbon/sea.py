"""Sea lanes: the shortest way over a network of lanes, through the passages that are open."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache, lru_cache
from heapq import heappop, heappush
from importlib.resources import files
from math import inf
from typing import NamedTuple

from milepost.carbon.sphere import great_circle_m

# Lanes are looked for around a port in steps of so many degrees.
_STEP = 2.0
_NEAREST = 3
_REMEMBERED = 4096


class Lane(NamedTuple):
    """From a node to `other`; `passage` such as "suez" or ""."""

    other: int
    metres: int
    passage: str


class Network(NamedTuple):
    """Nodes as (latitude, longitude), and the lanes that leave each."""

    nodes: list[tuple[float, float]]
    lanes: list[list[Lane]]


@cache
def network() -> Network:
    """The network that ships, read at first use."""
    packed = (files(__package__) / "data" / "lanes.tsv.gz").read_bytes()
    points, _, edges = gzip.decompress(packed).decode().partition("\n\n")
    nodes = [(float(one), float(other)) for one, other in map(str.split, points.splitlines())]
    lanes: list[list[Lane]] = [[] for _ in nodes]
    for line in edges.splitlines():
        first, second, hectometres, passage = line.split("\t")
        one, other, metres = int(first), int(second), int(hectometres) * 100
        lanes[one].append(Lane(other, metres, passage))
        lanes[other].append(Lane(one, metres, passage))
    return Network(nodes, lanes)


def passages() -> frozenset[str]:
    """Names of the passages that can be closed."""
    return frozenset(lane.passage for lanes in network().lanes for lane in lanes if lane.passage)


@lru_cache(maxsize=_REMEMBERED)
def sea_m(
    start: tuple[float, float], end: tuple[float, float], closed: frozenset[str] = frozenset()
) -> int | None:
    """Metres over the lanes between two points (latitude, longitude); None where no way leads."""
    sources, targets = _near(start), _near(end)
    best = _shortest(sources, targets, closed)
    return None if best == inf else round(best)


def offshore_m(latitude: float, longitude: float) -> int:
    """Metres to the next lane."""
    return min(_near((latitude, longitude)).values())


def _near(point: tuple[float, float]) -> dict[int, int]:
    """The next few nodes, with the metres to them."""
    nodes = network().nodes
    width = _STEP
    while True:
        close = [at for at, one in enumerate(nodes) if _within(one, point, width)]
        if close or width > 90:
            ways = ((great_circle_m(*point, *nodes[at]), at) for at in close)
            return {at: metres for metres, at in sorted(ways)[:_NEAREST]}
        width *= 2


def _within(one: tuple[float, float], other: tuple[float, float], width: float) -> bool:
    east = abs(one[1] - other[1])
    return abs(one[0] - other[0]) < width and min(east, 360 - east) < width


def _shortest(sources: dict[int, int], targets: dict[int, int], closed: Iterable[str]) -> float:
    lanes, shut = network().lanes, frozenset(closed)
    best: dict[int, float] = {at: float(metres) for at, metres in sources.items()}
    queue = [(metres, at) for at, metres in best.items()]
    queue.sort()
    answer = inf
    while queue:
        metres, at = heappop(queue)
        if metres >= answer:
            break
        if metres > best[at]:
            continue
        if at in targets:
            answer = min(answer, metres + targets[at])
        for lane in lanes[at]:
            further = metres + lane.metres
            if lane.passage not in shut and further < best.get(lane.other, inf):
                best[lane.other] = further
                heappush(queue, (further, lane.other))
    return answer
