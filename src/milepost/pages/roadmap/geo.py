"""Distances and lines on the globe, and cutting them to a window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
Box = tuple[float, float, float, float]
EARTH_M = 6_371_008.8
_POINTS_PER_ARC = 24


def metres(one: Point, other: Point) -> float:
    """The great-circle distance of two (longitude, latitude) points."""
    (lon1, lat1), (lon2, lat2) = (tuple(map(math.radians, point)) for point in (one, other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def great_circle(one: Point, other: Point) -> list[Point]:
    """Points along the shortest way, both ends included."""
    angle = metres(one, other) / EARTH_M
    if angle < 1e-6 or angle > math.pi - 1e-3:
        return [one, other]
    start, end = _vector(one), _vector(other)
    found = []
    for step in range(_POINTS_PER_ARC + 1):
        part = step / _POINTS_PER_ARC
        near = math.sin((1 - part) * angle) / math.sin(angle)
        far = math.sin(part * angle) / math.sin(angle)
        x, y, z = (near * a + far * b for a, b in zip(start, end, strict=True))
        found.append((math.degrees(math.atan2(y, x)), math.degrees(math.asin(max(-1, min(1, z))))))
    return found


def _vector(point: Point) -> tuple[float, float, float]:
    lon, lat = map(math.radians, point)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def unwrapped(points: Sequence[Point], after: float | None = None) -> list[Point]:
    """The same points with longitudes that never jump, also across the date line."""
    found: list[Point] = []
    last = after
    for lon, lat in points:
        if last is not None:
            lon += 360 * round((last - lon) / 360)
        found.append((lon, lat))
        last = lon
    return found


def mercator(point: Point) -> Point:
    """Web Mercator in degrees of longitude; what lies near the poles is cut."""
    lat = max(-80.0, min(80.0, point[1]))
    return point[0], -math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def clip_ring(ring: Sequence[Point], box: Box) -> list[Point]:
    """The part of a filled ring inside the box (Sutherland and Hodgman)."""
    points = list(ring)
    for axis, limit, below in ((0, box[0], False), (1, box[1], False), (0, box[2], True),
                               (1, box[3], True)):  # fmt: skip
        points = _cut(points, axis, limit, below=below)
        if not points:
            break
    return points


def _cut(points: list[Point], axis: int, limit: float, *, below: bool) -> list[Point]:
    def inside(point: Point) -> bool:
        return point[axis] <= limit if below else point[axis] >= limit

    found: list[Point] = []
    for before, here in pairwise([points[-1], *points]):
        if inside(before) != inside(here):
            found.append(_meet(before, here, axis, limit))
        if inside(here):
            found.append(here)
    return found


def _meet(one: Point, other: Point, axis: int, limit: float) -> Point:
    part = (limit - one[axis]) / (other[axis] - one[axis])
    crossing = one[1 - axis] + part * (other[1 - axis] - one[1 - axis])
    return (limit, crossing) if axis == 0 else (crossing, limit)


def clip_line(line: Sequence[Point], box: Box) -> list[list[Point]]:
    """The pieces of a line that have a point inside the box."""
    pieces: list[list[Point]] = []
    open_piece = False
    for before, here in pairwise(line):
        if not (_in(before, box) or _in(here, box)):
            open_piece = False
            continue
        if not open_piece:
            pieces.append([before])
        pieces[-1].append(here)
        open_piece = True
    return pieces


def _in(point: Point, box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def thinned(points: Sequence[Point], least: float) -> list[Point]:
    """Without points that are closer than `least` to the one before."""
    if not points:
        return []
    found = [points[0]]
    for point in points[1:-1]:
        if abs(point[0] - found[-1][0]) + abs(point[1] - found[-1][1]) >= least:
            found.append(point)
    return [*found, points[-1]] if len(points) > 1 else found


def path(points: Sequence[Point], *, closed: bool) -> str:
    """An SVG path in whole units, each point told relative to the one before."""
    x = y = 0
    parts: list[str] = []
    for index, point in enumerate(points):
        to_x, to_y = round(point[0]), round(point[1])
        letter = "M" if index == 0 else "l" if index == 1 else " " if to_x >= x else ""
        dy = to_y - y
        parts.append(f"{letter}{to_x - x}{dy}" if dy < 0 else f"{letter}{to_x - x} {dy}")
        x, y = to_x, to_y
    return "".join(parts) + ("z" if closed else "")
