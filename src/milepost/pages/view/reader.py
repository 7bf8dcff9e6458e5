"""Who reads the page: language, moment, habits, and how carriers are called there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from milepost.domain.place import Place
from milepost.domain.track import Track
from milepost.locale import dates, status_label, translate, units
from milepost.pages.view.towns import HAN, reads_han, town
from milepost.places import zone_of

FSI, PDI = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
RLI = "\N{RIGHT-TO-LEFT ISOLATE}"
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff]")
_FOREIGN = re.compile("[A-Za-z\u00c0-\u052f\u0e00-\u0e7f\u3040-\ud7af]")
_COMMAS = {"ar": "، "}
CLOCKS = ("scan", "destination", "mine")


class Reader(Struct, frozen=True):
    """`now` is aware. `name_carrier` takes (slug, locale). `domestic` roads need no countries.

    `system` is one of `locale.units.SYSTEMS`. `clock` says whose clock times are told by: that of
    the `scan`, of the `destination`, or `mine`; `zone` is that clock's zone once it is known.
    `region` (ISO 3166-1) decides whether the clock has twelve hours.
    """

    locale: str
    now: datetime
    name_carrier: Callable[[str, str], str]
    domestic: bool = False
    system: str = "metric"
    clock: str = "scan"
    zone: ZoneInfo | None = None
    region: str | None = None

    def text(self, key: str, **values: object) -> str:
        if self.text_turns:
            values = {name: self.apart(value) for name, value in values.items()}
        return translate(key, self.locale, **values)

    def sentence(self, key: str, **values: object) -> str:
        """A text that may end with an abbreviated month, which has a full stop of its own."""
        return self.text(key, **values).replace("..", ".")

    def status(self, sub: str) -> str:
        return status_label(sub, self.locale)

    def carrier(self, slug: str | None) -> str | None:
        return self.name_carrier(slug, self.locale) if slug else None

    @property
    def text_turns(self) -> bool:
        """Whether the language is written from right to left."""
        return translate("meta.dir", self.locale) == "rtl"

    def apart(self, value: object) -> object:
        """A foreign name, kept from turning the sentence around it (Unicode's isolates): else
        "from A to B" would read "from B to A".
        """
        if not (self.text_turns and isinstance(value, str) and _FOREIGN.search(value)):
            return value
        return f"{RLI if _FROM_THE_RIGHT.search(value) else FSI}{value}{PDI}"

    def distance(self, metres: float) -> str:
        return units.distance(metres, self.locale, self.system)

    def temperature(self, celsius: float) -> str:
        return units.temperature(celsius, self.locale, self.system)

    def hour(self, clock: time) -> str:
        return dates.clock(clock, self.locale, self.region)

    def span(self, value: timedelta) -> str:
        return units.span(value, self.locale)

    def place(self, place: Place | None) -> str | None:
        """The place's own name, or its parts with the country in the reader's language."""
        if place is None:
            return None
        country = self._country(place)
        if place.name:
            said = _names(place.name, country, place.country)
            return place.name if said else self._joined(place.name, country)
        city = town(place.city, place.country, self.locale)
        region = None if place.city else place.region
        if reads_han(self.locale):
            return self._joined(_from_the_largest(city or region, place.facility), country)
        return self._joined(place.facility, city, region, country)

    def _joined(self, *parts: str | None) -> str | None:
        comma = _COMMAS.get(self.locale, ", ")
        return comma.join(part for part in parts if part) or None

    def _country(self, place: Place) -> str | None:
        named = place.name or place.facility or place.city or place.region
        if place.country is None or (self.domestic and named):
            return None
        return dates.country(place.country, self.locale)


def on_the_road_of(track: Track, reader: Reader) -> Reader:
    """The same reader, who is told countries only where the road touches more than one, and times
    by the destination's clock if that was asked for and is known.
    """
    places = [track.origin, track.destination, *(event.place for event in track.events)]
    domestic = len({row.country for row in places if row and row.country}) < 2
    zone = destination_zone(track) if reader.clock == "destination" else reader.zone
    return replace(reader, domestic=domestic, zone=zone)


def destination_zone(track: Track) -> ZoneInfo | None:
    """The zone of the place that the parcel goes to, as far as it is known for sure."""
    name = track.arrival.zone if track.arrival is not None else None
    return zone_named(name or zone_of(track.destination))


def zone_named(name: str | None) -> ZoneInfo | None:
    """The IANA zone of that name, None where there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _names(text: str, country: str | None, code: str | None) -> bool:
    """Whether a place's own name already says its country."""
    folded = text.casefold()
    ends = code is not None and folded.endswith((f", {code.casefold()}", f"({code.casefold()})"))
    return ends or (country is not None and country.casefold() in folded)


def _from_the_largest(city: str | None, facility: str | None) -> str | None:
    """As Chinese, Japanese and Korean name places; a town that the facility names stands once."""
    stem = (city or "").removesuffix("市").casefold()
    if not city or not facility or stem in facility.casefold():
        return facility or city
    han = HAN.search(city) or HAN.search(facility)
    return f"{city} {facility}" if han else f"{facility}, {city}"
