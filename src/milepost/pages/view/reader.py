"""Who reads the page: language, the moment of reading, and how carriers are called there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from milepost.domain.place import Place
from milepost.domain.track import Track
from milepost.locale import dates, status_label, translate


class Reader(Struct, frozen=True):
    """`now` is aware. `name_carrier` takes (slug, locale). `domestic` roads need no countries."""

    locale: str
    now: datetime
    name_carrier: Callable[[str, str], str]
    domestic: bool = False

    def text(self, key: str, **values: object) -> str:
        return translate(key, self.locale, **values)

    def status(self, sub: str) -> str:
        return status_label(sub, self.locale)

    def carrier(self, slug: str | None) -> str | None:
        return self.name_carrier(slug, self.locale) if slug else None

    def place(self, place: Place | None) -> str | None:
        """The place's own name, or its parts with the country in the reader's language."""
        if place is None:
            return None
        country = self._country(place)
        if place.name:
            return (
                place.name
                if _names(place.name, country, place.country)
                else _join(place.name, country)
            )
        return _join(place.facility, place.city, None if place.city else place.region, country)

    def _country(self, place: Place) -> str | None:
        named = place.name or place.facility or place.city or place.region
        if place.country is None or (self.domestic and named):
            return None
        return dates.country(place.country, self.locale)


def on_the_road_of(track: Track, reader: Reader) -> Reader:
    """The same reader, who is told countries only where the road touches more than one."""
    places = [track.origin, track.destination, *(event.place for event in track.events)]
    return replace(reader, domestic=len({row.country for row in places if row and row.country}) < 2)


def _names(text: str, country: str | None, code: str | None) -> bool:
    """Whether a place's own name already says its country."""
    folded = text.casefold()
    ends = code is not None and folded.endswith((f", {code.casefold()}", f"({code.casefold()})"))
    return ends or (country is not None and country.casefold() in folded)


def _join(*parts: str | None) -> str | None:
    return ", ".join(part for part in parts if part) or None
