"""A road with everything that was said of it, for rules that the packed state cannot answer."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from milepost.domain.event import Event
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.shipment import Shipment

EARTH_M = 6_371_008.8


class Whole(NamedTuple):
    """One box. `events` are those that stand, oldest first; `facts` what sources say of all."""

    shipment: Shipment
    events: Sequence[Event]
    facts: Facts


def place_of(event: Event) -> Place | None:
    """Where an event says it was, if it names more than a word."""
    place = event.body.place
    return place if isinstance(place, Place) else None


def position_of(place: Place | None) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, where both are known and possible."""
    if place is None or place.latitude is None or place.longitude is None:
        return None
    if abs(place.latitude) > 90 or abs(place.longitude) > 180:
        return None
    return place.latitude, place.longitude


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great circle, in metres, between two positions in degrees."""
    (lat1, lon1), (lat2, lon2) = [tuple(map(radians, at)) for at in (one, other)]
    across = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(across)))
