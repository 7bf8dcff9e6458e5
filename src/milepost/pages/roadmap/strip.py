"""The strip: the road on a small map, drawn once on the server as inline SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from milepost.pages.roadmap.geo import (
    Box,
    Point,
    clip_line,
    clip_ring,
    great_circle,
    mercator,
    metres,
    path,
    thinned,
    unwrapped,
)
from milepost.pages.roadmap.land import Shape, land
from milepost.pages.roadmap.naming import dense, spot
from milepost.pages.roadmap.sea import sea_lane
from milepost.pages.roadmap.stops import Stop, Stretch

WIDTH, HEIGHT = 800, 380
_MARGIN = 64
_LEAST_DEGREES = 3.2
_MOST_POINTS = {True: 900, False: 350}
_REMEMBERED = 512
# A name across a dot is worse than one across the line.
_DOT_COUNTS = 4
Place = Callable[[Point], Point]


class Line(Struct, frozen=True):
    """A stretch as drawn."""

    path: str
    mode: str
    ahead: bool


class Dot(Struct, frozen=True):
    """A stop as drawn; `kind` is `passed`, `last` or `goal`."""

    x: int
    y: int
    kind: str
    label: str | None
    label_x: int
    label_y: int
    anchor: str


class Strip(Struct, frozen=True):
    """Everything of the picture; distances in metres along the drawn road."""

    land: str
    borders: str
    lines: list[Line]
    dots: list[Dot]
    travelled_m: float
    ahead_m: float


@lru_cache(maxsize=_REMEMBERED)
def strip(road: tuple[Stretch, ...]) -> Strip:
    """The picture of a road of at least one stretch."""
    drawn = _unwrapped_lines(road)
    place, window = frame([point for line in drawn for point in line])
    lines = [
        Line(path([place(point) for point in line], closed=False), one.mode, one.ahead)
        for one, line in zip(road, drawn, strict=True)
    ]
    rings, borders = land()
    return Strip(
        land=outline(rings, window, place, closed=True),
        borders=outline(borders, window, place, closed=False),
        lines=lines,
        dots=_dots(road, drawn, place),
        travelled_m=_length(road, drawn, ahead=False),
        ahead_m=_length(road, drawn, ahead=True),
    )


def line_of(stretch: Stretch) -> list[Point]:
    """The way between two stops as it is drawn: a great circle, a sea lane, or straight on."""
    if stretch.mode == "air":
        return great_circle(stretch.start.at, stretch.end.at)
    if stretch.mode == "sea":
        return sea_lane(stretch.start.at, stretch.end.at)
    return [stretch.start.at, stretch.end.at]


def _unwrapped_lines(road: Sequence[Stretch]) -> list[list[Point]]:
    found: list[list[Point]] = []
    last: float | None = None
    for stretch in road:
        found.append(unwrapped(line_of(stretch), last))
        last = found[-1][-1][0]
    return found


def frame(
    points: Sequence[Point], wide_px: int = WIDTH, high_px: int = HEIGHT
) -> tuple[Place, Box]:
    """What puts a point into the picture, and the degrees that the picture shows."""
    flat = [mercator(point) for point in points]
    left, right = min(p[0] for p in flat), max(p[0] for p in flat)
    top, bottom = min(p[1] for p in flat), max(p[1] for p in flat)
    room_x, room_y = wide_px - 2 * _MARGIN, high_px - 2 * _MARGIN
    wide, high = max(right - left, _LEAST_DEGREES), max(bottom - top, _LEAST_DEGREES / 2)
    scale = min(room_x / wide, room_y / high)
    centre = (left + right) / 2, (top + bottom) / 2

    def place(point: Point) -> Point:
        x, y = mercator(point)
        return wide_px / 2 + (x - centre[0]) * scale, high_px / 2 + (y - centre[1]) * scale

    half_x, half_y = wide_px / 2 / scale + 1, high_px / 2 / scale + 1
    window = (
        centre[0] - half_x,
        _latitude(centre[1] + half_y),
        centre[0] + half_x,
        _latitude(centre[1] - half_y),
    )
    return place, window


def _latitude(y: float) -> float:
    """The latitude of a Mercator height."""
    low, high = -80.0, 80.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if mercator((0, middle))[1] > y else (low, middle)
    return low


def outline(shapes: Sequence[Shape], window: Box, place: Place, *, closed: bool) -> str:
    """What of the shapes is in the window, coarser where there is much of it."""
    pieces: list[list[Point]] = []
    for turn in (-360.0, 0.0, 360.0):
        for shape in shapes:
            west, south, east, north = shape.box
            if west + turn > window[2] or east + turn < window[0]:
                continue
            if south > window[3] or north < window[1]:
                continue
            moved = [(x + turn, y) for x, y in shape.points] if turn else list(shape.points)
            pieces += [clip_ring(moved, window)] if closed else clip_line(moved, window)
    placed = [[place(point) for point in piece] for piece in pieces if len(piece) > 1]
    thin = _coarsened(placed, _MOST_POINTS[closed])
    seen = [piece for piece in thin if len(piece) > (3 if closed else 1)]
    return "".join(path(piece, closed=closed) for piece in seen)


def _coarsened(pieces: list[list[Point]], most: int) -> list[list[Point]]:
    """The pieces with about `most` points in all: the smallest of them are left out."""
    least = 1.5
    for _ in range(12):
        pieces = [thinned(piece, least) for piece in pieces if _extent(piece) > least]
        if sum(map(len, pieces)) <= most:
            break
        least *= 1.35
    return pieces


def _extent(piece: list[Point]) -> float:
    across, up = [point[0] for point in piece], [point[1] for point in piece]
    return max(max(across) - min(across), max(up) - min(up))


def _dots(road: Sequence[Stretch], drawn: list[list[Point]], place: Place) -> list[Dot]:
    """The stops, each place once: first, last seen and goal with their names, others bare."""
    stops: list[tuple[Stop, Point, str]] = [(road[0].start, drawn[0][0], "passed")]
    for stretch, line in zip(road, drawn, strict=True):
        stops.append((stretch.end, line[-1], "goal" if stretch.ahead else "passed"))
    last = len(stops) - (2 if road[-1].ahead else 1)
    dots: dict[tuple[int, int], Dot] = {}
    way = dense([place(point) for point in line] for line in drawn)
    way += [place(point) for _, point, _ in stops] * _DOT_COUNTS
    names: list[Box] = []
    for index in sorted(range(len(stops)), key=lambda index: (index not in {0, last}, index)):
        stop, point, kind = stops[index]
        x, y = (round(value) for value in place(point))
        named = stop.city if index in {0, last, len(stops) - 1} else None
        kind = "last" if index == last else kind
        if (x, y) not in dots:
            told = {dot.label for dot in dots.values()}
            dots[x, y] = _dot(x, y, kind, None if named in told else named, way, names)
        elif index == last:
            dots[x, y] = replace(dots[x, y], kind=kind)
    return sorted(dots.values(), key=lambda dot: dot.kind == "last")


def _dot(x: int, y: int, kind: str, label: str | None, way: list[Point], names: list[Box]) -> Dot:
    """A stop, with its name where there is room; `names` are the boxes taken so far."""
    if label is None:
        return Dot(x, y, kind, None, x, y, "start")
    (label_x, label_y, anchor), box = spot((x, y), label, way, names, (WIDTH, HEIGHT))
    names.append(box)
    return Dot(x, y, kind, label, label_x, label_y, anchor)


def _length(road: Sequence[Stretch], drawn: list[list[Point]], *, ahead: bool) -> float:
    lines = (line for one, line in zip(road, drawn, strict=True) if one.ahead is ahead)
    return sum(metres(a, b) for line in lines for a, b in pairwise(line))
