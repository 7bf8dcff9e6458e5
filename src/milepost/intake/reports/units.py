"""Measured quantities in the units that devices use, to the integers that we keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_US = 946_684_800_000_000  # the year 2000: before it, a clock was never set
AHEAD_US = 86_400_000_000
# field → (name in a report → factor, offset added before it)
UNITS: dict[str, dict[str, tuple[float, float]]] = {
    "altitude_m": {"altitude_m": (1, 0), "altitude_ft": (0.3048, 0)},
    "speed_mm_s": {
        "speed_mm_s": (1, 0),
        "speed_m_s": (1000, 0),
        "speed_kmh": (1000 / 3.6, 0),
        "speed_mph": (447.04, 0),
        "speed_knots": (1852 / 3.6, 0),
    },
    "course_deg": {"course_deg": (1, 0)},
    "temperature_mc": {
        "temperature_mc": (1, 0),
        "temperature_c": (1000, 0),
        "temperature_f": (1000 / 1.8, -32),
        "temperature_k": (1000, -273.15),
    },
    "humidity_pm": {"humidity_pm": (1, 0), "humidity_percent": (10, 0), "humidity": (1000, 0)},
    "shock_mg": {"shock_mg": (1, 0), "shock_g": (1000, 0), "shock_m_s2": (1000 / 9.80665, 0)},
    "tilt_deg": {"tilt_deg": (1, 0)},
    "light_lux": {"light_lux": (1, 0)},
    "battery_mv": {"battery_mv": (1, 0), "battery_v": (1000, 0)},
}
RANGES = {
    "lat_e7": (-900_000_000, 900_000_000),
    "lon_e7": (-1_800_000_000, 1_800_000_000),
    "altitude_m": (-1_000, 100_000),
    "speed_mm_s": (0, 10_000_000),
    "course_deg": (0, 360),
    "temperature_mc": (-200_000, 1_000_000),
    "humidity_pm": (0, 1000),
    "shock_mg": (0, 100_000_000),
    "tilt_deg": (0, 180),
    "light_lux": (0, 1_000_000),
    "battery_mv": (0, 1_000_000),
}


class BadReportError(ValueError):
    """An item that cannot be taken, and why."""


def instant_us(value: object, received_us: int) -> int:
    """Microseconds since 1970 of an RFC 3339 text with an offset, or of a number of seconds,
    milliseconds or microseconds since 1970, told apart by their size. Raises BadReportError.
    """
    at_us = _number_us(value) if isinstance(value, (int, float)) else _text_us(value)
    if at_us < EARLIEST_US:
        raise BadReportError("at: before the year 2000")
    if at_us > received_us + AHEAD_US:
        raise BadReportError("at: more than 24 hours ahead of the time of receipt")
    return at_us


def scaled(value: float, factor: float, offset: float) -> int:
    """A reading in our unit. Raises BadReportError where it is no number of a usual size."""
    try:
        return round((value + offset) * factor)
    except (ValueError, OverflowError):
        raise BadReportError("not a number that can be kept") from None


def checked(field: str, value: int) -> int:
    """Raises BadReportError for what no device can have measured."""
    low, high = RANGES[field]
    if not low <= value <= high:
        raise BadReportError(f"{field}: {value} is not between {low} and {high}")
    return value


def _number_us(value: float) -> int:
    if not abs(value) < 1e18:
        raise BadReportError("at: not a time")
    if abs(value) >= 1e14:
        return round(value)
    return round(value * (1_000 if abs(value) >= 1e11 else 1_000_000))


def _text_us(value: object) -> int:
    try:
        at = datetime.fromisoformat(str(value))
        if at.tzinfo is None:
            raise BadReportError("at: needs an offset from UTC")
        return (at - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError) as error:
        raise (
            error if isinstance(error, BadReportError) else BadReportError(f"at: {error}")
        ) from None
