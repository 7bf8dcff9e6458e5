"""How the date has changed: every forecast that read otherwise, and why, for who asks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from milepost.domain.status import MAINS
from milepost.domain.track import Arrival, Forecast, Track
from milepost.locale import dates
from milepost.pages.view.arrival import when_text
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import in_zone, parse
from milepost.pages.view.window import window_of

# Then the page speaks of something else than of when it comes.
_OTHERWISE = ("delivered", "returned", "returning", "available_for_pickup", "expired")


class ForetoldLine(Struct, frozen=True):
    """What was said on a `day`, and why it was said anew."""

    day: str
    why: str
    window: str


def foretells(track: Track) -> bool:
    """Whether the page tells a window of ours that something has moved."""
    arrival = track.arrival
    moved = arrival is not None and arrival.revised is not None and not arrival.guess
    return moved and track.status.main not in _OTHERWISE


def foretold(forecasts: Sequence[Forecast], reader: Reader) -> list[ForetoldLine]:
    """Newest first; what reads as the one before it is left out."""
    lines: list[ForetoldLine] = []
    for one in forecasts:
        window = when_text(window_of(_arrival(one), reader), reader)
        if not lines or lines[-1].window != window:
            lines.append(ForetoldLine(_day(one.at, reader), _why(one, reader), window))
    return lines[::-1]


def _why(one: Forecast, reader: Reader) -> str:
    if one.because == "silence" and one.since is not None:
        return reader.sentence("arrival.quiet", at=_day(one.since, reader))
    if one.because == "notice":
        return reader.text("arrival.held_up")
    return reader.status(one.because if one.because in MAINS else "info_received")


def _day(text: str, reader: Reader) -> str:
    """Of a scan as its own clock says, unless the reader wants another."""
    stamp = parse(text)
    if reader.zone is not None:
        stamp = in_zone(text, reader.zone.key)
    return dates.weekday_short(stamp.day, reader.locale, stamp.today(reader.now))


def _arrival(one: Forecast) -> Arrival:
    return Arrival(
        earliest=one.earliest, latest=one.latest, likely=one.likely, probability=one.probability,
        source=one.source, date_only=False, zone=one.zone, stated_at=None, guess=one.guess,
    )  # fmt: skip
