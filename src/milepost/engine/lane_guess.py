"""Hours of a lane that nobody has a record of: from distance and mode. A guess, and a wide one."""

from __future__ import annotations

from msgspec import Struct

from milepost.carbon.distance import way_of
from milepost.carbon.model import CannotEstimateError, Mode, Point, Stretch

# (kilometres a day, hours of handling at both ends); a customs border adds two days.
_PACE: dict[Mode, tuple[int, int]] = {
    "van": (400, 12),
    "road": (650, 24),
    "rail": (900, 72),
    "sea": (600, 240),
    "ferry": (500, 48),
    "air": (9000, 48),
}
_BORDER_H = 48
P90_RATIO = 1.8
_UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)


class Guess(Struct, frozen=True):
    """Hours from hand-over to delivery."""

    p50_h: float
    p90_h: float


def guess(mode: Mode, origin: Point, destination: Point) -> Guess | None:
    """None where no way of that mode is known."""
    try:
        way = way_of(Stretch(mode=mode, weight_g=1, origin=origin, destination=destination))
    except CannotEstimateError:
        return None
    daily_km, handling_h = _PACE[mode]
    hours = handling_h + way.metres / 1000 / daily_km * 24
    hours += _BORDER_H if _has_customs(origin.country, destination.country) else 0
    return Guess(round(hours, 1), round(hours * P90_RATIO, 1))


def _has_customs(one: str | None, other: str | None) -> bool:
    return one != other and not {one, other} <= _UNION
