"""Where an event happened: read points and locations as places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from milepost.domain.place import Place
from milepost.epcis.link import canonical, path_of
from milepost.epcis.mapping import own
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


def locations_of(document: Any) -> dict[str, Place]:
    """Places in a document's master data, by the canonical form of their ids."""
    found: dict[str, Place] = {}
    for identity, attributes in _elements(document):
        told = {_MASTER[name]: value for name, value in attributes.items() if name in _MASTER}
        point = _coordinates(attributes)
        if told or point:
            given: dict[str, Any] = {"facility": facility_of(identity)} | told | point
            found[canonical(identity)] = msgspec.convert(given, Place)
    return found


def _elements(document: Any) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        for vocabulary in document["epcisHeader"]["epcisMasterData"]["vocabularyList"]:
            for one in vocabulary.get("vocabularyElementList", ()):
                named = {_bare(a["id"]): str(a.get("attribute")) for a in one.get("attributes", ())}
                yield one["id"], named
    except (KeyError, TypeError, AttributeError):
        return


def _bare(name: str) -> str:
    return re.split(r"[:#/]", name)[-1]


def _coordinates(attributes: Mapping[str, str]) -> dict[str, float]:
    try:
        return {name: float(attributes[name]) for name in ("latitude", "longitude")}
    except (KeyError, ValueError):
        return {}
