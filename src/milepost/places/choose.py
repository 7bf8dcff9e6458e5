"""Choosing among what a reading may mean: the one that explains most, or nothing."""

from __future__ import annotations

from msgspec import Struct

from milepost.places.area import Area, Hypothesis, hypotheses
from milepost.places.gazetteer import City, clock_of, zone_of_country, zone_of_region
from milepost.places.located import Located
from milepost.places.postal import postal_code_among, region_of_postal, zone_of_postal
from milepost.places.spans import Mention, Reading

# How many times bigger a city must be than its namesakes to be meant without a word more.
_DOMINANCE = 10.0
_HOME_BONUS = 100.0
_ALTERNATE = 0.3
_DISTRICT_THOUSANDS = 300.0
_LEAST_WHOLE = 50.0
_LEAST_PART = 200.0
Weighed = tuple[City, float]


class _Theory(Struct, frozen=True):
    """A hypothesis with the postal code's word, and the cities that it leaves of each mention."""

    area: Area
    postal: str | None
    explained: int
    cities: tuple[tuple[Weighed, ...], ...]


def choose(base: Area, reading: Reading, postal: str | None, home: str | None) -> Located | None:
    """The place that explains most of the reading; None where two explain as much and differ."""
    found = [
        theory
        for hypothesis in hypotheses(base, reading.hints)
        if (theory := _theory(hypothesis, reading, postal, home)) is not None
    ]
    if not found:
        return None
    most = max(theory.explained for theory in found)
    best = [theory for theory in found if theory.explained == most]
    at_home = [theory for theory in best if home and theory.area.country == home]
    return _settle(at_home or best)


def _theory(
    hypothesis: Hypothesis, reading: Reading, postal: str | None, home: str | None
) -> _Theory | None:
    area = hypothesis.area
    code = (postal or postal_code_among(area.country, reading.words)) if area.country else None
    region = region_of_postal(area.country, code) if area.country and code else None
    borne_out = region is not None and region == area.region
    if region is not None and area.region is None:
        area = Area(area.country, region)
    elif region is not None and not borne_out:
        code = None
    cities = _cities_in(area, reading.mentions, home)
    if hypothesis.weak and not cities and not borne_out:
        return None
    if area == Area() and not cities:
        return None
    explained = hypothesis.explained + bool(cities) + (region is not None and code is not None)
    return _Theory(area, code, explained, cities)


def _cities_in(
    area: Area, mentions: list[Mention], home: str | None
) -> tuple[tuple[Weighed, ...], ...]:
    """The cities in the area, mention by mention; whole segments before mere parts."""
    for whole in (True, False):
        found = [
            cities
            for mention in mentions
            if mention.whole is whole and (cities := _weighed(area, mention, home))
        ]
        if found:
            return tuple(reversed(found)) if whole else tuple(found)
    return ()


def _weighed(area: Area, mention: Mention, home: str | None) -> tuple[Weighed, ...]:
    best: dict[City, float] = {}
    for city, kind in mention.cities:
        if area.holds(city.country, city.region):
            best[city] = max(best.get(city, 0.0), _weight(city, kind, home))
    least = _LEAST_WHOLE if mention.whole else _LEAST_PART
    if area.region or mention.han or (area.country and mention.whole):
        least = 0.0
    ranked = sorted(best.items(), key=lambda one: -one[1])
    return tuple(ranked) if ranked and ranked[0][1] >= least else ()


def _weight(city: City, kind: str, home: str | None) -> float:
    thousands = _DISTRICT_THOUSANDS if kind == "d" else float(city.thousands)
    bonus = _HOME_BONUS if home == city.country else 1.0
    return thousands * bonus * (_ALTERNATE if kind == "a" else 1.0)


def _settle(theories: list[_Theory]) -> Located | None:
    with_city = [theory for theory in theories if theory.cities]
    if not with_city:
        return _agreed([_of_area(theory) for theory in theories])
    count = min(len(theory.cities) for theory in with_city)
    picks = [_pick(with_city, index) for index in range(count)]
    rivals = [_of_area(theory) for theory in theories if not theory.cities]
    clocks = {clock_of(one.zone) for one in picks + rivals if one.zone}
    if len(clocks) == 1 and all(one.zone for one in picks + rivals):
        return picks[0]
    areas = {theory.area for theory in theories}
    if rivals or len(areas) > 1:
        return None
    if theories[0].area.region and picks[0].zone:
        return picks[0]
    return _of_area(theories[0]) if areas != {Area()} else None


def _pick(theories: list[_Theory], index: int) -> Located:
    """The one city that outweighs its namesakes, or what all the heavy ones share."""
    weighed = sorted(
        (one for theory in theories for one in theory.cities[index]), key=lambda one: -one[1]
    )
    heaviest = weighed[0][1]
    rivals = list(dict.fromkeys(city for city, weight in weighed if weight * _DOMINANCE > heaviest))
    first = rivals[0]
    if all(_beside(first, city) for city in rivals):
        known = theories[0].area.country is not None
        at = first.latitude, first.longitude
        return Located(first.zone, first.country, *at, first.name, 0.95 if known else 0.85)
    clocks = {clock_of(city.zone) for city in rivals}
    country = first.country if len({city.country for city in rivals}) == 1 else None
    name = first.name if len({city.name for city in rivals}) == 1 else None
    zone = first.zone if len(clocks) == 1 else None
    return Located(zone, country, None, None, name, 0.8)


def _beside(one: City, other: City) -> bool:
    """Whether two rows are one town for a map of roads: within about 40 km."""
    if one is other or one.country != other.country:
        return one is other
    if (
        one.latitude is None
        or one.longitude is None
        or other.latitude is None
        or other.longitude is None
    ):
        return False
    return abs(one.latitude - other.latitude) < 0.35 and abs(one.longitude - other.longitude) < 0.5


def _of_area(theory: _Theory) -> Located:
    area = theory.area
    zone = zone_of_postal(area.country, theory.postal) if area.country and theory.postal else None
    if zone is None and area.region is not None:
        zone = zone_of_region(area.region)
    if zone is None and area.country is not None:
        zone = zone_of_country(area.country)
    return Located(zone, area.country, None, None, None, 0.9 if zone else 0.5)


def _agreed(found: list[Located]) -> Located | None:
    """What several equally good answers share; None if their clocks differ."""
    first = found[0]
    if len(found) == 1:
        return first
    countries = {one.country for one in found}
    clocks = {clock_of(one.zone) if one.zone else "" for one in found}
    country = first.country if len(countries) == 1 else None
    zone = first.zone if len(clocks) == 1 else None
    return Located(zone, country, None, None, None, 0.6) if zone or country else None
