"""When it comes: the arrival window as one sentence, saying who says so."""

from __future__ import annotations

from msgspec import Struct

from milepost.domain.track import Arrival
from milepost.locale import dates
from milepost.pages.view.moved import moved
from milepost.pages.view.odds import breaks, sureness
from milepost.pages.view.reader import Reader, zone_named
from milepost.pages.view.span import days_text, likely_day
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


def arrival_sentence(arrival: Arrival, reader: Reader, promise: Arrival | None = None) -> Sentence:
    """The window in words; once it has passed, that there is no new date. Of a `promise` beside
    our own window it is said whether it will hold.
    """
    window = window_of(arrival, reader)
    if passed(window, reader):
        return _late(window, reader)
    head, rest = _one_day(window, reader) if window.one_day else _days(window, reader)
    return Sentence(
        kicker=_kicker(window, reader),
        head=head[:1].upper() + head[1:],
        rest=rest,
        note=reader.text("arrival.sentences").join(_notes(window, promise, reader)) or None,
        short=_short(window, reader),
    )


def _kicker(window: Window, reader: Reader) -> str:
    """Who says so; the big words below say `Today` or the date, this line the other."""
    if window.arrival.guess:
        return reader.text("arrival.guess")
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


def _days(window: Window, reader: Reader) -> tuple[str, str | None]:
    """`Between Mon 23 and Thu 26 Nov`, `most likely Tue 24`; a promise names its ends only."""
    assert window.first is not None
    if window.promised:
        return days_text("days", window, reader), None
    near = (window.last.day - window.first.day).days == 1
    likely = likely_day(window, reader)
    rest = reader.text("arrival.likely_day", day=likely) if likely else None
    return days_text("either" if near else "between", window, reader), rest


def _notes(window: Window, promise: Arrival | None, reader: Reader) -> list[str]:
    """How sure it is, what was promised, when it was said, and whose clock it is."""
    notes = [] if window.promised else [sureness(window.arrival, reader)]
    notes += [] if window.promised else moved(window.arrival, reader)
    if promise is not None and not window.promised:
        notes += _beside(window.arrival, window_of(promise, reader), reader)
    if window.promised and window.arrival.stated_at:
        stated = show(in_zone(window.arrival.stated_at, window.arrival.zone), reader)
        notes.append(reader.sentence("arrival.stated_at", day=stated.full))
    return [*notes, *_zone_note(window, reader)]


def _beside(arrival: Arrival, promise: Window, reader: Reader) -> list[str]:
    """What becomes of the promise, as far as can be said."""
    when, source = show(promise.last, reader).full, promise.arrival.source
    if passed(promise, reader):
        was = reader.sentence("arrival.was_expected", when=when)
        return [was, reader.text(f"arrival.{source}_was")]
    if arrival.late_odds is None or arrival.guess:
        return []
    if not breaks(arrival):
        return [reader.text("arrival.promise_kept", when=when)]
    percent = dates.percent(arrival.late_odds, reader.locale)
    return [reader.text(f"arrival.{source}_late", when=when, percent=percent)]


def _zone_note(window: Window, reader: Reader) -> list[str]:
    last = window.last
    if last.clock is None or not window.one_day or hours(window, reader) is None:
        return []
    offset = offset_text(last.offset, reader)
    if offset is None:
        return [reader.text("arrival.zone_unknown")]
    zone = window.arrival.zone
    if zone is None or zone_named(zone) is None:
        return [reader.text("arrival.zone", zone=offset)]
    city = dates.city_of(zone, reader.locale)
    return [reader.text("arrival.zone", zone=reader.text("arrival.city", city=city, offset=offset))]


def when_text(window: Window, reader: Reader) -> str:
    """`Wed 25 Nov, 14–18 h`, `Mon 23 – Thu 26 Nov`: the window in as few words as there are."""
    if not window.one_day:
        return days_text("days", window, reader)
    when = day_word(window.last.day, window.today, reader) or dates.weekday_short(
        window.last.day, reader.locale, window.today
    )
    clocks = hours(window, reader)
    return reader.text("time.at", day=when, clock=unbroken(clocks)) if clocks else when


def _short(window: Window, reader: Reader) -> str:
    when = when_text(window, reader)
    key = f"arrival.{window.arrival.source}_short" if window.promised else "arrival.until"
    key = "arrival.guess_short" if window.arrival.guess else key
    return reader.text(key, when=when)


def _late(window: Window, reader: Reader) -> Sentence:
    head = reader.text("arrival.late")
    was = reader.sentence("arrival.was_expected", when=show(window.last, reader).full)
    whose = reader.text(f"arrival.{window.arrival.source}_was") if window.promised else ""
    note = reader.text("arrival.sentences").join(filter(None, (was, whose)))
    return Sentence(head=head, note=note, short=head)
