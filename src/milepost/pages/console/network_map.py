"""The map of the network page: hubs by what passes them, lanes, trucks; drawn on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import hypot, sqrt
from typing import Any

from msgspec import Struct

from milepost.pages.roadmap.geo import Box, Point
from milepost.pages.roadmap.land import land
from milepost.pages.roadmap.strip import Place, frame, outline

WIDTH, HEIGHT = 960, 520
# Region → the longitudes that it covers.
REGIONS: Mapping[str, tuple[float, float]] = {
    "asia": (60, 181), "europe": (-30, 60), "america": (-181, -30), "world": (-181, 181),
}  # fmt: skip
_NAMED = 12
_NEAR = 15
# Of hubs under one dot, so many are told.
_TOLD = 6
_LARGEST, _SMALLEST = 18.0, 3.5
_HIGH = 22


class HubDot(Struct, frozen=True):
    """A hub. `label` is empty where there is no room for its name."""

    name: str
    x: int
    y: int
    size: float
    trouble: bool
    label: str
    end: bool
    told: str


class Way(Struct, frozen=True):
    """A lane between two hubs."""

    x: int
    y: int
    to_x: int
    to_y: int
    width: float


class TruckMark(Struct, frozen=True):
    """A truck where it last was; `turn` in degrees clockwise from north, None where it stands."""

    asset: str
    name: str
    x: int
    y: int
    turn: int | None


class Picture(Struct, frozen=True):
    """`corner` and `scale`: two points of the picture with their degrees, so that a script can put
    moving things into it.
    """

    land: str
    borders: str
    hubs: tuple[HubDot, ...]
    lanes: tuple[Way, ...]
    trucks: tuple[TruckMark, ...]
    fit: str


class Spot(Struct, frozen=True):
    """Where a hub is: (longitude, latitude)."""

    at: Point
    trouble: bool


def spots_of(nodes: Sequence[dict[str, Any]]) -> dict[str, Spot]:
    """From the answer of `/v1/network/nodes`: those whose coordinates are known."""
    found: dict[str, Spot] = {}
    for one in nodes:
        node, now = one["node"], one["now"] or {}
        if node["latitude"] is None or node["longitude"] is None:
            continue
        trouble = one["closed"] is not None or bool(now.get("slow"))
        found.setdefault(node["name"], Spot((node["longitude"], node["latitude"]), trouble))
    return found


def region_of(point: Point) -> str:
    return next(name for name, (west, east) in REGIONS.items() if west <= point[0] < east)


def regions_of(points: Mapping[str, Point], weights: Mapping[str, int]) -> list[str]:
    """The regions that have something, the busiest first; the world where there are several."""
    busy: dict[str, int] = {}
    for name, point in points.items():
        region = region_of(point)
        busy[region] = busy.get(region, 0) + 1 + weights.get(name, 0)
    found = sorted(busy, key=lambda name: -busy[name])
    return [*found, "world"] if len(found) > 1 else found


def inside(point: Point, region: str) -> bool:
    west, east = REGIONS[region]
    return west <= point[0] < east


def picture_of(
    hubs: Sequence[Any], lanes: Sequence[Any], spots: Mapping[str, Spot],
    trucks: Sequence[dict[str, Any]], region: str, tell: Any,
) -> Picture | None:  # fmt: skip
    """None where no hub and no truck of the region has a place. `tell` says a hub in words."""
    here = {name: one.at for name, one in spots.items() if inside(one.at, region)}
    moving = [one for one in trucks if inside(_at(one), region)]
    shown = [one for one in hubs if one.name in here]
    points = [here[one.name] for one in shown] or [_at(one) for one in moving]
    if not points:
        return None
    place, window = frame(points, WIDTH, HEIGHT)
    ground, borders = _ground(tuple(points))
    return Picture(
        ground, borders, _dots(shown, spots, place, tell), _ways(lanes, here, place),
        tuple(_truck(one, place) for one in moving), _fit(place, window),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _ground(points: tuple[Point, ...]) -> tuple[str, str]:
    place, window = frame(points, WIDTH, HEIGHT)
    rings, borders = land()
    return (outline(rings, window, place, closed=True),
            outline(borders, window, place, closed=False))  # fmt: skip


def _dots(
    hubs: Sequence[Any], spots: Mapping[str, Spot], place: Place, tell: Any
) -> tuple[HubDot, ...]:
    """One dot for hubs that would lie on each other, called by the busiest. The busiest dots have
    names, as far as names do not run into each other.
    """
    groups: list[tuple[int, int, list[Any]]] = []
    for one in hubs:
        x, y = (round(value) for value in place(spots[one.name].at))
        near = next((group for group in groups if hypot(group[0] - x, group[1] - y) < _NEAR), None)
        if near is None:
            groups.append((x, y, [one]))
        else:
            near[2].append(one)
    passed = [sum(one.came + one.went for one in group) for _, _, group in groups]
    most, taken = max(passed, default=1) or 1, list[tuple[int, int]]()
    dots = []
    for (x, y, group), count in sorted(zip(groups, passed, strict=True), key=lambda one: -one[1]):
        free = all(abs(y - other_y) > _HIGH or abs(x - other_x) > 150 for other_x, other_y in taken)
        named = free and len(taken) < _NAMED
        if named:
            taken.append((x, y))
        size = _SMALLEST + (_LARGEST - _SMALLEST) * sqrt(count / most)
        trouble = any(spots[one.name].trouble for one in group)
        label, told = group[0].name if named else "", "\n".join(map(tell, group[:_TOLD]))
        dots.append(
            HubDot(group[0].name, x, y, round(size, 1), trouble, label, x > WIDTH * 0.75, told)
        )
    return tuple(dots)


def _ways(lanes: Sequence[Any], here: Mapping[str, Point], place: Place) -> tuple[Way, ...]:
    known = [one for one in lanes if one.origin in here and one.destination in here]
    most = max((one.passed for one in known), default=1)
    found = []
    for one in known:
        start, end = place(here[one.origin]), place(here[one.destination])
        width = 0.75 + 3.25 * one.passed / most
        ends = round(start[0]), round(start[1]), round(end[0]), round(end[1])
        found.append(Way(*ends, width=round(width, 2)))
    return tuple(found)


def _truck(one: dict[str, Any], place: Place) -> TruckMark:
    position = one["position"]
    x, y = (round(value) for value in place(_at(one)))
    turn = position["course_deg"] if position["speed_m_s"] else None
    return TruckMark(one["asset"], one["name"], x, y, turn)


def _at(truck: dict[str, Any]) -> Point:
    return truck["position"]["lon"], truck["position"]["lat"]


def _fit(place: Place, window: Box) -> str:
    """Two corners: longitude, latitude, x, y of each."""
    corners = ((window[0], window[1]), (window[2], window[3]))
    return " ".join(f"{value:.5f}" for corner in corners for value in (*corner, *place(corner)))
