"""The day on which a parcel came or comes, for lists, calendars and feeds."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from milepost.domain.track import Track
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import Stamp, parse
from milepost.pages.view.window import passed, window_of


class Due(Struct, frozen=True):
    """`came` is true for a delivery; `first` and `last` are the window's ends (a delivery has one
    moment), `likely` its median. Clocks are None where only days are known.
    """

    came: bool
    first: Stamp
    last: Stamp
    today: date
    likely: Stamp | None = None

    @property
    def days(self) -> tuple[date, date]:
        return self.first.day, self.last.day

    @property
    def is_today(self) -> bool:
        """Of a window of several days: whether this is the likeliest one, or the last."""
        likely = self.likely or self.last
        return self.first.day <= self.today <= self.last.day and likely.day <= self.today


def due(track: Track, reader: Reader) -> Due | None:
    """None where no day is known, or where the named day has passed without a delivery."""
    if track.status.main == "delivered" and track.status.since:
        quality = next(
            (event.time_quality for event in track.events if event.id in track.status.because), None
        )
        stamp = parse(track.status.since, quality)
        return Due(came=True, first=stamp, last=stamp, today=stamp.today(reader.now))
    if track.arrival is None or track.status.main in ("returned", "returning"):
        return None
    window = window_of(track.arrival, reader)
    if passed(window, reader):
        return None
    first = window.first or window.last
    return Due(came=False, first=first, last=window.last, today=window.today, likely=window.likely)
