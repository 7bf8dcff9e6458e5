"""An arrival window at the clock of its destination."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from milepost.domain.track import Arrival
from milepost.locale import dates
from milepost.pages.view.reader import Reader, zone_named
from milepost.pages.view.times import Stamp, in_zone

PROMISES = ("carrier_promise", "merchant_promise")
_HOURS_OF_THE_DAY_AFTER = timedelta(hours=36)


class Window(Struct, frozen=True):
    """From `first` (None: from now) to `last`; `today` is the date where they are told."""

    arrival: Arrival
    first: Stamp | None
    last: Stamp
    today: date

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
    return Window(arrival, first, last, today)


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
    """`14–18 h`, `14:30–18:15`, `by 18:00`; None where no time of day is known."""
    first, last = window.first, window.last
    if last.clock is None:
        return None
    end = dates.clock(last.clock, reader.locale)
    if first is None or first.clock is None:
        return reader.text("arrival.by", to=end)
    if first.clock.minute == last.clock.minute == 0:
        return reader.text("arrival.hours", **{"from": first.clock.hour, "to": last.clock.hour})
    start = dates.clock(first.clock, reader.locale)
    return reader.text("arrival.clock", **{"from": start, "to": end})
