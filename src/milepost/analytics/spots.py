"""Where an event was, as reports group it: facility, city, region, country."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from milepost.domain.event import EventBody
from milepost.domain.place import Place, as_place
from milepost.engine.redact import hidden_place
from milepost.places import country_code, locate
from milepost.reading import read

_REMEMBERED = 65_536
_LONGEST = 200


class Spot(NamedTuple):
    """Each part is None where it is not known for sure."""

    facility: str | None
    city: str | None
    region: str | None
    country: str | None


NOWHERE = Spot(None, None, None, None)


def spot_of(body: EventBody) -> Spot:
    """The place that an event names, else the one that its text names."""
    if body.place:
        return spot(as_place(body.place))
    return said(body.text, body.carrier) if body.text else NOWHERE


@lru_cache(maxsize=_REMEMBERED)
def spot(place: Place | None) -> Spot:
    """What is known of a place."""
    if place is None:
        return NOWHERE
    found = locate(place)
    country = (found.country if found else None) or country_code(place.country)
    city = place.city or (found.city if found else None)
    facility = place.facility or place.name or place.city
    return Spot(_short(facility), _short(city), _short(place.region), country)


@lru_cache(maxsize=_REMEMBERED)
def said(text: str, carrier: str | None) -> Spot:
    """The place that a text names."""
    reading = read(text, carrier=carrier)
    return spot(as_place(reading.place or reading.place_city))


def _short(text: str | None) -> str | None:
    """Without telephone numbers: what is erased from the vault must not be left in a report."""
    cleaned = (hidden_place(text) or text).strip()[:_LONGEST] if text else ""
    return cleaned or None
