"""What is wrong with an address outside China: missing parts, and parts that contradict."""

from __future__ import annotations

from milepost.addresses.alike import one_slip
from milepost.addresses.elsewhere import Scattered, has_number
from milepost.addresses.model import Reason
from milepost.addresses.postcodes import (
    cities_of,
    formats,
    has_table,
    regions_of,
    spelt,
    us_cities,
)
from milepost.addresses.reasons import reason
from milepost.addresses.regions import Region, key_of, region_by_code, region_names

_BIG = 50


def judged(found: Scattered) -> list[Reason]:
    """Reasons in the order of the parts."""
    country = found.country or ""
    if country not in formats():
        return [reason("country_unchecked", "country", country), *_street(found)]
    code = spelt(country, found.postal_code) if found.postal_code else None
    return [*_postal(found, code), *_region(found, code), *_city(found, code), *_street(found)]


def _postal(found: Scattered, code: str | None) -> list[Reason]:
    form = formats()[found.country or ""]
    if not form.postal_code:
        return []
    if not found.postal_code:
        return [reason("postal_code_missing", "postal_code", repair=_only_zip(found))]
    if code is None:
        return [reason("postal_code_malformed", "postal_code", found.postal_code)]
    if code != found.postal_code:
        return [reason("postal_code_spelling", "postal_code", found.postal_code, code)]
    return []


def _only_zip(found: Scattered) -> str | None:
    """The ZIP code of a town that has one only."""
    if found.country != "US" or found.region is None or not found.city:
        return None
    key, state = key_of(found.city), found.region.code
    codes = [code for code, (home, names) in us_cities().items() if home == state and key in names]
    return codes[0] if len(codes) == 1 else None


def _region(found: Scattered, code: str | None) -> list[Reason]:
    country = found.country or ""
    if found.region is None and found.region_text and region_names(country):
        return [_unknown_region(country, found.region_text)]
    if code is None or not has_table(country):
        missing = formats()[country].regions and found.region is None
        return [reason("region_missing", "region")] if missing else []
    homes = _homes(country, code)
    if not homes:
        return [reason("postal_code_unknown", "postal_code", code)]
    if found.region is None:
        if len(homes) == 1 and formats()[country].regions:
            found.region = homes[0]
            return [reason("region_inferred", "region", repair=homes[0].name)]
        return []
    if found.region not in homes:
        return [reason("postal_code_not_in_region", "postal_code", code, homes[0].name)]
    return []


def _homes(country: str, code: str) -> list[Region]:
    if country == "US" and (known := us_cities().get(code[:5])):
        found = region_by_code("US", known[0])
        return [found] if found else []
    regions = (region_by_code(country, one) for one in regions_of(country, code))
    return [one for one in regions if one is not None]


def _unknown_region(country: str, text: str) -> Reason:
    key = key_of(text)
    near = {
        region.name: region
        for name, region in region_names(country).items()
        if len(name) > 3 and one_slip(key, name)
    }
    if len(near) == 1:
        return reason("region_lookalike", "region", text, next(iter(near)))
    return reason("region_unknown", "region", text)


def _city(found: Scattered, code: str | None) -> list[Reason]:
    country = found.country or ""
    if country in ("SG", "HK", "MO") or (country == "JP" and not found.city.isascii()):
        return []
    if not found.city:
        return [reason("city_missing", "city", repair=_city_of_code(country, code))]
    if country == "US" and code is not None:
        return _us_city(found.city, code)
    return _listed_city(found, code)


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
    if not known:
        return []
    if key not in known:
        near = [name for name, ones in known.items() if ones[0][1] >= _BIG and len(key) > 4
                and one_slip(key, name)]  # fmt: skip
        if len(near) == 1:
            return [reason("city_lookalike", "city", found.city, near[0].title())]
        return []  # small towns are not listed
    homes = _homes(country, code) if code is not None else []
    if not homes or not any(region for region, _ in known[key]):
        return []
    if any(region in {home.code for home in homes} for region, _ in known[key]):
        return []
    return [reason("postal_code_not_in_city", "postal_code", code, homes[0].name)]


def _street(found: Scattered) -> list[Reason]:
    if not found.street:
        if len(found.rest) > 2 and found.country in ("IE", "AE", "IN", "HK", "GB"):
            return [reason("number_missing", "street", found.rest)]  # houses have names there
        return [reason("street_missing", "street")]
    if not has_number(found.street + found.rest):
        return [reason("number_missing", "street", found.street)]
    return []
