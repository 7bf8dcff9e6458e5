"""Times as sources write them: a given offset is kept, a missing one is never made up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from milepost.carriers.toolkit.collect import ScanError


class When(NamedTuple):
    """A time as read: naive unless the source gave its offset."""

    at: datetime
    date_only: bool = False


_ZONE = r"(?P<zone>Z|(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)"
_CLOCK = (
    r"(?P<h>\d{1,2})[:：时](?P<m>\d{2})分?(?:[:：]?(?P<s>\d{2})秒?(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)
# a padded month beside a bare day (2026-01-2) is a date cut off, not a date
_DATE = r"(?P<Y>\d{4})(?:[-/.年])(?!0\d[-/.月]\d(?!\d))(?P<M>\d{1,2})(?:[-/.月])(?P<D>\d{1,2})日?"
_SPACED = re.compile(rf"{_DATE}(?:(?:[Tt]|\s+|(?<=日)){_CLOCK}\s*{_ZONE}?(?:\[[\w/+-]+\])?)?")
_CLOCK_ONLY = re.compile(rf"{_CLOCK}\s*{_ZONE}?")
_COMPACT = re.compile(
    r"(?P<Y>(?:19|20)\d{2})(?P<M>\d{2})(?P<D>\d{2})"
    rf"(?:T?(?P<h>\d{{2}})(?P<m>\d{{2}})(?P<s>\d{{2}})?(?P<f>\d{{3}})?\s*{_ZONE}?)?"
)
_COMPACT_CLOCK = re.compile(r"(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?")
_DOT_NET = re.compile(r"/?Date\((?P<ms>-?\d{1,15})(?P<zone>[+-]\d{4})?\)/?")
_OFFSET = re.compile(
    r"(?:UTC|GMT)?\s*(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?", re.IGNORECASE
)
_TICKS_PER_MICROSECOND = 10
_YEAR_1 = datetime(1, 1, 1)  # noqa: DTZ001 - ticks carry no zone


def read_when(value: Any, formats: Sequence[str] = ()) -> When | None:
    """The time that a value means, or None.

    Reads ISO 8601 in all its spellings, year-first dates with any separator, compact digits
    (`20240131`, `20240131123000`), epoch seconds and milliseconds (these are UTC), .NET
    `/Date(ms+0200)/` and ticks (18 digits, no zone), RFC 5322. Day-first or month-first dates are
    read only through `formats` (strptime): without knowing the sender they would be a guess.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    try:
        if text.removeprefix("-").replace(".", "", 1).isdecimal():
            return _from_digits(text)
        return _from_formats(text, formats) or _from_text(text)
    except (ValueError, OverflowError):
        return None


def best_when(*values: Any, formats: Sequence[str] = ()) -> When | None:
    """Of several fields with one time: the first with an offset, else with a time of day, else
    the first date.
    """
    found = [when for value in values if (when := read_when(value, formats)) is not None]
    found.sort(key=lambda when: (when.date_only, when.at.tzinfo is None))
    return found[0] if found else None


def need_when(*values: Any, formats: Sequence[str] = ()) -> When:
    """Like `best_when`; ScanError if none of the values is a time."""
    when = best_when(*values, formats=formats)
    if when is None:
        shown = next((value for value in values if value not in (None, "")), None)
        raise ScanError("no time" if shown is None else f"not a time: {str(shown)[:80]}")
    return when


def join_when(
    date: Any, clock: Any = None, zone: Any = None, formats: Sequence[str] = ()
) -> When | None:
    """A time whose date, time of day and zone stand in separate fields; None if unreadable.

    `zone` is an offset, an IANA name, or None. A zone inside date or clock wins over `zone`.
    `formats` (strptime) apply to the date.
    """
    when = read_when(date, formats)
    if when is None:
        return None
    if clock not in (None, ""):
        time_of_day = _read_clock(str(clock).strip())
        if time_of_day is None:
            return None
        when = When(time_of_day.replace(year=when.at.year, month=when.at.month, day=when.at.day))
    return in_zone(when, zone)


def in_zone(when: When, zone: Any) -> When:
    """Gives a naive time the zone that stood in another field; a time with an offset keeps it."""
    known = read_zone(zone)
    if when.at.tzinfo is not None or known is None:
        return when
    return When(_fixed(when.at.replace(tzinfo=known)), when.date_only)


def read_zone(value: Any) -> tzinfo | None:
    """The zone of `+02:00`, `+0200`, `UTC+8`, `Z`, `Asia/Shanghai`; None for abbreviations such
    as CST, which mean several zones.
    """
    text = value.strip() if isinstance(value, str) else ""
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if found := _OFFSET.fullmatch(text):
        return _offset(found)
    if "/" not in text:
        return None
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return None


def _offset(found: re.Match[str]) -> tzinfo | None:
    minutes = int(found["h"]) * 60 + int(found["m"] or 0)
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if found["sign"] == "-" else minutes))


def _fixed(value: datetime) -> datetime:
    # what the source said is an offset, not a zone: states must not change with the zone database
    offset = value.utcoffset() or timedelta()
    return value.replace(tzinfo=timezone(offset), fold=0)


def _from_digits(text: str) -> When | None:
    whole = text.partition(".")[0]
    if len(whole) in {8, 12, 14, 17} and (found := _COMPACT.fullmatch(text)):
        return _from_match(found)
    if len(whole) == 18:
        return When(_YEAR_1 + timedelta(microseconds=int(whole) // _TICKS_PER_MICROSECOND))
    if len(whole) == 13:
        return When(datetime.fromtimestamp(int(whole) / 1000, UTC))
    if len(whole) in {9, 10}:
        return When(datetime.fromtimestamp(float(text), UTC))
    return None


def _from_formats(text: str, formats: Sequence[str]) -> When | None:
    for form in formats:
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007 - naive is what the source gave
        except ValueError:
            continue
        return When(at, "%H" not in form and "%I" not in form)
    return None


def _from_text(text: str) -> When | None:
    if found := _DOT_NET.fullmatch(text):
        at = datetime.fromtimestamp(int(found["ms"]) / 1000, UTC)
        return When(at.astimezone(read_zone(found["zone"]) or UTC))
    found = _SPACED.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _from_match(found)
    if text[:1].isalpha() and "," in text:
        return When(parsedate_to_datetime(text))
    return None


def _from_match(found: re.Match[str]) -> When:
    year, month, day = int(found["Y"]), int(found["M"]), int(found["D"])
    if found["h"] is None:
        return When(datetime(year, month, day), date_only=True)  # noqa: DTZ001
    clock = _clock(found)
    return When(clock.replace(year=year, month=month, day=day))


def _read_clock(text: str) -> datetime | None:
    found = _CLOCK_ONLY.fullmatch(text) or _COMPACT_CLOCK.fullmatch(text)
    try:
        return _clock(found) if found else None
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> datetime:
    parts = found.groupdict()
    hour, half = int(parts["h"]), (parts.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    micros = int((parts.get("f") or "").ljust(6, "0")[:6])
    zone = read_zone(parts.get("zone"))
    if parts.get("zone") and zone is None:
        raise ValueError("no such offset")
    return datetime(2000, 1, 1, hour, int(parts["m"]), int(parts["s"] or 0), micros, tzinfo=zone)
