"""The ends of lanes as policies name them: a country, a state or province, or a town. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from milepost.domain.place import Place
from milepost.engine import notice_regions as regions
from milepost.places import country_code, locate

_REGION = re.compile(r"[A-Z]{2}-[0-9A-Z]{1,3}")


@lru_cache(maxsize=10_000)
def end_named(text: str) -> str | None:
    """What an end means: "CN", "CN-33" or "CN:Hangzhou"; None for what is no place, or two."""
    text = text.strip()
    country = country_code(text)
    if country is not None:
        return country
    if _REGION.fullmatch(text.upper()):
        return text.upper() if regions.known(text.upper()) else None
    region = regions.named(text, None)
    if region is not None:
        return region
    found = locate(Place(name=text))
    if found is None or found.country is None or found.city is None:
        return None
    return f"{found.country}:{found.city}"


@lru_cache(maxsize=100_000)
def ends_at(place: Place) -> tuple[str, ...]:
    """All that an end of a lane may be called so that a place there is meant, the widest first."""
    found = locate(place)
    country = place.country or (found.country if found else None)
    if country is None:
        return ()
    named = regions.named(place.region, country) if place.region else None
    region = named or (regions.region_at(place, found) if found else None)
    town = f"{country}:{found.city}" if found and found.city else None
    return tuple(one for one in (country, region, town) if one)
