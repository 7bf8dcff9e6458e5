"""Distances on the ground. Degrees × 10⁷, metres."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import asin, cos, hypot, radians, sin, sqrt

RADIUS_M = 6_371_008.8
Point = tuple[int, int]  # lat_e7, lon_e7


def distance_m(a: Point, b: Point) -> float:
    """The great circle's length."""
    lat_a, lat_b = radians(a[0] / 1e7), radians(b[0] / 1e7)
    half_lat = (lat_b - lat_a) / 2
    half_lon = radians((b[1] - a[1]) / 1e7) / 2
    chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * RADIUS_M * asin(min(1.0, sqrt(chord)))


def aside_m(point: Point, path: Sequence[Point]) -> float:
    """How far a point is from a path; its legs are taken as straight, which holds to 100 km."""
    if len(path) == 1:
        return distance_m(point, path[0])
    return min(_to_leg(point, a, b) for a, b in itertools.pairwise(path))


def _to_leg(point: Point, a: Point, b: Point) -> float:
    (ax, ay), (bx, by) = _flat(a, point), _flat(b, point)
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = 0.0 if length == 0 else -(ax * (bx - ax) + ay * (by - ay)) / length
    share = max(0.0, min(1.0, share))
    return hypot(ax + share * (bx - ax), ay + share * (by - ay))


def _flat(point: Point, centre: Point) -> tuple[float, float]:
    """Metres east and north of the centre."""
    east = (point[1] - centre[1] + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    lat = radians(centre[0] / 1e7)
    return (
        radians(east / 1e7) * cos(lat) * RADIUS_M,
        radians((point[0] - centre[0]) / 1e7) * RADIUS_M,
    )
