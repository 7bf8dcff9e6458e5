"""Where an event happened: read points and locations as places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from milepost.domain.place import Place
from milepost.epcis.link import canonical, path_of
from milepost.epcis.mapping import own
from milepost.epcis.master import Element
from milepost.epcis.model import Event, Where

_GEO = re.compile(r"geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")
_FIELDS = {"name": "name", "city": "city", "region": "region", "country": "country",
           "postalCode": "postal_code", "facility": "facility"}  # fmt: skip
_MASTER = {"name": "name", "city": "city", "state": "region", "countryCode": "country",
           "postalCode": "postal_code"}  # fmt: skip
Locations = Mapping[str, Place]
NOWHERE: Locations = {}


def place_of(event: Event, known: Locations = NOWHERE) -> Place | None:
    """The place of an event: its read point, else its location. `known`: master data."""
    for where in (event.read_point, event.biz_location):
        if where is not None:
            return _place(where, known)
    return None


def _place(where: Where, known: Locations) -> Place:
    told = {
        field: str(where.extensions[own(name)])
        for name, field in _FIELDS.items()
        if own(name) in where.extensions
    }
    found = _GEO.match(where.id)
    if found:
        latitude, longitude = float(found[1]), float(found[2])
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Place(latitude=latitude, longitude=longitude, name=told.get("name"))
    master = known.get(canonical(where.id))
    if master is not None and not told:
        return master
    return msgspec.convert({"facility": facility_of(where.id)} | told, Place)


def facility_of(uri: str) -> str:
    """A GLN (with its extension after a dot), or the identifier as it is."""
    parts = path_of(canonical(uri))
    if parts is None or parts[0][0] != "414":
        return uri[:200]
    return ".".join(value for _, value in parts)


def locations_of(elements: Iterable[Element]) -> dict[str, Place]:
    """Places in master data, by the canonical form of their ids."""
    found = ((one.key, place_told(one.id, one.attributes)) for one in elements)
    return {key: place for key, place in found if place is not None}


def place_told(identity: str, attributes: Mapping[str, Any]) -> Place | None:
    """What master data say of a place; None where they say nothing that we know."""
    told = {
        _MASTER[bare]: str(value)[:200]
        for name, value in attributes.items()
        if (bare := _bare(name)) in _MASTER and isinstance(value, (str, int))
    }
    point = _coordinates({_bare(name): value for name, value in attributes.items()})
    if not (told or point):
        return None
    return msgspec.convert({"facility": facility_of(identity)} | told | point, Place)


def _bare(name: str) -> str:
    return re.split(r"[:#/]", name)[-1]


def _coordinates(attributes: Mapping[str, Any]) -> dict[str, float]:
    try:
        found = {name: float(attributes[name]) for name in ("latitude", "longitude")}
    except (KeyError, TypeError, ValueError):
        return {}
    sane = abs(found["latitude"]) <= 90 and abs(found["longitude"]) <= 180
    return found if sane else {}
