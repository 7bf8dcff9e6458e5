"""My parcels: in groups, and on a calendar of what came and what comes."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from milepost.domain.status import STATUSES
from milepost.domain.track import Track
from milepost.locale import dates
from milepost.pages.view.batch import NEEDS_YOU, Group, Row, row_of
from milepost.pages.view.due import Due, due
from milepost.pages.view.reader import Reader
from milepost.pages.view.tone import tone_of

GROUPS = ("today", "pickup", "on_the_way", "done", "missing")
_MOST_DAYS = 31


class Mark(Struct, frozen=True):
    """A parcel on a day of the calendar."""

    number: str
    came: bool
    tone: str
    label: str


class Day(Struct, frozen=True):
    """One field of the month; None as `number` is a field of another month."""

    number: int | None
    name: str
    today: bool
    marks: list[Mark]


class Month(Struct, frozen=True):
    """A month in weeks of seven days that begin as the reader's region begins them."""

    name: str
    weekdays: list[tuple[str, str]]
    weeks: list[list[Day]]
    previous: str
    following: str


def groups(numbers: Sequence[str], tracks: Mapping[str, Track], reader: Reader) -> list[Group]:
    """The groups that have parcels, in the order of what a reader waits for."""
    found: dict[str, list[Row]] = {name: [] for name in GROUPS}
    for number in numbers:
        track = tracks.get(number)
        found[group_of(track, reader)].append(row_of(number, track, reader))
    return [
        Group(name, reader.text(f"mine.group_{name}"), rows) for name, rows in found.items() if rows
    ]


def group_of(track: Track | None, reader: Reader) -> str:
    """One of `GROUPS`."""
    if track is None:
        return "missing"
    status = STATUSES.get(track.status.sub)
    if track.status.main == "available_for_pickup":
        return "pickup"
    if track.status.main in ("delivered", "returned") or (status is not None and status.final):
        return "done"
    when = due(track, reader)
    held = track.status.main == "customs" and tone_of(track.status.sub) in NEEDS_YOU
    if when is not None and when.is_today and not held:
        return "today"
    return "today" if track.status.main == "out_for_delivery" else "on_the_way"


def month(text: str | None, tracks: Mapping[str, Track], reader: Reader) -> Month:
    """The month `2026-11`, or the one that is now."""
    first = _first_day(text, reader)
    marks = _marks(tracks, reader)
    start = dates.first_week_day(reader.locale)
    weeks = [
        [_day(day, first, marks, reader) for day in week]
        for week in calendar.Calendar(start).monthdatescalendar(first.year, first.month)
    ]
    return Month(
        name=dates.month(first, reader.locale),
        weekdays=dates.weekdays(start, reader.locale),
        weeks=weeks,
        previous=_month_of(first - timedelta(days=1)),
        following=_month_of(first + timedelta(days=32)),
    )


def _first_day(text: str | None, reader: Reader) -> date:
    try:
        return date.fromisoformat(f"{text}-01") if text and len(text) == 7 else _this(reader)
    except ValueError:
        return _this(reader)


def _this(reader: Reader) -> date:
    return reader.now.astimezone(reader.zone).date().replace(day=1)


def _month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _marks(tracks: Mapping[str, Track], reader: Reader) -> dict[date, list[Mark]]:
    found: dict[date, list[Mark]] = {}
    for number, track in tracks.items():
        when = due(track, reader)
        row = row_of(number, track, reader)
        for day in _days(when) if when else ():
            came = when is not None and when.came
            label = reader.text("mine.came" if came else "mine.comes")
            found.setdefault(day, []).append(Mark(number, came, row.tone, label))
    return found


def _days(when: Due) -> list[date]:
    first, last = when.days
    count = min((last - first).days, _MOST_DAYS) + 1
    return [first + timedelta(days=step) for step in range(count)]


def _day(day: date, first: date, marks: Mapping[date, list[Mark]], reader: Reader) -> Day:
    if day.month != first.month:
        return Day(None, "", today=False, marks=[])
    today = reader.now.astimezone(reader.zone).date()
    name = dates.weekday(day, reader.locale, today)
    return Day(day.day, name, today=day == today, marks=marks.get(day, []))
