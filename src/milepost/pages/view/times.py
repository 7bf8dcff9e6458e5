"""Honest times: what a source's time text says, and no more."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from msgspec import Struct

from milepost.locale import dates
from milepost.pages.view.reader import Reader, zone_named


class Stamp(Struct, frozen=True):
    """A wall clock as its source gave it. `clock` is None where only a date is known,
    `offset` (from UTC) where the zone is not.
    """

    iso: str
    day: date
    clock: time | None
    offset: timedelta | None

    def since(self, now: datetime) -> timedelta:
        """How long ago; without an offset the wall clock is taken as UTC, so up to 14 h wrong."""
        wall = datetime.combine(
            self.day, self.clock or time(12), tzinfo=timezone(self.offset or timedelta())
        )
        return now - wall

    def today(self, now: datetime) -> date:
        """Today's date where the clock hangs."""
        return now.astimezone(timezone(self.offset or timedelta())).date()


class TimeView(Struct, frozen=True):
    """One time ready to be laid out. `offset` is `UTC+8`; `note` says what is not known;
    `held` is `full` with no-break spaces inside the date.
    """

    iso: str
    day: str
    clock: str | None
    offset: str | None
    note: str | None
    full: str
    held: str


def parse(text: str, quality: str | None = None) -> Stamp:
    """The stamp of an RFC 3339 text, with or without offset or clock."""
    value = datetime.fromisoformat(text)
    clock = None if quality == "date_only" or len(text) == 10 else value.time()
    return Stamp(text[:10] if clock is None else text, value.date(), clock, value.utcoffset())


def in_zone(text: str, zone: str | None) -> Stamp:
    """The stamp of a time at a zone's own clock, if both are known."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None or (local := zone_named(zone)) is None:
        return parse(text)
    return parse(value.astimezone(local).isoformat())


def show(stamp: Stamp, reader: Reader) -> TimeView:
    """The stamp in the reader's language, at the reader's clock where the instant is known."""
    if reader.zone is not None and stamp.clock is not None and stamp.offset is not None:
        stamp = in_zone(stamp.iso, reader.zone.key)
    today = stamp.today(reader.now)
    clock = reader.hour(stamp.clock) if stamp.clock else None
    short = dates.weekday_short(stamp.day, reader.locale, today)
    full, held = (
        reader.text("time.at", day=day, clock=clock) if clock else day
        for day in (short, unbroken(short))
    )
    return TimeView(
        iso=stamp.iso,
        day=dates.weekday(stamp.day, reader.locale, today),
        clock=clock,
        offset=offset_text(stamp.offset, reader) if clock else None,
        note=_note(stamp, reader),
        full=full,
        held=held,
    )


def _note(stamp: Stamp, reader: Reader) -> str | None:
    if stamp.clock is None:
        return reader.text("time.date_only")
    return reader.text("time.naive") if stamp.offset is None else None


def offset_text(offset: timedelta | None, reader: Reader) -> str | None:
    """`UTC+8`, `UTC−3:30`; None where no offset is known."""
    if offset is None:
        return None
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return reader.text("time.offset", offset=f"{sign}{hours}" + (f":{rest:02}" if rest else ""))


def day_text(text: str | None, reader: Reader) -> str | None:
    """`24 Nov`; None of no time."""
    if text is None:
        return None
    stamp = parse(text)
    return dates.short(stamp.day, reader.locale, stamp.today(reader.now))


def day_word(day: date, today: date, reader: Reader) -> str | None:
    """`today`, `tomorrow`, else None."""
    words = {0: "time.today", 1: "time.tomorrow"}
    key = words.get((day - today).days)
    return reader.text(key) if key else None


def unbroken(text: str) -> str:
    """The text with spaces at which no line may end."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")
