"""Several days in few words: `Mon 23`, `Thu 26 Nov`: a month that both share is said once."""

from __future__ import annotations

from datetime import date

from milepost.locale import dates
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import unbroken
from milepost.pages.view.window import Window


def days_text(key: str, window: Window, reader: Reader) -> str:
    """The first and the last day in the words of `arrival.<key>`."""
    assert window.first is not None
    first, last = window.first.day, window.last.day
    names = _full(first, window, reader), _full(last, window, reader)
    if key != "days" and _one_month(window):
        if dates.month_first(reader.locale):
            names = names[0], dates.weekday_day(last, reader.locale)
        else:
            names = dates.weekday_day(first, reader.locale), names[1]
    first_text, last_text = map(unbroken, names)
    return reader.text(f"arrival.{key}", first=first_text, last=last_text)


def likely_day(window: Window, reader: Reader) -> str | None:
    """The likeliest of the days, without the month that stands beside it already."""
    if window.likely is None:
        return None
    day = window.likely.day
    bare = _one_month(window)
    return unbroken(dates.weekday_day(day, reader.locale) if bare else _full(day, window, reader))


def _one_month(window: Window) -> bool:
    assert window.first is not None
    ends = {(day.year, day.month) for day in (window.first.day, window.last.day)}
    return ends == {(window.today.year, window.last.day.month)}


def _full(day: date, window: Window, reader: Reader) -> str:
    return dates.weekday_short(day, reader.locale, window.today)
