"""Countries, states and provinces by the names and codes that people write."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files

from babel import Locale
from msgspec import Struct

# Those in which a merchant's list of orders may name a country.
_LANGUAGES = ("en", "zh", "de", "fr", "es", "pt", "ru", "ja")
# What CLDR names and nobody sends anything to.
_NO_COUNTRIES = {"ZZ", "XA", "XB", "EU", "EZ", "UN", "QO"}


_CITIES = frozenset(
    {
        "RU-MOW",
        "RU-SPE",
        "IN-DL",
        "IN-CH",
        "DE-BE",
        "DE-HH",
        "DE-HB",
        "MX-CMX",
        "KR-11",
        "KR-26",
        "KR-27",
        "KR-28",
        "KR-29",
        "KR-30",
        "KR-31",
        "KR-50",
    }
)


class Region(Struct, frozen=True, gc=False):
    """A state or province; `code` without the country, the first where several are in use."""

    country: str
    code: str
    name: str


@lru_cache(maxsize=8192)
def key_of(name: str) -> str:
    """Small letters and digits without accents; other marks part words."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w]+|_", " ", plain).split())


def country_of(text: str) -> str | None:
    """ISO alpha-2 of a country's code or name, None for what is none of those that we know."""
    return countries().get(key_of(text)) if text.strip() else None


def stated_country(text: str) -> str | None:
    """The same of any country of the world, where the text is meant to be one."""
    return country_of(text) or _world().get(key_of(text))


@cache
def _world() -> dict[str, str]:
    """Name or code → code, by CLDR. Not for free text: "Georgia" and "Jersey" are other things."""
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        names = Locale.parse(language).territories
        for code in names.keys() - _NO_COUNTRIES:
            if len(code) == 2 and code.isalpha():
                found |= {key_of(code): code, key_of(str(names[code])): code}
    return found


@cache
def countries() -> dict[str, str]:
    """Name or code → code."""
    found: dict[str, str] = {}
    for line in _text("countries.tsv").splitlines():
        code, names = line.split("\t")
        found |= dict.fromkeys([code.lower(), *map(key_of, names.split("|"))], code)
    return found


def is_city(region: Region) -> bool:
    """Whether people write it as the town: Dubai, Москва, Bangkok, Berlin."""
    return region.country in ("AE", "TH") or f"{region.country}-{region.code}" in _CITIES


def region_of(country: str, text: str) -> Region | None:
    """The region of a code or name in that country."""
    return _regions().get(country, {}).get(key_of(text))


def region_by_code(country: str, code: str) -> Region | None:
    """The region of a code; of China, two digits of GB/T 2260."""
    return _by_code().get((country, code))


def region_names(country: str) -> dict[str, Region]:
    """Key of every name and code → region."""
    return _regions().get(country, {})


@cache
def _by_code() -> dict[tuple[str, str], Region]:
    found: dict[tuple[str, str], Region] = {}
    for line in _text("regions.tsv").splitlines():
        country, codes, names = line.split("\t")
        first, *others = codes.split(",")
        region = Region(country, first, names.split("|")[0])
        found |= {(country, code): region for code in (first, *others)}
    return found


@cache
def _regions() -> dict[str, dict[str, Region]]:
    found: dict[str, dict[str, Region]] = defaultdict(dict)
    for line in _text("regions.tsv").splitlines():
        country, codes, names = line.split("\t")
        region = _by_code()[country, codes.split(",")[0]]
        keys = [key_of(name) for name in names.split("|")]
        keys += [code.lower() for code in codes.split(",") if not code.isdigit()]
        for one in keys:
            found[country].setdefault(one, region)
    return found


def _text(name: str) -> str:
    return (files(__package__) / "data" / name).read_text("utf-8")
