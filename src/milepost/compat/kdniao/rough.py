"""A rough estimate of a parcel's time on the road, where nobody has stated one and nothing has been
learned: from the straight line between two cities.
"""

from __future__ import annotations

import math

from milepost.domain.place import Place
from milepost.places import locate

# Parcels spend a day at both ends and travel so far an hour with all their stops; roads are longer
# than the straight line by so much.
ENDS_HOURS, KM_PER_HOUR, DETOUR = 24.0, 45.0, 1.3
_EARTH_KM = 6371.0


def rough_hours(start: Place, end: Place) -> int | None:
    """Hours from hand-over to delivery; None where one of the places is not known."""
    here, there = _point(start), _point(end)
    if here is None or there is None:
        return None
    return math.ceil(ENDS_HOURS + _km(here, there) * DETOUR / KM_PER_HOUR)


def _point(place: Place) -> tuple[float, float] | None:
    found = locate(place)
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return found.latitude, found.longitude


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along the great circle."""
    lat1, lng1, lat2, lng2 = map(math.radians, (*one, *other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))
