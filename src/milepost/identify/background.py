"""The other hypothesis: the text is no tracking number that we know, but some other number.

An order number, a telephone number, a typing mistake: without it the best of the poor readings of
a random string would look certain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

DIGITS: Mapping[str, float] = dict.fromkeys("0123456789", 0.1)

# Mixed texts hold more digits than letters; a dash is rare.
MIXED: Mapping[str, float] = {
    **dict.fromkeys("0123456789", 0.0785),
    **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0.2 / 26),
    "-": 0.015,
}

# How much of what is typed into a tracking field is not a number of a carrier we know.
SHARE = 0.75
_DIGITS_ONLY = 0.75
_LENGTHS = range(6, 41)


# Who numbers orders or invoices puts a few letters before the digits; chance rarely does.
_HOUSE_NUMBER = re.compile(r"[A-Z]{1,4}\d{4,}").fullmatch
_HOUSE_FACTOR = 20.0


def is_digits(number: str) -> bool:
    return number.isdecimal()


def odds_of(number: str) -> Mapping[str, float]:
    """The character odds against which `number` is weighed."""
    return DIGITS if is_digits(number) else MIXED


def share_of(number: str) -> float:
    """How much of everything is an unknown text of this length and kind."""
    kind = _DIGITS_ONLY if is_digits(number) else 1 - _DIGITS_ONLY
    shape = _HOUSE_FACTOR if _HOUSE_NUMBER(number) else 1.0
    return shape * SHARE * kind * _LENGTH_SHARES.get(len(number), min(_LENGTH_SHARES.values()))


def _length_shares() -> dict[int, float]:
    """Order and telephone numbers make 8 to 16 characters the common lengths."""
    raw = {length: 1.0 if length <= 12 else 0.6 if length <= 20 else 0.3 for length in _LENGTHS}
    return {length: share / sum(raw.values()) for length, share in raw.items()}


_LENGTH_SHARES = _length_shares()
