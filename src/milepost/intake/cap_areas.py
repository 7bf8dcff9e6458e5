"""Where a CAP 1.2 warning holds: its shapes, else the names and codes that it gives."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree

from milepost.domain.notice import Area

MOST_AREAS, MOST_POINTS = 200, 5_000
# Whose codes they are, by what they are called; of others the first two letters are the country's.
_COUNTRIES = {"ugc": "US", "same": "US", "fips6": "US", "warncellid": "DE"}
# What the administrative division codes of GB/T 2260 are called.
_CHINESE = {"gb/t 2260", "gb/t2260", "gb2260", "adcode", "行政区划代码", "行政区划编码"}
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
    codes = [*dict.fromkeys(code for one in _geocodes(area) if (code := region_of(*one)))]
    told = [one.strip() for one in re.split(r"[;；、\n]", text_of(area, "areaDesc"))]
    names = [one[:180] for one in told if one]
    if codes:  # a name that means something smaller is what is meant
        many = ["; ".join(names)[:180]]
        places = [(name, code) for code in codes for name in (names if len(codes) == 1 else many)]
        yield from (Area(place=f"{name or code} ({code})") for name, code in places)
        return
    country = _country(area, info)
    yield from (Area(place=name, country=country) for name in names)


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


def _geocodes(area: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """(what kind of code, its value)."""
    for one in area:
        if name_of(one) == "geocode":
            yield text_of(one, "valueName").lower(), text_of(one, "value")


def region_of(kind: str, value: str) -> str | None:
    """The code of a whole state or province, as "CN-33"; None for one of anything smaller."""
    if kind in ("iso3166-2", "iso 3166-2"):
        code = value.strip().upper()
        known = re.fullmatch(r"[A-Z]{2}-[0-9A-Z]{1,3}", code)
        return _table("china").get(code, code) if known else None
    if kind in ("same", "fips6") and re.fullmatch(r"0\d\d000", value):
        return _table("us_states").get(value[1:3])
    if kind == "ugc" and (found := re.fullmatch(r"([A-Z]{2})[CZ](?:000|ALL)", value)):
        return f"US-{found[1]}" if f"US-{found[1]}" in _table("us_states").values() else None
    if kind.startswith("profile:cap-cp:location") and len(value) == len("35"):
        return _table("canada").get(value)
    if kind in _CHINESE and re.fullmatch(r"\d\d0000(?:000000)?", value):
        return f"CN-{value[:2]}"
    return None


@cache
def _table(name: str) -> dict[str, str]:
    tables = tomllib.loads((files(__package__) / "cap_codes.toml").read_text("utf-8"))
    return dict(tables[name])


def _country(area: ElementTree.Element, info: ElementTree.Element) -> str | None:
    """Of the area's codes, else of the language where that says one; many warn in en-GB abroad."""
    for kind, value in _geocodes(area):
        if kind in _COUNTRIES:
            return _COUNTRIES[kind]
        if kind.startswith("profile:cap-cp"):
            return "CA"
        if kind in _BY_COUNTRY and re.match(r"[A-Z]{2}", value):
            return {"UK": "GB", "EL": "GR"}.get(value[:2], value[:2])
    spoken = re.fullmatch(r"[A-Za-z]{2}-([A-Z]{2})", text_of(info, "language"))
    return spoken[1] if spoken and spoken[1] != "GB" else None
