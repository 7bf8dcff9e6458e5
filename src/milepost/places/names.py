"""The names and codes in one segment of a place string: longest match, left first."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct

from milepost.places.gazetteer import Meaning, meaning_of
from milepost.places.text import Segment, key_of_words

_LONGEST = 5
_LOCODE = 5
PLAIN_CODE = 3  # "NSW" says a region even after an unknown town; "IN" or "OR" may be a word


class Found(Struct, frozen=True):
    """A stretch of words from index `at`, and what it means; None for a word that is no name."""

    at: int
    words: tuple[str, ...]
    meaning: Meaning | None
    code: bool = False

    @property
    def is_area(self) -> bool:
        return self.meaning is not None and self.meaning.is_area

    @property
    def is_filler(self) -> bool:
        """Whether it is a facility's word or a number, which place nothing."""
        return is_filler(self.words[0])

    @property
    def is_numbered(self) -> bool:
        return has_digit(self.words[0])


@cache
def _facility_words() -> frozenset[str]:
    text = (files(__package__) / "data" / "aliases.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)["facility"].split())


def has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


def is_filler(word: str) -> bool:
    """Whether a word is part of a facility's name or number, never of a place's."""
    return word in _facility_words() or has_digit(word)


def longest_at(segment: Segment, at: int) -> Found:
    """The longest name that starts at that word, else the code there, else the word alone."""
    words = segment.words
    for size in range(min(_LONGEST, len(words) - at), 0, -1):
        part = words[at : at + size]
        if not _may_be_name(part) or (size == 1 and _is_code(segment.codes[at])):
            continue
        meaning = meaning_of(key_of_words(part))
        if meaning is not None:
            return Found(at, part, meaning)
    code = segment.codes[at]
    if code and len(code) <= _LOCODE and code.isalpha():
        return Found(at, (code,), _code_meaning(code), code=True)
    return Found(at, words[at : at + 1], None)


def _may_be_name(part: tuple[str, ...]) -> bool:
    if len(part) == 1:
        return (len(part[0]) > 2 and not is_filler(part[0])) or not part[0].isascii()
    return not any(has_digit(word) for word in part)


def _is_code(code: str) -> bool:
    """Whether "JAM", "NSW" or "CUSCU" in capitals is a code, whatever town is named so."""
    if len(code) not in (PLAIN_CODE, _LOCODE):
        return False
    name, meaning = meaning_of(code), _code_meaning(code)
    if meaning is None or (name is not None and name.countries):
        return False
    if len(code) == PLAIN_CODE:
        return meaning.is_area
    return name is None or all(kind != "n" for _, kind in name.cities)


def _code_meaning(code: str) -> Meaning | None:
    meaning = meaning_of(f"#{code}")
    if meaning is not None or len(code) != _LOCODE:
        return meaning
    port = meaning_of(f"#{code[2:]}")
    country = code[:2].upper()
    cities = tuple(one for one in port.cities if one[0].country == country) if port else ()
    return Meaning((), (), cities) if cities else None
