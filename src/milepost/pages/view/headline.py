"""The sentence that a buyer reads first: when it comes, or how it ended."""

from __future__ import annotations

from milepost.domain.track import EventView, Track
from milepost.pages.view.arrival import Sentence, arrival_sentence
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import TimeView, parse, show

_ENDED = {
    "exception.lost": "lost",
    "exception.cancelled": "cancelled",
    "exception.destroyed": "destroyed",
}


def headline(track: Track, reader: Reader) -> Sentence:
    """The arrival window, unless the road has ended, turned back or waits for the buyer."""
    sub, main = track.status.sub, track.status.main
    if main == "delivered":
        return _ended("delivered", track, reader)
    if main == "returned":
        return _ended("returned", track, reader)
    if sub in _ENDED:
        return _plain(_ENDED[sub], track, reader)
    if main == "available_for_pickup":
        return _collect(track, reader)
    if main == "returning":
        return _plain("returning", track, reader)
    if track.arrival is None:
        return _none(reader)
    return arrival_sentence(track.arrival, reader, track.promise)


def since(track: Track, reader: Reader) -> TimeView | None:
    """When the status was reached."""
    if track.status.since is None:
        return None
    event = cause(track)
    same = event is not None and event.occurred_at == track.status.since
    return show(parse(track.status.since, event.time_quality if event and same else None), reader)


def cause(track: Track) -> EventView | None:
    """The newest of the events that the status rests on."""
    because = set(track.status.because)
    return next((event for event in reversed(track.events) if event.id in because), None)


def _ended(how: str, track: Track, reader: Reader) -> Sentence:
    at = since(track, reader)
    if at is None:
        head = reader.text(f"arrival.{how}_undated")
        return Sentence(head=head, short=head)
    head = reader.text(f"arrival.{how}", when=at.held)
    notes = (_where(track, reader), _clock_note(at))
    return Sentence(head=head, short=head, note=" · ".join(filter(None, notes)) or None)


def _clock_note(at: TimeView) -> str | None:
    return at.note if at.note and at.clock else None


def _where(track: Track, reader: Reader) -> str | None:
    event = cause(track)
    return reader.place(event.place) if event else None


def _collect(track: Track, reader: Reader) -> Sentence:
    head = reader.text("arrival.collect")
    place = _where(track, reader)
    rest = reader.text("arrival.collect_at", place=place) if place else None
    note = _since_text(track, reader)
    return Sentence(head=head, rest=rest, short=rest or note or head, note=note)


def _plain(key: str, track: Track, reader: Reader) -> Sentence:
    head, note = reader.text(f"arrival.{key}"), _since_text(track, reader)
    return Sentence(head=head, short=note or head, note=note)


def _since_text(track: Track, reader: Reader) -> str | None:
    at = since(track, reader)
    return reader.text("arrival.since", when=at.full) if at else None


def _none(reader: Reader) -> Sentence:
    head = reader.text("arrival.none")
    return Sentence(head=head, short=head, note=reader.text("arrival.none_note"))
