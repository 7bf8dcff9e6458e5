"""Where a scan happened and where the parcel goes next, as far as the text names it."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from itertools import chain

from .markup import bare, unmarked
from .normalise import LIMIT, respelt
from .result import Personal

_DATA = tomllib.loads((files(__package__) / "places.toml").read_text("utf-8"))

Places = tuple[str | None, str | None, str | None]


def _compile(rows: list[str]) -> list[re.Pattern[str]]:
    words: dict[str, str] = _DATA["words"]
    for name, value in words.items():
        rows = [row.replace(f"<{name}>", f"(?:{value})") for row in rows]
    return [re.compile(row) for row in rows]


_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_HAN_SET, _LATIN_SET = _DATA["han"], _DATA["latin"]
_NEXT = {True: _compile(_HAN_SET["next"]), False: _compile(_LATIN_SET["next"])}
_HERE = {True: _compile(_HAN_SET["here"]), False: _compile(_LATIN_SET["here"])}
_CITY = _compile(_HAN_SET["city"])
_NEVER = {
    True: re.compile("|".join(_HAN_SET["never"])),
    False: re.compile("|".join(_LATIN_SET["never"]), re.IGNORECASE),
}
_STRIP = re.compile("|".join(_LATIN_SET["strip"]))
# Stands for what was taken out already; no place reaches over it.
_BLANK = "\ue000"
_EDGE = " \t,，.。;；:：、-–—()（）[]【】「」\"'"


def find_places(text: str, personal: tuple[Personal, ...], main: str) -> Places:
    """(place, place_city, next_place), each a piece of `text`, its markup left out, or None."""
    text = text[:LIMIT]
    flat, origins = unmarked(_without(text, personal))
    spelt = respelt(flat)
    plain = bare(spelt)
    front = spelt.find(plain)
    place, city, following = _find(plain, main)

    def shown(piece: str | None) -> str | None:
        if piece is None or (origins is None and plain is flat):
            return piece
        at = front + plain.find(piece)
        return _slice(text, flat, origins, at, at + len(piece))

    return shown(place), shown(city), shown(following)


def _slice(text: str, flat: str, origins: list[int] | None, start: int, end: int) -> str:
    if origins is None:
        return flat[start:end]
    piece = text[origins[start] : origins[end]]
    return flat[start:end] if "&" in piece or "<" in piece else piece


def _find(text: str, main: str) -> Places:
    han = bool(_HAN.search(text))
    following = _first(text, _NEXT[han], han)
    if following:
        text = _blank(text, text.rindex(following), following)
    city = _city(text) if han else None
    place = _first(_blank(text, text.index(city), city), _HERE[True], True) if city else None
    if place is None:
        place = city or _first(text, _HERE[han], han)
    if main == "info_received" and not han and place and not place.isupper():
        place = None  # "label created in the system": what follows is the carrier, not a place
    return place, city, following


def _blank(text: str, at: int, piece: str) -> str:
    return text[:at] + _BLANK * len(piece) + text[at + len(piece) :]


def _without(text: str, personal: tuple[Personal, ...]) -> str:
    """The text with blanks where personal data stands, so that no name is taken for a place."""
    for span in personal:
        if span.end <= len(text):
            text = _blank(text, span.start, text[span.start : span.end])
    return text


def _city(text: str) -> str | None:
    for match in chain.from_iterable(pattern.finditer(text) for pattern in _CITY):
        return match["city"]
    return None


def _first(text: str, patterns: list[re.Pattern[str]], han: bool) -> str | None:
    for pattern in patterns:
        for match in pattern.finditer(text):
            place = _tidy(match["place"], han)
            if place:
                return place
    return None


def _tidy(place: str, han: bool) -> str | None:
    place = next((part for part in place.split(_BLANK) if part.strip(_EDGE)), "")
    if not han:
        place = _STRIP.sub("", place)
    place = place.strip(_EDGE)
    if len(place) < 2 or _NEVER[han].search(place) or not any(c.isalpha() for c in place):
        return None
    return place
