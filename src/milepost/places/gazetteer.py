"""The gazetteer: which countries, regions and cities a name or code may mean.

Two sorted files are kept as they are and searched by bisection: a dictionary of the same content
would take ten times the memory and load as much slower.
"""

from __future__ import annotations

import gzip
from array import array
from bisect import bisect_left
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class City(Struct, frozen=True, gc=False):
    """A city or an airport. `region` is a code such as "US-MO" or ""; `thousands` of people."""

    name: str
    country: str
    region: str
    thousands: int
    zone: str
    latitude: float | None
    longitude: float | None


class Meaning(Struct, frozen=True, gc=False):
    """What a name or code may mean: country codes, region codes and (city, kind) pairs.

    Kind "n": a name of its own, "a": an alternate name, "d": a district of it.
    """

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    cities: tuple[tuple[City, str], ...] = ()

    @property
    def is_area(self) -> bool:
        return bool(self.countries or self.regions)


class _Meta(Struct, frozen=True):
    zones: list[str]
    clocks: dict[str, str]
    countries: dict[str, str]
    regions: dict[str, str]
    country_of_zone: dict[str, str]


class _Lines:
    """Sorted lines "key<tab>rest" in one block of bytes."""

    def __init__(self, name: str) -> None:
        packed = (files(__package__) / "data" / name).read_bytes()
        self.block = gzip.decompress(packed) + b"\n"
        ends = array("I", [0])
        at = self.block.find(b"\n")
        while at >= 0:
            ends.append(at + 1)
            at = self.block.find(b"\n", at + 1)
        self.starts = ends

    def key(self, index: int) -> bytes:
        start = self.starts[index]
        return self.block[start : self.block.index(b"\t", start)]

    def rest(self, index: int) -> list[str]:
        line = self.block[self.starts[index] : self.starts[index + 1] - 1]
        return line.decode().split("\t")

    def find(self, key: str) -> list[int]:
        """The indexes of all lines of that key."""
        wanted = key.encode()
        count = len(self.starts) - 1
        at = bisect_left(range(count), wanted, key=self.key)
        found = []
        while at < count and self.key(at) == wanted:
            found.append(at)
            at += 1
        return found


@cache
def _cities() -> _Lines:
    return _Lines("cities.tsv.gz")


@cache
def _names() -> _Lines:
    return _Lines("names.tsv.gz")


@cache
def _meta() -> _Meta:
    text = (files(__package__) / "data" / "meta.json").read_bytes()
    return msgspec.json.decode(text, type=_Meta)


def _city(index: int) -> City:
    key, name, country, region, thousands, zone, latitude, longitude = _cities().rest(index)
    return City(
        name or key.title(),
        country,
        f"{country}-{region}" if region else "",
        int(thousands),
        _meta().zones[int(zone)],
        float(latitude) if latitude else None,
        float(longitude) if longitude else None,
    )


@lru_cache(maxsize=16384)
def meaning_of(key: str) -> Meaning | None:
    """All that a key (see `text.key_of`; "#us" for codes) may mean, None if nothing."""
    cities = [(index, "n") for index in _cities().find(key)]
    countries: list[str] = []
    regions: list[str] = []
    for line in _names().find(key):
        for entry in _names().rest(line)[1].split():
            if entry[0] == "c":
                countries.append(entry[1:])
            elif entry[0] == "r":
                regions.append(entry[1:])
            else:
                cities.append((int(entry[1:]), entry[0]))
    if not (cities or countries or regions):
        return None
    known = tuple((_city(index), kind) for index, kind in cities)
    return Meaning(tuple(countries), tuple(regions), known)


def zone_of_country(country: str) -> str | None:
    """The zone of a country that keeps one clock, None where it keeps several."""
    return _meta().countries.get(country)


def zone_of_region(region: str) -> str | None:
    """The zone of a region such as "US-MO" where one clock prevails."""
    if region.startswith("CN-"):
        return zone_of_country("CN")
    return _meta().regions.get(region)


def country_of_zone(zone: str) -> str | None:
    """The country that alone uses this zone."""
    return _meta().country_of_zone.get(zone)


def clock_of(zone: str) -> str:
    """A name for the clock that the zone shows today: equal for zones that agree."""
    return _meta().clocks.get(zone, zone)
