"""Times as EPCIS wants them: RFC 3339 with an offset, always."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
# Beyond these, other calendars and clocks would have to be asked.
EARLIEST_YEAR, LATEST_YEAR = 1900, 2999
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)", re.ASCII)


def is_offset(text: str) -> bool:
    """Whether a text is a zone's offset such as `+08:00`, up to 14 hours."""
    return _OFFSET.fullmatch(text) is not None


def minutes_of(offset: str) -> int:
    """Minutes east of UTC of an offset (`Z` is 0)."""
    if offset in ("Z", "z"):
        return 0
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    return -minutes if offset[0] == "-" else minutes


def parsed(text: str) -> tuple[datetime, str]:
    """The instant to the millisecond, and the offset as written. ValueError if it is no time.

    The mean of two milliseconds goes to the even one, as in the hash's reference implementation.
    """
    found = _TIME.fullmatch(text.upper())
    if found is None:
        raise ValueError("not a date and time with an offset, such as 2026-11-20T08:00:00+08:00")
    *numbers, fraction, offset = found.groups()
    if offset != "Z" and (int(offset[1:3]) > 23 or int(offset[4:6]) > 59):
        raise ValueError("an offset of more than a day")
    zone = UTC if offset == "Z" else timezone(timedelta(minutes=minutes_of(offset)))
    year, month, day, hour, minute, second = map(int, numbers)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError(f"a year before {EARLIEST_YEAR} or after {LATEST_YEAR}")
    leap = second == 60
    at = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=zone)
    return at + timedelta(seconds=leap, milliseconds=_milliseconds(fraction or "0")), offset


def _milliseconds(fraction: str) -> int:
    return round(int(fraction[:6].ljust(6, "0")) / 1000)


def canonical(text: str) -> str:
    """A time in UTC with milliseconds, as the event hash has it; what is no time stays."""
    try:
        at = parsed(text)[0].astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"
