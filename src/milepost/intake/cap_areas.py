"""Where a CAP 1.2 warning holds: its shapes, else the names and codes that it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from milepost.domain.notice import Area

MOST_AREAS, MOST_POINTS = 200, 5_000
# Whose codes they are, by what they are called; of others the first two letters are the country's.
_COUNTRIES = {"ugc": "US", "same": "US", "fips6": "US", "warncellid": "DE"}
_BY_COUNTRY = {"emma_id", "nuts2", "nuts3", "nuts", "iso3166-2", "iso 3166-2"}


def name_of(element: ElementTree.Element) -> str:
    """The name without its namespace: feeds use several."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: ElementTree.Element, name: str) -> str:
    """What stands in the first child of that name; empty where there is none."""
    return next(((one.text or "").strip() for one in element if name_of(one) == name), "")


def areas_of(info: ElementTree.Element) -> list[Area]:
    """Raises ValueError for a shape that is none, and for a warning that does not say where."""
    found = [one for part in info if name_of(part) == "area" for one in _areas(part, info)]
    if not found:
        raise ValueError("it has no area")
    return found[:MOST_AREAS]


def _areas(area: ElementTree.Element, info: ElementTree.Element) -> Iterator[Area]:
    shapes = [*_shapes(area)]
    if shapes:
        yield from shapes
        return
    country = _country(area, info)
    for name in re.split(r"[;；、\n]", text_of(area, "areaDesc")):
        if name.strip():
            yield Area(place=name.strip()[:200], country=country)


def _shapes(area: ElementTree.Element) -> Iterator[Area]:
    for part in area:
        text = (part.text or "").strip()
        if name_of(part) == "polygon" and text:
            yield Area(polygon=_thinned([_pair(one) for one in text.split()]))
        elif name_of(part) == "circle" and text:
            point, _, radius = text.partition(" ")
            latitude, longitude = _pair(point)
            yield Area(latitude=latitude, longitude=longitude, radius_km=max(float(radius), 0.1))


def _thinned(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A coast line may have more points than anybody needs."""
    return ring[:: len(ring) // MOST_POINTS + 1]


def _pair(text: str) -> tuple[float, float]:
    latitude, longitude = (float(part) for part in text.split(","))
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError(f"no position on Earth: {text}")
    return latitude, longitude


def _country(area: ElementTree.Element, info: ElementTree.Element) -> str | None:
    """Of the area's codes, else of the language where that says one; many warn in en-GB abroad."""
    for code in (one for one in area if name_of(one) == "geocode"):
        kind, value = text_of(code, "valueName").lower(), text_of(code, "value")
        if kind in _COUNTRIES:
            return _COUNTRIES[kind]
        if kind.startswith("profile:cap-cp"):
            return "CA"
        if kind in _BY_COUNTRY and re.match(r"[A-Z]{2}", value):
            return {"UK": "GB", "EL": "GR"}.get(value[:2], value[:2])
    spoken = re.fullmatch(r"[A-Za-z]{2}-([A-Z]{2})", text_of(info, "language"))
    return spoken[1] if spoken and spoken[1] != "GB" else None
