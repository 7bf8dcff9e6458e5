"""Tracking numbers out of a pasted text: a column of a table, a chat, a mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from milepost.identify.model import Identification
from milepost.identify.rank import identify
from milepost.identify.spelling import normalise

# A text with more than this is not pasted by a person; the rest is not read.
_MOST_CHARACTERS = 60_000
_BREAKS = re.compile(r"[\t,;|/，、；。：:！!？?（）()【】\[\]「」《》<>\"'“”=&]+")
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-?")
_DATE = re.compile(r"(19|20)\d\d-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])")
_GROUPS = range(9, 1, -1)
_FAIR = 0.3
_GOOD = 0.6


def extract_numbers(text: str) -> list[str]:
    """Likely tracking numbers of `text`, normalised, each once, in the order they stand.

    A line that is nothing but numbers is taken as it is, known formats or not: people paste
    lists. In running text only what a carrier's format explains well is taken. Never raises.
    """
    plain = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS])
    found = (number for line in plain.splitlines() for number in _of_line(line))
    return list(dict.fromkeys(found))


def _of_line(line: str) -> Iterator[str]:
    parts = [part.strip() for part in _BREAKS.split(line) if part.strip()]
    if all(_is_number_alone(part) for part in parts):
        yield from map(normalise, parts)
        return
    for part in parts:
        yield from _of_tokens(_TOKEN.findall(part))


def _is_number_alone(part: str) -> bool:
    if _TOKEN.fullmatch(part):
        return _may_be_number(part)
    return _are_groups(part.split()) and _probability(identify(part)) >= _GOOD


def _of_tokens(tokens: list[str]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        number, used = _longest_group(tokens[at:])
        if number:
            yield number
        elif _stands_alone(tokens[at]):
            yield identify(tokens[at]).number
        at += used


def _longest_group(tokens: list[str]) -> tuple[str, int]:
    """A number that is printed in groups of a few characters, and how many groups it has."""
    for count in _GROUPS:
        group = tokens[:count]
        if len(group) == count and _are_groups(group):
            seen = identify("".join(group))
            if _probability(seen) >= _GOOD and seen.candidates[0].checksum:
                return seen.number, count
    return "", 1


def _are_groups(tokens: list[str]) -> bool:
    joined = "".join(tokens)
    return (
        max(8, 2 * len(tokens)) <= len(joined) <= 40
        and all(len(token) <= 8 and _has_sign(token) for token in tokens)
        and sum(char.isdigit() for char in joined) >= 6
    )


def _has_sign(token: str) -> bool:
    """Words of a sentence are small letters; groups of a number are digits or capitals."""
    return token.upper() == token


def _stands_alone(token: str) -> bool:
    if not _may_be_number(token) or _DATE.fullmatch(token):
        return False
    seen = identify(token)
    if not seen.candidates:
        return False
    return _probability(seen) >= (_GOOD if len(seen.number) < 12 else _FAIR)


def _probability(seen: Identification) -> float:
    return sum(candidate.probability for candidate in seen.candidates)


def _may_be_number(token: str) -> bool:
    return 6 <= len(token) <= 42 and sum(char.isdigit() for char in token) >= 4
