"""Identifies what was pasted: a number, a tracking page's address, a line with a number in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from milepost.identify.extract import extract_numbers
from milepost.identify.formats import Formats
from milepost.identify.model import Identification
from milepost.identify.rank import identify as identify_number
from milepost.identify.running import probability_of

_ADDRESS = re.compile(r"\s*(?:https?://|www\.)[^/\s]+(?P<rest>\S*)\s*", re.IGNORECASE)
_PARTS = re.compile(r"[/?&=#;,:]+")
# An address may be long; a text that is longer holds more than one number.
_MOST_CHARACTERS = 2_000
_FEWEST_DIGITS = 4


def identify(
    number: str,
    *,
    history: Mapping[str, float] | None = None,
    country: str | None = None,
    formats: Formats | None = None,
) -> Identification:
    """Ranked readings of `number`, which may be spelled in any way. Never raises.

    A text that is no number is read for the one number in it, as in the address of a carrier's
    tracking page. history: the tenant's own count of numbers by carrier slug. country: ISO
    alpha-2, where the parcel was sent from or goes to.
    """

    def read(text: str) -> Identification:
        return identify_number(text, history=history, country=country, formats=formats)

    seen = read(number)
    if seen.candidates or number.isalnum() or len(number) > _MOST_CHARACTERS:
        return seen
    if address := _ADDRESS.fullmatch(number):
        readings = [one for part in _parts(address["rest"]) if (one := read(part)).candidates]
        return max(readings, key=probability_of, default=seen)
    found = extract_numbers(number)
    return read(found[0]) if len(found) == 1 else seen


def _parts(rest: str) -> list[str]:
    parts = [unquote(part).replace("+", " ") for part in _PARTS.split(rest)]
    return [part for part in parts if sum(map(str.isdigit, part)) >= _FEWEST_DIGITS]
