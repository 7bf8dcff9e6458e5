"""Where a place is and what clock it keeps."""

from __future__ import annotations

from functools import lru_cache

from milepost.domain.place import Place
from milepost.places.area import ANYWHERE, Area, Hint, region_area
from milepost.places.choose import choose
from milepost.places.gazetteer import country_of_zone, meaning_of, zone_of_country
from milepost.places.located import Located
from milepost.places.spans import read
from milepost.places.text import Segment, key_of, key_of_words, segments_of, words_of

_CACHED_PLACES = 32_768
_NAME_WORDS = 5


@lru_cache(maxsize=_CACHED_PLACES)
def locate(place: Place | None, *, carrier_country: str | None = None) -> Located | None:
    """What can be said for sure of the place, None if nothing.

    `carrier_country` (ISO alpha-2) only decides between towns of one name: a carrier's own clock
    is not the place's and is for the caller to fall back on.
    """
    if place is None:
        return None
    if (by_point := _by_point(place)) is not None:
        return by_point
    return _by_words(place, carrier_country.upper() if carrier_country else None)


def zone_of(place: Place | None, *, carrier_country: str | None = None) -> str | None:
    """The IANA zone whose clock the place shows, None if it is not known for sure."""
    located = locate(place, carrier_country=carrier_country)
    return located.zone if located is not None else None


def country_code(text: str | None) -> str | None:
    """ISO alpha-2 of a code or name in any of the known languages, None if it is none or two."""
    if not text or not text.strip():
        return None
    key = key_of(text)
    by_code = meaning_of(f"#{key}") if len(key) in (2, 3) else None
    meaning = by_code if by_code is not None and by_code.countries else meaning_of(key)
    countries = meaning.countries if meaning is not None else ()
    return countries[0] if len(countries) == 1 else None


def _by_point(place: Place) -> Located | None:
    latitude, longitude = place.latitude, place.longitude
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None  # 0, 0 is what a device sends that knows nothing
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    from tzfpy import get_tz  # its shapes take 40 MB: only for those who have coordinates

    zone = get_tz(longitude, latitude)
    if not zone or zone.startswith("Etc/"):
        return None  # the open sea keeps no civil clock
    country = country_code(place.country) or country_of_zone(zone)
    if country == "CN":
        zone = zone_of_country("CN") or zone
    return Located(zone, country, latitude, longitude, place.city, 1.0)


def _by_words(place: Place, home: str | None) -> Located | None:
    country = country_code(place.country)
    base = Area(country) if country else ANYWHERE
    region = _region(place.region)
    around = [] if region else _field(place.region)
    around += [] if country else _field(place.country)
    postal = key_of(place.postal_code).replace(" ", "") if place.postal_code else None
    best: Located | None = None
    for text in _texts(place):
        reading = read(_segments(text) + around)
        if region is not None:
            reading.hints.append(region)
        found = choose(base, reading, postal, home)
        if found is not None and (best is None or _worth(found) > _worth(best)):
            best = found
        if best is not None and best.city is not None and best.zone is not None:
            break
    return best


def _texts(place: Place) -> list[str]:
    texts = [text for text in (place.city, place.name, place.facility) if text]
    return texts or [""]


def _region(text: str | None) -> Hint | None:
    """A region field that is the code or name of a region we know."""
    key = key_of(text) if text else ""
    for is_code, meaning in ((True, meaning_of(f"#{key}")), (False, meaning_of(key))):
        if meaning is not None and meaning.regions:
            return Hint(tuple(map(region_area, meaning.regions)), is_code=is_code)
    return None


def _segments(text: str) -> list[Segment]:
    """ "Frankfurt (Oder)" is one name although a bracket parts it."""
    words = tuple(words_of(text)) if "(" in text else ()
    if 1 < len(words) <= _NAME_WORDS and meaning_of(key_of_words(words)) is not None:
        return [Segment(words, ("",) * len(words))]
    return segments_of(text)


def _field(text: str | None) -> list[Segment]:
    """A field of its own is a code in whatever case it is written."""
    return segments_of(text.upper()) if text else []


def _worth(located: Located) -> tuple[bool, bool, bool]:
    return located.zone is not None, located.city is not None, located.latitude is not None
