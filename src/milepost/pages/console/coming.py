"""When a shipment of a list comes, in one line, and how sure that is in another."""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from milepost.domain.place import Place
from milepost.domain.track import Arrival
from milepost.locale import dates
from milepost.locale.catalogue import CLDR
from milepost.pages.console.words import say
from milepost.pages.view.arrival import arrival_sentence, when_text
from milepost.pages.view.odds import breaks, odds_short
from milepost.pages.view.reader import Reader
from milepost.pages.view.window import passed, window_of

# Nothing that is foretold is certain.
MOST = 0.99


class Coming(Struct, frozen=True):
    """`when`: the arrival window; `sure`: its odds in words, or who has promised it. `late`: the
    window has passed, or will more likely break than hold.
    """

    when: str
    sure: str
    late: bool


def coming_of(arrival: Arrival | None, reader: Reader) -> Coming | None:
    """None where nobody knows when it comes."""
    if arrival is None:
        return None
    window = window_of(arrival, reader)
    if passed(window, reader):
        said = arrival_sentence(arrival, reader)
        return Coming(said.head, (said.note or "").strip(), late=True)
    when = when_text(window, reader)
    if arrival.late_odds is not None and breaks(arrival):
        percent = dates.percent(min(arrival.late_odds, MOST), reader.locale)
        return Coming(when, say("shipments.breaks", reader.locale, percent=percent), late=True)
    if window.promised:
        return Coming(when, say(f"source.{arrival.source}", reader.locale), late=False)
    return Coming(when, odds_short(arrival, reader), late=False)


def destination_of(place: Place | None, reader: Reader) -> str:
    """The place that it goes to; a facility is named by its town."""
    if place is None:
        return ""
    town = Place(city=place.city, country=place.country) if place.city else place
    return reader.place(town) or ""


def country_of(text: str, locale: str) -> str | None:
    """The ISO 3166-1 code that a text is, or names in the reader's language or in English."""
    known = _countries(locale)
    return known.get(text.strip().casefold())


@cache
def _countries(locale: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in (CLDR["en"], CLDR[locale]):
        names = one.territories
        found |= {
            name.casefold(): code
            for code, name in names.items()
            if len(code) == 2 and code.isalpha()
        }
    return found | {code.casefold(): code for code in found.values()}
