"""Tracking numbers in running text: what stands before them, and what their format says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from milepost.identify.labels import Label, adjoins
from milepost.identify.model import Identification
from milepost.identify.rank import identify
from milepost.identify.spelling import normalise

TOKEN = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-?")
DATE = re.compile(r"(19|20)\d\d-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])")
FAIR, GOOD, SURE = 0.3, 0.6, 0.9
# Letters that are written apart from the digits between them.
_LETTERS_APART = re.compile(r"[A-Z]{2,4} \d{8,20}(?: ?[A-Z]{2})?|[A-Z]{2}\d{8,20} [A-Z]{2}")
_SHORT_GROUP = 8
_GAP = re.compile(r"[ \u00a0\u2009\u202f]{1,2}")
_MONEY = re.compile(r"[$€£¥₩₽฿]\s*$")
_GROUPS = range(9, 1, -1)
# What a label announces needs no format at all if it is so long.
_FEWEST_LABELLED = 8
# What stands between the numbers that one label announces.
_LISTED = re.compile(r"\s*(?:[,;/&+、，和及と و]|\b(?:and|und|et|y|e|en|и|dan|hoặc|va)\b)*\s*")
# A tracking word speaks of a number so many characters further on at most.
_FARTHEST = 48


class Token(Struct, frozen=True):
    text: str
    start: int
    end: int


def tokens_of(line: str) -> list[Token]:
    return [Token(one[0], one.start(), one.end()) for one in TOKEN.finditer(line)]


def numbers_in(line: str, found: list[Label]) -> Iterator[str]:
    """The numbers of a line of words with these labels. A label is spent on the first number after
    it, and on those that are listed with it.
    """
    tokens, at, since = tokens_of(line), 0, 0
    last: tuple[Label, int] | None = None
    while at < len(tokens):
        token = tokens[at]
        said = _said(line, [one for one in found if since <= one.start], token.start)
        if said is None and last is not None and _LISTED.fullmatch(line, last[1], token.start):
            said = last[0]
        number, used = _number_at(line, tokens[at:], said)
        if number:
            yield number
            last = (said, tokens[at + used - 1].end) if said and said.tracking else None
        if number or (said and _counts(token.text) and adjoins(line, said, token.start)):
            since = _after(found, said, since)
        at += used


def _counts(text: str) -> bool:
    """Whether it is a number of anything, so that the label before it is spent."""
    return sum(char.isdigit() for char in text) > 1


def _after(found: list[Label], said: Label | None, since: int) -> int:
    """Labels before an order's number speak of it alone; a tracking word before them waits on."""
    if said is None:
        return since
    waits = any(one.tracking and since <= one.start < said.start for one in found)
    return since if waits and not said.tracking else max(since, said.end)


def _said(line: str, found: list[Label], start: int) -> Label | None:
    """What the words before a token call it: the label right before it, else a tracking word."""
    before = [one for one in found if one.end <= start]
    if not before or adjoins(line, before[-1], start):
        return before[-1] if before else None
    near = [one for one in before if one.tracking and start - one.end <= _FARTHEST]
    return near[-1] if near else before[-1]


def _number_at(line: str, tokens: list[Token], said: Label | None) -> tuple[str, int]:
    """The number that begins here, if one does, and how many tokens it has."""
    row, first = _row(line, tokens), tokens[0]
    if said is not None and said.tracking:
        number, used = _longest_group(row, announced=True)
        if not number and not _MONEY.search(line, 0, first.start):
            number, used = _announced(row)
        if number:
            return number, used
    refused = said is not None and not said.tracking and adjoins(line, said, first.start)
    if not refused:
        number, used = _longest_group(row)
        if number:
            return number, used
    alone = _stands_alone(first.text, SURE if refused else 0.0)
    return (identify(first.text).number if alone else "", 1)


def _row(line: str, tokens: list[Token]) -> list[str]:
    """The tokens that only single spaces part."""
    row = [tokens[0].text]
    for before, after in pairwise(tokens):
        if len(row) == _GROUPS.start or not _GAP.fullmatch(line, before.end, after.start):
            break
        row.append(after.text)
    return row


def _announced(row: list[str]) -> tuple[str, int]:
    """What a tracking word announces: one long token, or groups of digits of one length."""
    if DATE.fullmatch(row[0]):
        return "", 1
    if may_be_number(row[0]) and len(normalise(row[0])) >= _FEWEST_LABELLED:
        return normalise(row[0]), 1
    groups: list[str] = []
    for one in row:
        if not one.isdecimal() or len(one) < 2 or len(one) > len((groups or [one])[0]):
            break
        groups.append(one)
        if len(one) < len(groups[0]):
            break
    joined = "".join(groups)
    return (joined, len(groups)) if len(joined) >= _FEWEST_LABELLED else ("", 1)


def _longest_group(row: list[str], *, announced: bool = False) -> tuple[str, int]:
    """A number that is printed in groups of a few characters, and how many groups it has."""
    for count in _GROUPS:
        group = row[:count]
        if len(group) == count and are_groups(group):
            seen = identify("".join(group))
            fits = announced or (seen.candidates and seen.candidates[0].checksum)
            if probability_of(seen) >= GOOD and fits:
                return seen.number, count
    return "", 1


def are_groups(tokens: list[str]) -> bool:
    joined = "".join(tokens)
    return (
        len(tokens) > 1
        and max(8, 2 * len(tokens)) <= len(joined) <= 40
        and sum(char.isdigit() for char in joined) >= 6
        and all(map(_has_sign, tokens))
        and (are_short(tokens) or _LETTERS_APART.fullmatch(" ".join(tokens)) is not None)
    )


def are_short(tokens: list[str]) -> bool:
    """Whether they are groups such as numbers are printed in."""
    return all(len(token) <= _SHORT_GROUP for token in tokens)


def _has_sign(token: str) -> bool:
    """Words of a sentence are small letters; groups of a number are digits or capitals."""
    return token.upper() == token


def _stands_alone(token: str, enough: float) -> bool:
    if not may_be_number(token) or DATE.fullmatch(token):
        return False
    seen = identify(token)
    if not seen.candidates:
        return False
    least = GOOD if len(seen.number) < 12 else FAIR
    return probability_of(seen) >= max(least, enough)


def probability_of(seen: Identification) -> float:
    return sum(candidate.probability for candidate in seen.candidates)


def may_be_number(token: str) -> bool:
    return 6 <= len(token) <= 42 and sum(char.isdigit() for char in token) >= 4
