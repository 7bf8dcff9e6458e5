"""Of a predicted window: whose it is of several boxes, and what moved it to another day."""

from __future__ import annotations

from milepost.domain.track import Arrival, Revision
from milepost.locale import dates
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import Stamp, in_zone

SILENCE = "silence"


def moved(arrival: Arrival, reader: Reader) -> list[str]:
    """Sentences; none of one box whose likeliest day is still the same."""
    notes = []
    if arrival.boxes > 1:
        notes.append(reader.text("arrival.last_box", n=arrival.boxes))
    if arrival.revised is not None and arrival.likely is not None:
        was, now = (
            in_zone(text, arrival.zone) for text in (arrival.revised.likely, arrival.likely)
        )
        if was.day != now.day:
            notes.append(_why(arrival.revised, was, arrival.zone, reader))
    return notes


def _why(revision: Revision, was: Stamp, zone: str | None, reader: Reader) -> str:
    when = _day(was, reader)
    if revision.because == SILENCE:
        at = _day(in_zone(revision.at, zone), reader)
        return reader.sentence("arrival.silence", at=at, when=when)
    status = reader.status(revision.because)
    return reader.sentence("arrival.revised", status=status, when=when)


def _day(stamp: Stamp, reader: Reader) -> str:
    return dates.weekday_short(stamp.day, reader.locale, stamp.today(reader.now))
