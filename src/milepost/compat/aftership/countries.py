"""Countries as AfterShip writes them: ISO 3166-1 alpha-3 and the English name."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global

from milepost.places import country_code

# Codes of states that are no more, which CLDR still leads to their successors.
_WITHDRAWN = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}


@lru_cache(maxsize=1)
def _alpha3() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    return {
        str(targets[0]): str(alias)
        for alias, targets in sorted(aliases.items())
        if len(alias) == 3
        and str(alias).isalpha()
        and len(targets) == 1
        and alias not in _WITHDRAWN
    }


@lru_cache(maxsize=512)
def alpha3(country: str | None) -> str | None:
    """Alpha-3 of an alpha-2 code; a text that is none is given back as it is."""
    return None if country is None else _alpha3().get(country.upper(), country)


@lru_cache(maxsize=512)
def alpha2(country: str | None) -> str | None:
    """Alpha-2 of a code or name, None if it is none."""
    legible = country is not None and any(sign.isalnum() for sign in country)
    return country_code(country) if legible else None


@lru_cache(maxsize=512)
def name(country: str | None) -> str | None:
    """The English name of an alpha-2 code."""
    if country is None:
        return None
    found = Locale("en").territories.get(country.upper())
    return str(found) if found else None
