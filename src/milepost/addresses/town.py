"""The town of an address outside China: against its postal code, its state and its look-alikes."""

from __future__ import annotations

from functools import cache, lru_cache

from milepost.addresses.alike import one_slip
from milepost.addresses.model import Reason
from milepost.addresses.native import Scattered
from milepost.addresses.postcodes import Town, cities_of, regions_of, us_cities
from milepost.addresses.reasons import reason
from milepost.addresses.regions import Region, key_of, region_by_code, region_names

_BIG, _EVERYBODY_KNOWS = 50, 250  # thousands of people
_SHORTEST_SLIP = 5
# Where the regions of towns are listed, and people name them.
_TOWNS_BY_REGION = frozenset({"JP", "KR", "BR", "IN", "RU", "CA", "AU", "MX"})


def town_reasons(found: Scattered, code: str | None) -> list[Reason]:
    """What is wrong with it. `code`: the postal code as the country writes it, if it is one."""
    country = found.country or ""
    if country in ("SG", "HK", "MO") or (country == "JP" and not found.city):
        return []
    if not found.city:
        return [reason("city_missing", "city", repair=_city_of_code(country, code))]
    if country == "US" and code is not None:
        return _us_city(found.city, code)
    return _listed_city(found, code)


def homes_of(country: str, code: str) -> list[Region]:
    """The regions that a well spelt postal code may lie in."""
    if country == "US" and (known := us_cities().get(code[:5])):
        found = region_by_code("US", known[0])
        return [found] if found else []
    regions = (region_by_code(country, one) for one in regions_of(country, code))
    return [one for one in regions if one is not None]


def _city_of_code(country: str, code: str | None) -> str | None:
    known = us_cities().get((code or "")[:5]) if country == "US" else None
    return known[1][0].title() if known and len(known[1]) == 1 else None


def _us_city(city: str, code: str) -> list[Reason]:
    known = us_cities().get(code[:5])
    key = key_of(city)
    if known is None:
        return [reason("postal_code_unknown", "postal_code", code)]
    if key in known[1] or any(_same_town(key, one) for one in known[1]):
        return []
    near = [one for one in known[1] if len(key) > 4 and one_slip(key, one)]
    if near:
        return [reason("city_lookalike", "city", city, near[0].title())]
    # ZIP codes of one place have their first three digits in common.
    around = {
        name for end in range(100) for name in us_cities().get(f"{code[:3]}{end:02}", ("", ()))[1]
    }
    if key in around:
        return []
    return [reason("postal_code_not_in_city", "postal_code", code, known[1][0].title())]


def _same_town(one: str, other: str) -> bool:
    swaps = (
        ("saint ", "st "),
        ("fort ", "ft "),
        ("mount ", "mt "),
        ("north ", "n "),
        (" city", ""),
    )
    for long, short in swaps:
        one, other = one.replace(long, short), other.replace(long, short)
    return one == other


def _listed_city(found: Scattered, code: str | None) -> list[Reason]:
    """Against the towns that are known there: by name, and by the region of the postal code."""
    country, key = found.country or "", key_of(found.city)
    known = cities_of(country)
    if not known or key in region_names(country):
        return _region_as_city(found, code)
    homes = homes_of(country, code) if code is not None else []
    if any(home.country == "FR" and len(home.code) > 2 for home in homes):
        return []  # towns overseas are not listed
    if key not in known:
        near = _look_alike(country, key, homes)
        return [reason("city_lookalike", "city", found.city, near)] if near else []
    regions = {town.region for town in known[key]} - {""}
    if found.region is not None and _lies_elsewhere(found.region, known[key]):
        return [reason("city_not_in_region", "city", found.city, _name_of(country, known[key][0]))]
    if not homes or not regions or regions & {home.code for home in homes}:
        return []
    if found.region is not None and found.region not in homes:
        return []  # said of the region
    return [reason("postal_code_not_in_city", "postal_code", code, homes[0].name)]


def _region_as_city(found: Scattered, code: str | None) -> list[Reason]:
    """Seoul, Bangkok and Москва are regions of their own."""
    region = region_names(found.country or "").get(key_of(found.city))
    homes = homes_of(found.country or "", code) if code is not None else []
    if region is None or not homes or region in homes or found.region is not None:
        return []
    return [reason("postal_code_not_in_city", "postal_code", code, homes[0].name)]


def _look_alike(country: str, key: str, homes: list[Region]) -> str | None:
    """The town that is meant: one where the postal code lies rather than a larger one elsewhere."""
    around = {home.code for home in homes}
    near = sorted((town.region in around, name) for name, town in _near(country, key))
    if not near or (len(near) > 1 and near[-2][0] == near[-1][0]):
        return None
    return near[-1][1].title()


@lru_cache(maxsize=4096)
def _near(country: str, key: str) -> tuple[tuple[str, Town], ...]:
    """Large towns one slip away: an unlisted village comes again and again."""
    if len(key) < _SHORTEST_SLIP:
        return ()
    return tuple((name, town) for name, town in _large(country) if one_slip(key, name))


@cache
def _large(country: str) -> tuple[tuple[str, Town], ...]:
    found = ((name, towns[0]) for name, towns in cities_of(country).items())
    return tuple((name, town) for name, town in found if town.own and town.thousands >= _BIG)


def _lies_elsewhere(region: Region, towns: tuple[Town, ...]) -> bool:
    """Only of cities that everybody knows: villages have namesakes that are not listed."""
    if region.country not in _TOWNS_BY_REGION or towns[0].thousands < _EVERYBODY_KNOWS:
        return False
    return all(town.region and town.region != region.code for town in towns)


def _name_of(country: str, town: Town) -> str | None:
    home = region_by_code(country, town.region)
    return home.name if home else None
