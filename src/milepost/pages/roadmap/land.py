"""The world's land and borders, read from `land.bin.gz` (made by `scripts/build_land.py`)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from msgspec import Struct

STEP = 0.02
Point = tuple[float, float]


class Shape(Struct, frozen=True, gc=False):
    """A line of (longitude, latitude) degrees and the box around it: west, south, east, north."""

    points: tuple[Point, ...]
    box: tuple[float, float, float, float]


@cache
def land() -> tuple[tuple[Shape, ...], tuple[Shape, ...]]:
    """(rings of land, lines of borders). Natural Earth 1:50m, public domain."""
    packed = (files(__package__) / "land.bin.gz").read_bytes()
    numbers = _numbers(gzip.decompress(packed))
    return _lines(numbers), _lines(numbers)


def _numbers(data: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield (value >> 1) ^ -(value & 1)
            value = shift = 0


def _lines(numbers: Iterator[int]) -> tuple[Shape, ...]:
    return tuple(_line(numbers) for _ in range(next(numbers)))


def _line(numbers: Iterator[int]) -> Shape:
    x = y = 0
    points = []
    for _ in range(next(numbers)):
        x, y = x + next(numbers), y + next(numbers)
        points.append((x * STEP, y * STEP))
    across, up = [p[0] for p in points], [p[1] for p in points]
    return Shape(tuple(points), (min(across), min(up), max(across), max(up)))
