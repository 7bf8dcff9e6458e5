"""Where a ship goes between two ports: the shortest way along the lanes of `lanes.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from heapq import heappop, heappush
from importlib.resources import files

from milepost.pages.roadmap.geo import Point, metres


@cache
def _lanes() -> tuple[dict[str, Point], dict[str, list[str]]]:
    data = tomllib.loads((files(__package__) / "lanes.toml").read_text("utf-8"))
    points: dict[str, Point] = {name: (lon, lat) for name, (lon, lat) in data["point"].items()}
    beside: dict[str, list[str]] = {name: [] for name in points}
    for one, other in data["lane"]["stretches"]:
        beside[one].append(other)
        beside[other].append(one)
    return points, beside


def sea_lane(one: Point, other: Point) -> list[Point]:
    """Points along the way by ship, both ends included."""
    points, beside = _lanes()
    start, goal = (min(points, key=lambda name: metres(points[name], end)) for end in (one, other))
    queue: list[tuple[float, str, list[str]]] = [(0.0, start, [start])]
    seen: set[str] = set()
    while queue:
        far, name, way = heappop(queue)
        if name == goal:
            return [one, *(points[step] for step in way), other]
        if name in seen:
            continue
        seen.add(name)
        for step in beside[name]:
            heappush(queue, (far + metres(points[name], points[step]), step, [*way, step]))
    return [one, other]
