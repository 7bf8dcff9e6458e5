"""Weights, points and countries as sources write them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from milepost.carriers.toolkit.tree import as_text

_GRAMS = {
    "g": 1.0,
    "gram": 1.0,
    "grams": 1.0,
    "克": 1.0,
    "kg": 1000.0,
    "kgs": 1000.0,
    "kilogram": 1000.0,
    "kilograms": 1000.0,
    "公斤": 1000.0,
    "lb": 453.59237,
    "lbs": 453.59237,
    "pound": 453.59237,
    "pounds": 453.59237,
    "oz": 28.349523125,
    "ozs": 28.349523125,
    "ounce": 28.349523125,
    "ounces": 28.349523125,
}
_MAX_WEIGHT_G = 1_000_000_000


def weight_g(value: Any, unit: Any) -> int | None:
    """A weight in whole grams; None for an unknown unit, nonsense, and zero (none was given)."""
    factor = _GRAMS.get((as_text(unit) or "").lower().rstrip("."))
    try:
        weight = float(as_text(value) or "") * (factor or 0.0)
    except ValueError:
        return None
    return round(weight) if 0 < weight <= _MAX_WEIGHT_G else None


def read_point(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    """A point in WGS 84 degrees; None outside the globe and for 0,0 (which means unknown)."""
    try:
        point = float(as_text(latitude) or ""), float(as_text(longitude) or "")
    except ValueError:
        return None
    inside = -90 <= point[0] <= 90 and -180 <= point[1] <= 180
    return point if inside and point != (0.0, 0.0) else None


def country_code(value: Any) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country given as alpha-2, alpha-3 or English name."""
    text = (as_text(value) or "").upper()
    return _countries().get(text)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    from babel import Locale
    from babel.core import get_global

    names = {str(code): str(name) for code, name in Locale("en").territories.items()}
    codes = {code for code in names if len(code) == 2 and code.isalpha()} - {"EU", "UN", "ZZ"}
    known = {code: code for code in codes} | {"UK": "GB"}
    known |= {names[code].upper(): code for code in codes}
    for alias, targets in get_global("territory_aliases").items():
        if len(alias) == 3 and str(alias).isalpha() and targets[0] in codes:
            known[str(alias)] = str(targets[0])
    return known
