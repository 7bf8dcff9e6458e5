"""Times as spreadsheets write them, in ISO 8601; a time without a zone stays without one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

# Days are counted from here by spreadsheets.
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - it has no zone
_SERIALS = range(20_000, 80_000)  # 1954 to 2119
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(
    r"[T ]*(\d{1,2})[:时時](\d{1,2})(?:[:分](\d{1,2}))?[秒分]?(\.\d+)?\s*(AM|PM)?(.*)",
    re.IGNORECASE,
)


def iso(text: str) -> str:
    """Raises ValueError for what is no time, or could be two."""
    text = text.strip()
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        pass
    serial = _serial(text)
    if serial is not None:
        return serial.isoformat()
    year, month, day, rest = _day(text)
    return datetime.fromisoformat(f"{year}-{month:02}-{day:02}{_clock(rest)}").isoformat()


def _serial(text: str) -> datetime | None:
    """`46346.3541667`, which is what is left of a date whose format was lost."""
    if not re.fullmatch(r"\d{5}(\.\d+)?", text) or int(text[:5]) not in _SERIALS:
        return None
    exact = _SERIAL_ZERO + timedelta(days=float(text))
    return (exact + timedelta(microseconds=500_000)).replace(microsecond=0)


def _day(text: str) -> tuple[str, int, int, str]:
    """(year, month, day, what follows)."""
    found = _YEAR_FIRST.match(text)
    if found:
        return found[1], int(found[2]), int(found[3]), text[found.end() :]
    found = _YEAR_LAST.match(text)
    if not found:
        raise ValueError(f"'{text}' is no time")
    first, second = int(found[1]), int(found[3])
    # Points are written where the day comes first; with slashes it can be either.
    if found[2] == "." or first > 12 or first == second:
        return found[4], second, first, text[found.end() :]
    if second > 12:
        return found[4], first, second, text[found.end() :]
    raise ValueError(f"'{text}' could be two days: write {found[4]}-MM-DD")


def _clock(text: str) -> str:
    if not text.strip():
        return ""
    found = _CLOCK.fullmatch(text)
    if not found:
        raise ValueError(f"'{text.strip()}' is no time of day")
    hour, half = int(found[1]), (found[5] or "").upper()
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    zone = found[6].strip().replace("UTC", "").replace("GMT", "")
    return f"T{hour:02}:{int(found[2]):02}:{int(found[3] or 0):02}{found[4] or ''}{zone}"
