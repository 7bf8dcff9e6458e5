"""Notices for a whole state or province: by its code, as cities of the gazetteer bear one. Pure.

A notice keeps the code behind the name that was given: "浙江省 (CN-33)".
"""

from __future__ import annotations

import re

from milepost.domain.notice import Area
from milepost.domain.place import Place
from milepost.places import Located
from milepost.places.gazetteer import City, meaning_of
from milepost.places.text import key_of

_CODE = re.compile(r".* \(([A-Z]{2}-[0-9A-Z]{1,3})\)")
_NEAR_DEGREES = 0.05
# The countries of which the gazetteer says in which region a city lies.
_TOLD = {"AU", "BR", "CA", "CN", "ES", "ID", "MX", "PT", "RU", "US"}
_BY_DIGITS = {"CN", "PT"}


def named(name: str, country: str | None) -> str | None:
    """The code of the one region that a name means there; None where it is none, or two."""
    meaning = meaning_of(key_of(name))
    codes = [
        one
        for one in (meaning.regions if meaning else ())
        if country in (None, one.partition("-")[0])
    ]
    return codes[0] if len(codes) == 1 else None


def as_region(area: Area) -> Area | None:
    """The area with its region's code, if a region is what is meant."""
    code = named(area.place, area.country) if area.place else None
    if code is None:
        return None
    # Without the country: it alone would stand for all of it.
    return Area(place=f"{area.place} ({code})"[-200:])


def code_in(area: Area) -> str | None:
    """The region that an area is, if it is one that places can be told to lie in."""
    found = _CODE.fullmatch(area.place or "") if area.center is None else None
    return found[1] if found and known(found[1]) else None


def name_in(area: Area) -> str:
    """What stands before the code."""
    return (area.place or "").rpartition(" (")[0]


def known(code: str) -> bool:
    """Whether it is a region of which the gazetteer knows what lies there."""
    country, _, region = code.partition("-")
    return country in _TOLD and region.isdigit() == (country in _BY_DIGITS)


def region_at(place: Place, located: Located) -> str | None:
    """The region in which a located place lies, where the gazetteer tells."""
    if place.region and (code := named(place.region, located.country)):
        return code
    meaning = meaning_of(key_of(located.city)) if located.city else None
    cities = [city for city, _ in meaning.cities if city.region] if meaning else []
    here = [city for city in cities if _lies_there(city, located)]
    return here[0].region if here else None


def _lies_there(city: City, located: Located) -> bool:
    if city.country != located.country or city.latitude is None or city.longitude is None:
        return False
    if located.latitude is None or located.longitude is None:
        return False
    return (
        abs(city.latitude - located.latitude) < _NEAR_DEGREES
        and abs(city.longitude - located.longitude) < _NEAR_DEGREES
    )
