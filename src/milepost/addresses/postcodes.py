"""Postal codes: the form they have in a country, and the region and city that they belong to."""

from __future__ import annotations

import gzip
import re
import tomllib
from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
from msgspec import Struct


class Format(Struct, frozen=True, forbid_unknown_fields=True):
    """See the head of `formats.toml`."""

    pattern: str = ""
    loose: str = ""
    shape: str = ""
    before: bool = False
    regions: bool = False
    postal_code: bool = True
    optional: bool = False

    @property
    def somewhere(self) -> str:
        """A pattern that finds the code in a line, spelt well or not."""
        inner = f"(?:{self.loose}|{self.pattern})" if self.loose else f"(?:{self.pattern})"
        return rf"(?<![\w-])(?P<code>{inner})(?![\w-])"


@cache
def formats() -> dict[str, Format]:
    """By country (ISO alpha-2)."""
    return msgspec.convert(tomllib.loads(_text("formats.toml")), dict[str, Format])


@cache
def finder(country: str) -> re.Pattern[str]:
    """Finds a postal code of that country in a line: group "code"."""
    return re.compile(formats()[country].somewhere, re.IGNORECASE)


@lru_cache(maxsize=16_384)
def spelt(country: str, code: str) -> str | None:
    """The code as the country writes it, None where it is none."""
    form = formats().get(country)
    text = code.strip().upper()
    if form is None or not form.pattern:
        return text or None
    if form.loose and (found := re.fullmatch(form.loose, text)):
        text = found.expand(form.shape)
    return text if re.fullmatch(form.pattern, text) else None


def regions_of(country: str, code: str) -> tuple[str, ...]:
    """Codes of the regions that a well spelt code may lie in; empty where that is not known."""
    table = _prefixes().get(country)
    if table is None:
        return ()
    if country == "GB":
        area = re.match("[A-Z]+", code)
        return table.get(area[0], ()) if area else ()
    return next((table[code[:size]] for size in range(4, 0, -1) if code[:size] in table), ())


def has_table(country: str) -> bool:
    """Whether prefixes of that country's codes are known."""
    return country in _prefixes()


@cache
def _prefixes() -> dict[str, dict[str, tuple[str, ...]]]:
    tables = tomllib.loads(_text("postcodes.toml"))
    return {country: _expanded(table["ranges"]) for country, table in tables.items()}


def _expanded(ranges: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in ranges:
        span, values = entry.split(" ")
        for prefix in _span(*span.split("-")):
            found[prefix] = tuple(values.split("/"))
    return found


def _span(first: str, last: str) -> list[str]:
    if first == last:
        return [first]
    if first.isdigit():
        return [str(one).zfill(len(first)) for one in range(int(first), int(last) + 1)]
    return [first[:-1] + chr(one) for one in range(ord(first[-1]), ord(last[-1]) + 1)]


@cache
def _chinese_cities() -> dict[str, frozenset[str]]:
    """First four digits of a Chinese code → the cities (codes of GB/T 2260) that use them."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in _text("postcodes_cn.tsv").splitlines():
        city, prefixes = line.split("\t")
        for prefix in prefixes.split():
            found[prefix].add(city)
    return {prefix: frozenset(cities) for prefix, cities in found.items()}


@cache
def _areas_of_city(city: str) -> frozenset[str]:
    """The first three digits that codes of a Chinese city have."""
    return frozenset(prefix[:3] for prefix, found in _chinese_cities().items() if city in found)


def other_chinese_city(code: str, city: str) -> str | None:
    """The only city that uses a code's first four digits, where it cannot be `city`. Codes are not
    everywhere listed in full, so one that begins like any of the city's own is believed.
    """
    homes = _chinese_cities().get(code[:4], frozenset())
    own = _areas_of_city(city)
    if len(homes) != 1 or not own or code[:3] in own:
        return None
    return next(iter(homes))


@cache
def us_cities() -> dict[str, tuple[str, tuple[str, ...]]]:
    """ZIP code → (state, names of its cities in small letters)."""
    states: dict[str, str] = {}
    cities: dict[str, list[str]] = defaultdict(list)
    for line in _packed("us_zip.tsv.gz"):
        prefix, state, *entries = line.split("\t")
        for entry in entries:
            city, _, tails = entry.partition("=")
            for tail in tails.split(","):
                states[prefix + tail] = state
                cities[prefix + tail].append(city)
    return {code: (state, tuple(cities[code])) for code, state in states.items()}


class Town(NamedTuple):
    """`region`: its code or ""; `own`: the name that it goes by, no other one."""

    region: str
    thousands: int
    own: bool


@cache
def cities_of(country: str) -> dict[str, tuple[Town, ...]]:
    """City in small letters → those of that name, largest first."""
    found: dict[str, list[Town]] = defaultdict(list)
    for line in _cities().get(country, ()):
        region, name, thousands, *other = line.split("\t")
        found[name].append(Town(region, int(thousands), not other))
    return {name: tuple(sorted(ones, key=lambda one: -one[1])) for name, ones in found.items()}


@cache
def _cities() -> dict[str, list[str]]:
    """The lines of each country."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in _packed("cities.tsv.gz"):
        country, _, rest = line.partition("\t")
        found[country].append(rest)
    return found


def _packed(name: str) -> list[str]:
    packed = (files(__package__) / "data" / name).read_bytes()
    return gzip.decompress(packed).decode().splitlines()


def _text(name: str) -> str:
    return (files(__package__) / "data" / name).read_text("utf-8")
