"""Where a shipment comes from or goes to, no nearer than a town: what may stand without a seal.

Of what is written freely only stretches stay that are names of places and nothing else; a street, a
house and whoever lives there are none.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from milepost.addresses.chinese import read_chinese
from milepost.domain.place import Place
from milepost.places import locate
from milepost.places.names import is_filler, longest_at
from milepost.places.text import Segment, has_han, segments_of

_REMEMBERED = 32_768
_PARTS = re.compile(r"[,;/|()\[\]\n\r\t、，；。（）]+")
# A postal code, as it may stand beside a town; a house is written with fewer signs.
_POSTAL = re.compile(r"(?=.*\d{3})[0-9a-z]{3,8}")
_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=_REMEMBERED)
def district(place: Place) -> Place:
    """The same place without street, house and people; the very same where it has none."""
    city = place.city if place.city is None or not _DIGIT.search(place.city) else _town(place.city)
    name = None if place.name is None else _town(place.name)
    facility = None if place.facility is None else _town(place.facility)
    if (city, name, facility) == (place.city, place.name, place.facility):
        return place
    country = place.country
    if name is None and city is None and (found := locate(place)) is not None:
        city, country = found.city, country or found.country
    return msgspec.structs.replace(place, city=city, name=name, facility=facility, country=country)


@lru_cache(maxsize=_REMEMBERED)
def _town(text: str) -> str | None:
    """What of a text names places only: all of it, or what stands behind the last that does not."""
    if has_han(text):
        return _chinese(text)
    kept: list[str] = []
    for part in _PARTS.split(text):
        if part.strip():
            kept = [*kept, part.strip()] if _all_places(part) else []
    whole = text if _parts_of(text) == len(kept) else ", ".join(kept)
    return whole or None


def _parts_of(text: str) -> int:
    return sum(bool(part.strip()) for part in _PARTS.split(text))


def _all_places(part: str) -> bool:
    """Whether it names one place, with country, codes and facility's words at most beside it."""
    segments = segments_of(part)
    return bool(segments) and all(map(_is_place, segments))


def _is_place(segment: Segment) -> bool:
    """Two names beside each other may as well be a person's, or a street's."""
    at, names, others = 0, 0, 0
    while at < len(segment.words):
        found, word = longest_at(segment, at), segment.words[at]
        if found.meaning is not None:
            beside = found.code or found.meaning.countries
            names, others = names + (not beside), others + bool(beside)
        elif _POSTAL.fullmatch(word):
            others += 1
        elif not is_filler(word) or _DIGIT.search(word):
            return False
        at += len(found.words)
    return names == 1 or (names == 0 and others > 0)


def _chinese(text: str) -> str | None:
    """Province, city and district."""
    parts = read_chinese(text).parts
    if not (parts.street or parts.rest or parts.name):
        return text if parts.region or parts.city else None
    divisions = (parts.region, parts.city, parts.district)
    return "".join(dict.fromkeys(one for one in divisions if one)) or None
