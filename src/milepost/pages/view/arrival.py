"""When it comes: the arrival window as one sentence, saying who says so."""

from __future__ import annotations

from msgspec import Struct

from milepost.domain.track import Arrival
from milepost.locale import dates
from milepost.pages.view.reader import Reader, zone_named
from milepost.pages.view.times import day_word, in_zone, offset_text, show, unbroken
from milepost.pages.view.window import Window, hours, passed, window_of


class Sentence(Struct, frozen=True, kw_only=True):
    """The page's biggest words. `kicker` stands above, `rest` after a comma, `note` below;
    `short` is all of it for a list.
    """

    head: str
    short: str
    kicker: str | None = None
    rest: str | None = None
    note: str | None = None


def arrival_sentence(arrival: Arrival, reader: Reader) -> Sentence:
    """The window in words; once it has passed, that there is no new date."""
    window = window_of(arrival, reader)
    if passed(window, reader):
        return _late(window, reader)
    head, rest = _one_day(window, reader) if window.one_day else (_days(window, reader), None)
    return Sentence(
        kicker=_kicker(window, reader),
        head=head[:1].upper() + head[1:],
        rest=rest,
        note=reader.text("arrival.sentences").join(_notes(window, reader)) or None,
        short=_short(window, reader),
    )


def _kicker(window: Window, reader: Reader) -> str:
    """Who says so; the big words below say `Today` or the date, this line the other."""
    who = window.arrival.source if window.promised else "predicted"
    away = (window.last.day - window.today).days
    if not window.one_day or away not in (0, 1):
        return reader.text(f"arrival.{who}")
    if away == 1:
        return reader.text(f"arrival.{who}_tomorrow")
    return reader.text(f"arrival.{who}_on", day=_weekday(window, reader))


def _weekday(window: Window, reader: Reader) -> str:
    return dates.weekday(window.last.day, reader.locale, window.today)


def _one_day(window: Window, reader: Reader) -> tuple[str, str | None]:
    today = window.last.day == window.today
    day = reader.text("arrival.today") if today else _weekday(window, reader)
    clocks = hours(window, reader)
    if clocks is None:
        by = window.first is None and not today
        return (reader.text("arrival.by_day", day=day) if by else day), None
    likely = window.first is not None and not window.promised
    return day, reader.text("arrival.likely", hours=clocks) if likely else clocks


def _days(window: Window, reader: Reader) -> str:
    assert window.first is not None
    first, last = (
        dates.weekday_short(stamp.day, reader.locale, window.today)
        for stamp in (window.first, window.last)
    )
    return reader.text("arrival.days", first=unbroken(first), last=unbroken(last))


def _notes(window: Window, reader: Reader) -> list[str]:
    """How sure it is, when it was said, and whose clock it is."""
    notes = []
    if not window.promised:
        odds = window.arrival.probability
        key = "arrival.estimate" if odds is None else "arrival.odds"
        percent = None if odds is None else dates.percent(odds, reader.locale)
        notes.append(reader.text(key, percent=percent))
    if window.promised and window.arrival.stated_at:
        stated = show(in_zone(window.arrival.stated_at, window.arrival.zone), reader)
        notes.append(reader.text("arrival.stated_at", day=stated.full))
    return [*notes, *_zone_note(window, reader)]


def _zone_note(window: Window, reader: Reader) -> list[str]:
    last = window.last
    if last.clock is None or not window.one_day:
        return []
    offset = offset_text(last.offset, reader)
    if offset is None:
        return [reader.text("arrival.zone_unknown")]
    zone = window.arrival.zone
    if zone is None or zone_named(zone) is None:
        return [reader.text("arrival.zone", zone=offset)]
    city = dates.city_of(zone, reader.locale)
    return [reader.text("arrival.zone", zone=reader.text("arrival.city", city=city, offset=offset))]


def _short(window: Window, reader: Reader) -> str:
    if window.one_day:
        when = day_word(window.last.day, window.today, reader) or dates.weekday_short(
            window.last.day, reader.locale, window.today
        )
        if clocks := hours(window, reader):
            when = reader.text("time.at", day=when, clock=clocks)
    else:
        when = _days(window, reader)
    key = f"arrival.{window.arrival.source}_short" if window.promised else "arrival.until"
    return reader.text(key, when=when)


def _late(window: Window, reader: Reader) -> Sentence:
    head = reader.text("arrival.late")
    was = reader.text("arrival.was_expected", when=show(window.last, reader).full)
    whose = reader.text(f"arrival.{window.arrival.source}_was") if window.promised else ""
    note = reader.text("arrival.sentences").join(filter(None, (was, whose)))
    return Sentence(head=head, note=note, short=head)
