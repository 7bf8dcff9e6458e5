"""Great-circle distance of two spots."""

from __future__ import annotations

from math import asin, cos, isfinite, radians, sin, sqrt

from milepost.eta.facts import Spot

_EARTH_DIAMETER_KM = 12_742.0


def between_km(origin: Spot, destination: Spot) -> float | None:
    """Kilometres as the crow flies; None where a coordinate is missing or impossible."""
    here, there = _point(origin), _point(destination)
    if here is None or there is None:
        return None
    (a, b), (c, d) = here, there
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return _EARTH_DIAMETER_KM * asin(sqrt(min(max(half, 0.0), 1.0)))


def _point(spot: Spot) -> tuple[float, float] | None:
    lat, lng = spot.lat, spot.lng
    if lat is None or lng is None or not (isfinite(lat) and isfinite(lng)):
        return None
    if abs(lat) > 90 or abs(lng) > 180:
        return None
    return radians(lat), radians(lng)
