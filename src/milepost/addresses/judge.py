"""What is wrong with an address outside China: missing parts, and parts that contradict."""

from __future__ import annotations

import re

from milepost.addresses.alike import one_slip
from milepost.addresses.elsewhere import has_number
from milepost.addresses.model import Reason
from milepost.addresses.native import Scattered
from milepost.addresses.postcodes import (
    formats,
    has_table,
    spelt,
    us_cities,
)
from milepost.addresses.reasons import reason
from milepost.addresses.regions import key_of, region_names
from milepost.addresses.town import homes_of, town_reasons

# Where a house may have a name and no number.
_HOUSE_NAMES = frozenset({"IE", "AE", "IN", "HK", "GB", "SG"})
_BUILDING = re.compile(
    r"\b(?:cottage|castle|house|farm|hall|lodge|barn|mill|manor|rectory|vicarage|church|school|"
    r"college|university|hospital|hotel|tower|towers|building|bhavan|bhawan|nagar|mandir|mall|"
    r"apartments?|residency|villa|works|airport|station|museum|palace)\b",
    re.IGNORECASE,
)


def judged(found: Scattered) -> list[Reason]:
    """Reasons in the order of the parts."""
    country = found.country or ""
    if country not in formats():
        return [reason("country_unchecked", "country", country), *_street(found)]
    code = spelt(country, found.postal_code) if found.postal_code else None
    return [
        *_postal(found, code),
        *_region(found, code),
        *town_reasons(found, code),
        *_street(found),
    ]


def _postal(found: Scattered, code: str | None) -> list[Reason]:
    form = formats()[found.country or ""]
    if not form.postal_code:
        return []
    if not found.postal_code and form.optional:
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
    homes = homes_of(country, code)
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


def _street(found: Scattered) -> list[Reason]:
    named = found.country in _HOUSE_NAMES
    if not found.street:
        if len(found.rest) > 2 and named:
            numbered = has_number(found.rest) or _BUILDING.search(found.rest)
            return [] if numbered else [reason("number_missing", "street", found.rest)]
        if found.country == "KR" and len(found.rest) > 2:
            return [reason("number_missing", "street", found.rest)]
        return [reason("street_missing", "street")]
    whole = " ".join((found.name, found.street, found.rest)) if named else found.street + found.rest
    if not has_number(whole) and not (named and _BUILDING.search(whole)):
        return [reason("number_missing", "street", found.street)]
    return []
