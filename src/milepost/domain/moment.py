"""Honest time: an instant, the offset that the source gave, and how far it can be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct


class TimeQuality(IntEnum):
    """How an event's instant was come by, best first. Stored on disk: never renumber."""

    exact = 0
    zone_from_place = 1
    carrier_zone = 2
    naive = 3
    date_only = 4


class Moment(Struct, frozen=True, gc=False):
    """`at_us`: microseconds since 1970 UTC (of the bare wall clock where no zone is known).

    `offset_min` is the offset east of UTC in minutes, None where no zone is known.
    """

    at_us: int
    offset_min: int | None
    quality: TimeQuality


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall clock of a time without a zone
_MICROSECOND = timedelta(microseconds=1)
_ONE_MINUTE = timedelta(minutes=1)


def resolve(
    occurred_at: datetime,
    *,
    date_only: bool = False,
    place_zone: str | None = None,
    carrier_zone: str | None = None,
) -> Moment:
    """The moment that a source's time means: its own offset, else the place's zone,
    else the carrier's, else none: then it stays a bare wall clock.
    """
    if occurred_at.tzinfo is not None:
        quality = TimeQuality.date_only if date_only else TimeQuality.exact
        return _aware(occurred_at, quality)
    zone = place_zone or carrier_zone
    if zone is None:
        at_us = (occurred_at - _NAIVE_EPOCH) // _MICROSECOND
        return Moment(at_us, None, TimeQuality.date_only if date_only else TimeQuality.naive)
    quality = TimeQuality.zone_from_place if place_zone else TimeQuality.carrier_zone
    aware = occurred_at.replace(tzinfo=ZoneInfo(zone))
    return _aware(aware, TimeQuality.date_only if date_only else quality)


def _aware(value: datetime, quality: TimeQuality) -> Moment:
    offset, since = value.utcoffset(), value - _EPOCH
    assert offset is not None
    # To divide it by a microsecond would take half as long again.
    at_us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return Moment(at_us, offset // _ONE_MINUTE, quality)


def to_datetime(at_us: int, offset_min: int | None) -> datetime:
    """Back to a datetime in the source's own offset; naive where it had none."""
    if offset_min is None:
        return _NAIVE_EPOCH + timedelta(microseconds=at_us)
    zone = UTC if offset_min == 0 else timezone(timedelta(minutes=offset_min))
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone)


def to_text(at_us: int, offset_min: int | None) -> str:
    """RFC 3339 with the source's offset; without any where none is known (never a made-up Z)."""
    # An answer has dozens of them: `datetime` would take twice as long.
    second, micro = divmod(at_us, 1_000_000)
    day, second = divmod(second + 60 * (offset_min or 0), 86_400)
    minute, second = divmod(second, 60)
    text = _day(day) + _MINUTES[minute] + _SECONDS[second]
    if micro:
        text += f".{micro:06}"
    return text if offset_min is None else text + _suffix(offset_min)


_MINUTES = [f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(1440)]
_SECONDS = [f"{second:02}" for second in range(60)]


@lru_cache(maxsize=4096)
def _day(day: int) -> str:
    return (_EPOCH.date() + timedelta(day)).isoformat()


@cache
def _suffix(offset_min: int) -> str:
    hours, minutes = divmod(abs(offset_min), 60)
    return f"{'-' if offset_min < 0 else '+'}{hours:02}:{minutes:02}"
