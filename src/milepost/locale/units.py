"""Distances, temperatures, weights and spans as a reader's region writes them (CLDR)."""

from __future__ import annotations

from datetime import timedelta

from babel import dates, units

from milepost.locale.catalogue import CLDR

SYSTEMS = ("metric", "imperial", "british")
_KM_PER_MILE = 1.609344
_G_PER_POUND = 453.59237
_G_PER_OUNCE = 28.349523
_G_PER_KG = 1_000
_FEW = 10
_LEAST = 0.1
_NEAR_KM = 10.0


def system_of(region: str | None) -> str:
    """The measurement system of a region by CLDR: `metric`, `imperial` or `british`."""
    if region in {"US", "LR", "PR", "GU", "VI", "BS", "BZ", "KY", "PW"}:
        return "imperial"
    return "british" if region == "GB" else "metric"


def distance(metres: float, locale: str, system: str) -> str:
    """`1,240 km`, `770 mi`: no finer than is known."""
    miles = system != "metric"
    value = metres / 1_000 / (_KM_PER_MILE if miles else 1)
    rounded = round(value, -1) if value >= 1_000 else round(value, 0 if value >= _NEAR_KM else 1)
    return _unit(rounded, "length-mile" if miles else "length-kilometer", locale)


def temperature(celsius: float, locale: str, system: str) -> str:
    """`4.5°C`, `40.1°F`."""
    if system == "imperial":
        return _unit(round(celsius * 9 / 5 + 32, 1), "temperature-fahrenheit", locale)
    return _unit(round(celsius, 1), "temperature-celsius", locale)


def weight(grams: float, locale: str, system: str) -> str:
    """`2.4 kg`, `5.3 lb`."""
    if system == "imperial":
        return _unit(round(grams / _G_PER_POUND, 1), "mass-pound", locale)
    return _unit(round(grams / 1_000, 2), "mass-kilogram", locale)


def mass(grams: float, locale: str, system: str) -> str:
    """`156 g`, `1.2 kg`, `5.5 oz`, `2.6 lb`: what is light in the smaller unit."""
    if system == "imperial":
        if grams < _G_PER_POUND:
            return _light(grams / _G_PER_OUNCE, "mass-ounce", locale)
        return weight(grams, locale, system)
    if grams < _G_PER_KG:
        return _light(grams, "mass-gram", locale)
    return _unit(round(grams / _G_PER_KG, 1), "mass-kilogram", locale)


def _light(value: float, name: str, locale: str) -> str:
    """No finer than is known: tenths below ten; what is not nothing is not called 0."""
    if 0 < value < _LEAST / 2:
        return f"<\N{NO-BREAK SPACE}{_unit(_LEAST, name, locale)}"
    return _unit(round(value, 1 if value < _FEW else 0), name, locale)


def span(value: timedelta, locale: str) -> str:
    """`3 hours`."""
    return dates.format_timedelta(value, threshold=1.5, locale=CLDR[locale])


def megabytes(size: int, locale: str) -> str:
    """`8 MB`."""
    return _unit(round(size / 2**20, 1), "digital-megabyte", locale)


def _unit(value: float, name: str, locale: str) -> str:
    whole = int(value) if value == int(value) else value
    text = units.format_unit(whole, name, length="short", locale=CLDR[locale])
    return text.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")
