"""A number that stands where the postal code should, and has not the form of one."""

from __future__ import annotations

import re
from functools import cache

from milepost.addresses.postcodes import formats

# What people write before a code, in the languages of the countries that are read.
LABEL = re.compile(
    r"\b(?:CEP|PIN(?:[ -]?code)?|ZIP(?:[ -]?code)?|post(?:al)?[ -]?code|PLZ|C\.?P\.?|индекс)"
    r"\s*[:.-]?\s*(?=\d)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\w/#-])(?:〒\s*)?(\d[\dOolI]*(?:-[\dOolI]+)?)(?![\w/-])")
_BRITISH = re.compile(r"(?<!\w)([A-Z]{1,2}\d[A-Z\d]? ?(?:\d[A-Z]?|[A-Z]{2}|\d{2,3}))$")
_ANOTHER_NUMBER = re.compile(
    r"\b(?:apt|unit|suite|ste|flat|floor|fl|room|rm|bldg|box|no|house|plot|building|tower|sector|"
    r"phase|street|st|road|rd|кв|д|корп|tel|phone)\b\.?|#|หมู่",
    re.IGNORECASE,
)


@cache
def _length(country: str) -> int | None:
    """Digits of a code; None where it is not of digits alone, or of several lengths."""
    found = re.fullmatch(r"(?:\[1-9\])?\\d\{(\d)\}(?:\(\?:.*)?", formats()[country].pattern)
    if found is None:
        return {"JP": 7, "BR": 8}.get(country)
    return int(found[1]) + formats()[country].pattern.startswith("[1-9]")


def near_code(country: str, lines: list[str]) -> tuple[int, re.Match[str]] | None:
    """The line and place of what was meant as a code: a digit too few or too many, or a letter
    that looks like one. The first line is the street's.
    """
    for at in range(len(lines) - 1, 0, -1):
        if country == "GB":
            if found := _BRITISH.search(lines[at].upper()):
                return at, found
        elif not _ANOTHER_NUMBER.search(lines[at]):
            for found in _DIGITS.finditer(lines[at]):
                if _is_near(country, found[1]):
                    return at, found
    return None


def _is_near(country: str, text: str) -> bool:
    length, bare = _length(country), text.replace("-", "")
    if length is None:
        return False
    return abs(len(bare) - length) == 1 or (len(bare) == length and not bare.isdigit())
