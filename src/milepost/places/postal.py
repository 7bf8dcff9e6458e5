"""What a postal code says of the region and its clock, in countries that have several clocks."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_FORMS = {
    "US": re.compile(r"\d{5}(?:\d{4})?"),
    "CA": re.compile(r"[a-z]\d[a-z](?:\d[a-z]\d)?"),
    "AU": re.compile(r"\d{4}"),
    "BR": re.compile(r"\d{5}(?:\d{3})?"),
    "MX": re.compile(r"\d{5}"),
    "ES": re.compile(r"\d{5}"),
    "PT": re.compile(r"\d{4}(?:\d{3})?"),
    "ID": re.compile(r"\d{5}"),
}
Prefixes = dict[str, str]


@cache
def _tables() -> dict[str, dict[str, Prefixes]]:
    text = (files(__package__) / "data" / "postal.toml").read_text("utf-8")
    return {
        country: {what: _expand(table["ranges"]) for what, table in tables.items()}
        for country, tables in tomllib.loads(text).items()
    }


def _expand(ranges: list[str]) -> Prefixes:
    """ "060-062 CT" as one entry a prefix."""
    found: Prefixes = {}
    for entry in ranges:
        span, value = entry.split(" ")
        first, last = span.split("-")
        if first.isdigit():
            prefixes = [
                str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)
            ]
        else:
            prefixes = [first[:-1] + chr(code) for code in range(ord(first[-1]), ord(last[-1]) + 1)]
        found |= dict.fromkeys(prefixes, value)
    return found


def _longest(country: str, what: str, code: str) -> str | None:
    table = _tables().get(country, {}).get(what)
    if table is None:
        return None
    upper = code.upper()
    return next((table[upper[:size]] for size in range(5, 0, -1) if upper[:size] in table), None)


def postal_code_among(country: str, words: tuple[str, ...] | list[str]) -> str | None:
    """The last of the folded words that has the form of the country's postal codes."""
    form = _FORMS.get(country)
    if form is None:
        return None
    return next((word for word in reversed(words) if form.fullmatch(word)), None)


def region_of_postal(country: str, code: str) -> str | None:
    """The region, such as "US-MO", of a postal code."""
    region = _longest(country, "region", code)
    return f"{country}-{region}" if region else None


def zone_of_postal(country: str, code: str) -> str | None:
    """The zone of a postal code, where the code alone says it."""
    return _longest(country, "zone", code)
