"""Times as devices write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.wire.cursor import Cursor

CHINA = timezone(timedelta(hours=8))


def moment(
    year: int,
    month: int,
    day: int,
    hour: int = 0,
    minute: int = 0,
    second: float = 0,
    zone: tzinfo = UTC,
) -> datetime:
    """An instant; a year of two digits is of this century. Raises FrameError where it is none."""
    whole = int(second)
    micro = round((second - whole) * 1000) * 1000
    try:
        return datetime(
            year + 2000 if year < 100 else year, month, day, hour, minute, whole, micro, zone
        )
    except (ValueError, OverflowError) as error:
        raise FrameError(
            f"no time: {year}-{month}-{day} {hour}:{minute}:{second}: {error}"
        ) from error


def unix(seconds: float) -> datetime:
    """Seconds since 1970. Raises FrameError beyond the years that a clock can show."""
    if not 0 <= seconds < 4_102_444_800:
        raise FrameError(f"no time: {seconds} s since 1970")
    return datetime.fromtimestamp(seconds, UTC)


def six(parts: bytes, zone: tzinfo, *, decimal: bool = False) -> datetime:
    """Six bytes year, month, day, hour, minute, second, each two decimal digits where told."""
    year, month, day, hour, minute, second = (
        (part >> 4) * 10 + (part & 15) if decimal else part for part in parts
    )
    return moment(year, month, day, hour, minute, second, zone)


def bcd_time(cursor: Cursor, zone: tzinfo) -> datetime | None:
    """Six bytes YYMMDDhhmmss; None for all zeros, which terminals send without a clock."""
    digits = cursor.hex(6)
    if not digits.strip("0"):
        return None
    if not digits.isdecimal():
        raise FrameError(f"no time: {digits}")
    return six(bytes.fromhex(digits), zone, decimal=True)


def byte_time(cursor: Cursor, zone: tzinfo = UTC) -> datetime | None:
    """Six bytes year, month, day, hour, minute, second; None for all zeros."""
    parts = cursor.take(6)
    return six(parts, zone) if any(parts) else None


def _pairs(digits: str) -> list[int]:
    if len(digits) % 2 or not digits.isdecimal():
        raise FrameError(f"no time: {digits}")
    return [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]


def dmy_hms(date: str, time: str, zone: tzinfo = UTC) -> datetime:
    """A date DDMMYY and a time HHMMSS with or without a fraction."""
    whole, _, fraction = time.partition(".")
    day, month, year = _pairs(date)[:3]
    hour, minute, second = [*_pairs(whole.rjust(6, "0")), 0, 0][:3]
    return moment(year, month, day, hour, minute, second + float(f"0.{fraction or 0}"), zone)


def ymd_hms(date: str, time: str, zone: tzinfo = UTC) -> datetime:
    """A date YYMMDD or YYYYMMDD and a time HHMMSS with or without a fraction or colons."""
    whole, _, fraction = time.replace(":", "").partition(".")
    *century, year, month, day = _pairs(date.replace("-", ""))
    hour, minute, second = [*_pairs(whole), 0, 0][:3]
    full = century[0] * 100 + year if century else year
    return moment(full, month, day, hour, minute, second + float(f"0.{fraction or 0}"), zone)
