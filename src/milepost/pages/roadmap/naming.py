"""Where the name of a stop stands: beside its dot, clear of the road and of other names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from milepost.pages.roadmap.geo import Box, Point

_EM_PX, _HIGH_PX, _APART_PX = 26, 30, 8
_OVER_A_NAME, _OUTSIDE = 60, 100
_Spot = tuple[int, int, str]


def dense(lines: Iterable[Sequence[Point]]) -> list[Point]:
    """Points along drawn lines, a few pixels apart."""
    found: list[Point] = []
    for line in lines:
        for (ax, ay), (bx, by) in pairwise(line):
            steps = int(max(abs(bx - ax), abs(by - ay)) // _APART_PX) + 1
            found += [(ax + (bx - ax) * n / steps, ay + (by - ay) * n / steps)
                      for n in range(steps + 1)]  # fmt: skip
    return found


def spot(
    at: tuple[int, int], name: str, road: Sequence[Point], names: Sequence[Box], size: Point
) -> tuple[_Spot, Box]:
    """The text's (x, y, anchor) and the box (left, top, right, bottom) that it takes, in pixels.

    To the right where nothing is in the way; to the left near the right edge; else above or below.
    """
    x, y = at
    aside: list[_Spot] = [(x + 18, y + 9, "start"), (x - 18, y + 9, "end")]
    if x > size[0] * 0.7:
        aside.reverse()
    steep: list[_Spot] = [(x, y - 22, "middle"), (x, y + 42, "middle")]
    corners: list[_Spot] = [(x + 14, y - 16, "start"), (x - 14, y - 16, "end"),
                            (x + 14, y + 36, "start"), (x - 14, y + 36, "end")]  # fmt: skip
    boxes = [(one, _box(one, name)) for one in (*aside, *steep, *corners)]
    return min(boxes, key=lambda one: _cost(one[1], road, names, size))


def _box(place: _Spot, name: str) -> Box:
    wide = (
        sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.66 for sign in name) * _EM_PX
    )
    left = place[0] - {"start": 0.0, "middle": wide / 2, "end": wide}[place[2]]
    return left, place[1] - _HIGH_PX + 6, left + wide, place[1] + 8


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def _cost(box: Box, road: Sequence[Point], names: Sequence[Box], size: Point) -> float:
    left, top, right, bottom = box
    crossed = sum(left < x < right and top < y < bottom for x, y in road)
    over = sum(_meet(box, name) for name in names)
    outside = left < 0 or top < 0 or right > size[0] or bottom > size[1]
    return crossed + over * _OVER_A_NAME + outside * _OUTSIDE
