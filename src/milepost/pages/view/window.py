"""An arrival window at the clock of its destination."""

from __future__ import annotations

from datetime import date, time, timedelta

from msgspec import Struct

from milepost.domain.track import Arrival
from milepost.locale import dates
from milepost.pages.view.reader import Reader, zone_named
from milepost.pages.view.times import Stamp, in_zone

PROMISES = ("carrier_promise", "merchant_promise")
# A prediction of more hours than this says no more than its day.
_MOST_HOURS = 12
_HOURS_OF_THE_DAY_AFTER = timedelta(hours=36)


class Window(Struct, frozen=True):
    """From `first` (None: from now) to `last`, most `likely` then; `today` is the date there."""

    arrival: Arrival
    first: Stamp | None
    last: Stamp
    today: date
    likely: Stamp | None = None

    @property
    def one_day(self) -> bool:
        return self.first is None or self.first.day == self.last.day

    @property
    def promised(self) -> bool:
        return self.arrival.source in PROMISES


def window_of(arrival: Arrival, reader: Reader) -> Window:
    """The window in the zone of its destination where that is known."""
    last = _stamp(arrival, arrival.latest)
    first = _stamp(arrival, arrival.earliest) if arrival.earliest else None
    zone = zone_named(arrival.zone)
    today = reader.now.astimezone(zone).date() if zone else last.today(reader.now)
    likely = _stamp(arrival, arrival.likely) if arrival.likely else None
    return Window(arrival, first, last, today, likely)


def _stamp(arrival: Arrival, text: str) -> Stamp:
    if arrival.date_only:
        return Stamp(text[:10], date.fromisoformat(text[:10]), None, None)
    return in_zone(text, arrival.zone)


def passed(window: Window, reader: Reader) -> bool:
    """Whether it is over; a clock without a zone gets the benefit of the doubt."""
    if window.last.clock is None:
        return window.last.day < window.today
    doubt = timedelta() if window.last.offset is not None else _HOURS_OF_THE_DAY_AFTER
    return window.last.since(reader.now) > doubt


def hours(window: Window, reader: Reader) -> str | None:
    """`14–18 h`, `14:30–18:15`, `by 18:00`; None where no time of day is known.

    A prediction is told in whole hours, and not at all where it is a guess.
    """
    first, last = window.first, window.last
    if last.clock is None or window.arrival.guess:
        return None
    if first is None or first.clock is None or first == last:
        return reader.text("arrival.by", to=reader.hour(last.clock))
    whole = first.clock.minute == last.clock.minute == 0
    if window.likely is None and not whole:
        start, end = (reader.hour(clock) for clock in (first.clock, last.clock))
        return reader.text("arrival.clock", **{"from": start, "to": end})
    begin, end_h = first.clock.hour, last.clock.hour + (last.clock.replace(hour=0) > time())
    if window.likely is not None and end_h - begin > _MOST_HOURS:
        return None
    twelve = dates.hours(begin, end_h, reader.locale, reader.region)
    return twelve or reader.text("arrival.hours", **{"from": begin, "to": end_h})
