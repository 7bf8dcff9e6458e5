"""Where a place is, in the words of Kuaidi100: area name, code, centre and pinyin.

Areas are told to the depth that is known: the code of a province, never an invented district.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from milepost.domain.place import Place
from milepost.places import locate


class Province(Struct, frozen=True):
    """`code`: the two digits of GB/T 2260. `remote`: 1 on the trunk network, 2 far from it."""

    code: str
    pinyin: str
    remote: int


def _read() -> dict[str, Province]:
    text = (files(__package__) / "provinces.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["province"], dict[str, Province])


PROVINCES = _read()
NOWHERE = {"number": "", "name": ""}


@lru_cache(maxsize=16_384)
def province_in(text: str) -> str | None:
    """The province that a text begins with or that is named in it first."""
    at = {name: text.find(name) for name in PROVINCES if name in text}
    return min(at, key=lambda name: at[name]) if at else None


def province_of(place: Place | None) -> str | None:
    """The province of a place, None if it is not told or abroad."""
    if place is None or place.country not in (None, "CN", "HK", "MO", "TW"):
        return None
    return province_in(" ".join(filter(None, (place.region, place.city, place.name))))


def name(place: Place | None) -> str:
    """`region,city,facility` as far as it is known, else the place's own name."""
    if place is None:
        return ""
    parts = [part for part in (place.region, place.city, place.facility) if part]
    return ",".join(parts) if len(parts) > 1 else (place.label or "")


def spot(place: Place | None) -> str:
    """The facility or town itself, without the area around it."""
    return (place.name or place.facility or place.city or place.label or "") if place else ""


def code(place: Place | None) -> str:
    """`CN` and twelve digits, exact to the province; empty if that is not known."""
    province = province_of(place)
    return f"CN{PROVINCES[province].code}0000000000" if province else ""


def centre(place: Place | None) -> str:
    """`longitude,latitude` in degrees; empty if unknown."""
    if place is None:
        return ""
    if place.latitude is not None and place.longitude is not None:
        return f"{place.longitude},{place.latitude}"
    located = locate(place)
    if located is None or located.latitude is None or located.longitude is None:
        return ""
    return f"{located.longitude},{located.latitude}"


def pinyin(place: Place | None) -> str:
    """The province and the city in pinyin as far as they are known."""
    province = province_of(place)
    # By its words: the gazetteer spells the towns it finds by coordinates as it likes.
    located = locate(replace(place, latitude=None, longitude=None)) if place else None
    city = located.city.lower() if located and located.city and located.city.isascii() else ""
    parts = [PROVINCES[province].pinyin if province else "", city]
    return ",".join(part for part in parts if part)


def point(place: Place | None) -> dict[str, str] | None:
    """A `{number, name}` of `routeInfo`."""
    label = name(place)
    return {"number": code(place), "name": label} if label else None
