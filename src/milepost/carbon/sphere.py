"""Distances on the globe."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

# Mean radius of the Earth in metres (IUGG).
_RADIUS_M = 6_371_008.8


def great_circle_m(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> int:
    """Metres between two points in WGS 84 degrees, on a sphere."""
    here, there = radians(latitude), radians(other_latitude)
    east = radians(other_longitude - longitude)
    half = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(east / 2) ** 2
    return round(2 * _RADIUS_M * asin(min(1.0, sqrt(half))))
