"""Tracking numbers out of a pasted text: a column of a table, a chat, a mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from textwrap import wrap

from msgspec import Struct

from milepost.identify.iban import is_iban
from milepost.identify.labels import Label, adjoins, labels
from milepost.identify.rank import identify
from milepost.identify.running import (
    DATE,
    FAIR,
    GOOD,
    SURE,
    TOKEN,
    are_groups,
    are_short,
    may_be_number,
    numbers_in,
    probability_of,
    tokens_of,
)
from milepost.identify.spelling import normalise

# A text with more than this is not pasted by a person; the rest is not read.
_MOST_CHARACTERS = 60_000
_LONGEST_LINE = 600
_BREAKS = re.compile(r"[\t,;|/，、；。：:！!？?（）()【】\[\]「」《》<>\"'“”=&]+")
# Stands in addresses, passwords of networks and the like, never within a number.
_NO_NUMBERS = re.compile(r"[:;=?&@]")
# What a scanner may say before a code: its symbology (AIM), "]C1".
_SYMBOLOGY = re.compile(r"^\s*\][A-Za-z][0-9A-Za-z]", re.MULTILINE)
# The bars of a USPS label begin with the ZIP code that the parcel goes to.
_ROUTED = re.compile(r"^420\d{5}(?:\d{4})?(9[1-5]\d{20})$")
_PHONE = re.compile(r"\d{2,4}-\d{3,4}-\d{4}")
_FEWEST_NAMED = 4


class _Found(Struct, frozen=True):
    """`bare` is its line as written where nothing else speaks for it."""

    number: str
    bare: str = ""


def extract_numbers(text: str) -> list[str]:
    """Likely tracking numbers of `text`, normalised, each once, in the order they stand.

    A list of nothing but numbers is taken as it is, known formats or not. In a mail or a chat
    only what a carrier's format explains well is taken, or what the words before it call a
    tracking number; what they call an order, a phone or a price stays. Never raises.
    """
    lines = _lines(text)
    found = [one for line, before in _with_headings(lines) for one in _of_line(line, before)]
    if not all(_alone(line) for line in lines):
        found = _without_doubtful(found)
    numbers = (_ROUTED.sub(r"\1", one.number) for one in found if not is_iban(one.number))
    return list(dict.fromkeys(numbers))


def named_numbers(text: str) -> list[str]:
    """What the text calls the number of something else, perhaps an order: as written, each once."""
    lines = _lines(text)
    found: list[str] = []
    for line, heading in _with_headings(lines):
        told = [one for one in labels(line) if not one.tracking]
        under = heading is not None and not heading.tracking and len(line.split()) == 1
        found += [
            one.text.rstrip("-")
            for one in tokens_of(line)
            if sum(map(str.isdigit, one.text)) >= _FEWEST_NAMED
            and (under or any(adjoins(line, label, one.start) for label in told))
        ]
    return list(dict.fromkeys(found))


def lone_number(text: str) -> str:
    """The text itself, normalised, where it may be a number of no known format; else empty."""
    plain = _SYMBOLOGY.sub("", unicodedata.normalize("NFKC", text)).strip()
    parts = plain.split()
    if _NO_NUMBERS.search(plain):
        return ""
    if len(parts) == 1:
        return normalise(plain) if not labels(plain) or plain.isascii() else ""
    grouped = all(any(map(str.isdigit, part)) for part in parts)
    return normalise(plain) if grouped and not labels(plain) else ""


def _lines(text: str) -> list[str]:
    """The lines that say something, in compatible characters."""
    plain = _SYMBOLOGY.sub("", unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]))
    return [piece for line in plain.splitlines() if line.strip() for piece in _pieces(line)]


def _pieces(line: str) -> list[str]:
    """A line, in pieces where it is long: looking back for labels must not cost its square."""
    return wrap(line, _LONGEST_LINE) if len(line) > _LONGEST_LINE else [line]


def _without_doubtful(found: list[_Found]) -> list[_Found]:
    """Among words, a line of bare digits is as likely a phone: it counts if nothing better does."""
    found = [one for one in found if not _PHONE.fullmatch(one.bare)]
    if all(one.bare for one in found):
        return found
    return [one for one in found if not one.bare or not one.number.isdecimal()]


def _with_headings(lines: Iterable[str]) -> Iterator[tuple[str, Label | None]]:
    """Each line, with the label of the last line of words if that has no number of its own."""
    heading: Label | None = None
    for line in lines:
        yield line, heading
        if _alone(line):
            continue
        found = labels(line)
        heading = None if any(may_be_number(one.text) for one in tokens_of(line)) else _last(found)


def _last(found: list[Label]) -> Label | None:
    """A heading that names a tracking number at all names what follows."""
    return next((one for one in found if one.tracking), found[-1] if found else None)


def _of_line(line: str, heading: Label | None) -> Iterator[_Found]:
    parts = _alone(line)
    if not parts:
        yield from map(_Found, numbers_in(line, labels(line)))
        return
    for part in parts:
        number = normalise(part)
        probability = probability_of(identify(number))
        if heading is None:
            yield _Found(number, bare=part if probability < FAIR else "")
        elif heading.tracking or probability >= SURE:
            yield _Found(number)


def _alone(line: str) -> list[str]:
    """The parts of a line that is nothing but numbers; none of any other."""
    parts = [part.strip() for part in _BREAKS.split(line) if part.strip()]
    return parts if parts and all(_is_number_alone(part) for part in parts) else []


def _is_number_alone(part: str) -> bool:
    if TOKEN.fullmatch(part):
        return may_be_number(part) and not DATE.fullmatch(part)
    # Nothing stands beside it, so that small letters are no words.
    groups = part.upper().split()
    enough = GOOD if are_short(groups) else SURE
    return are_groups(groups) and probability_of(identify(part)) >= enough
