"""The scans of the road, newest first, with hand-overs between carriers as entries of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from milepost.domain.status import STATUSES
from milepost.domain.track import EventView, Leg, Track
from milepost.locale import dates
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import TimeView, parse, show
from milepost.pages.view.words import language_of

NEWEST = 3


class Entry(Struct, frozen=True, kw_only=True):
    """One line of the history. `tone` is `scan`, `done`, `trouble` or `handover`; `foreign` names
    the quotation's language where it is not the reader's: the title is its translation.
    """

    tone: str
    title: str
    time: TimeView | None
    quote: str | None = None
    quote_language: str | None = None
    foreign: str | None = None
    place: str | None = None
    next_place: str | None = None
    carrier: str | None = None
    parcel: str | None = None
    retracted: bool = False
    number: str | None = None
    shows_day: bool = True


class History(Struct, frozen=True):
    """`newest` are the first few entries, `earlier` the rest."""

    newest: list[Entry]
    earlier: list[Entry]
    has_naive: bool


def history(track: Track, reader: Reader) -> History:
    """All entries, newest first; a day is named once on each side of the fold."""
    entries = [_entry(row, track, reader) for row in reversed(woven(track))]
    naive = any(entry.time and entry.time.clock and entry.time.note for entry in entries)
    return History(_name_days(entries[:NEWEST]), _name_days(entries[NEWEST:]), naive)


def woven(track: Track) -> list[EventView | tuple[Leg, Leg]]:
    """Events oldest first, each hand-over (from, to) right before the first event after it.

    A carrier that has not scanned the parcel yet has not taken it over either.
    """
    waiting = handovers(track)
    rows: list[EventView | tuple[Leg, Leg]] = []
    for event in _told(track.events):
        due = [pair for pair in waiting if _begins(pair[1], event)]
        waiting = [pair for pair in waiting if pair not in due]
        rows += [*due, event]
    return rows


def _told(events: Sequence[EventView]) -> Iterator[EventView]:
    """A merchant who announces what is on its way already moves nothing by it."""
    moved = False
    for event in events:
        announced = event.source == "merchant" and event.sub == "info_received.created"
        if not (announced and moved):
            yield event
        moved = moved or not announced


def handovers(track: Track) -> list[tuple[Leg, Leg]]:
    """Each pair of legs of one parcel between which the carrier changed."""
    parcels: dict[int, list[Leg]] = {}
    for leg in track.legs:
        parcels.setdefault(leg.parcel, []).append(leg)
    pairs = [pair for legs in parcels.values() for pair in pairwise(legs)]
    return [(before, after) for before, after in pairs if _changes(before, after)]


def _changes(before: Leg, after: Leg) -> bool:
    known = before.carrier is not None and after.carrier is not None
    return known and before.carrier != after.carrier


def _begins(leg: Leg, event: EventView) -> bool:
    return event.number == leg.number and event.carrier in {None, leg.carrier}


def _entry(row: EventView | tuple[Leg, Leg], track: Track, reader: Reader) -> Entry:
    return _scan(row, track, reader) if isinstance(row, EventView) else _handover(*row, reader)


def _scan(event: EventView, track: Track, reader: Reader) -> Entry:
    carriers = {leg.carrier for leg in track.legs}
    language = language_of(event.text) if event.text else None
    foreign = language if language and not reader.locale.startswith(language) else None
    return Entry(
        tone=_tone(event),
        title=_title(event, reader),
        time=show(parse(event.occurred_at, event.time_quality), reader),
        quote=(event.text or "").strip() or None,
        quote_language=language,
        foreign=dates.language(foreign, reader.locale) if foreign else None,
        place=reader.place(event.place),
        next_place=reader.place(event.next_place),
        carrier=reader.carrier(event.carrier) if len(carriers) > 1 else None,
        parcel=parcel_label(event.number, track, reader),
        retracted=event.retracted_by is not None,
    )


def _title(event: EventView, reader: Reader) -> str:
    """A text that nobody could read is a note, not a status."""
    noted = event.main == "unknown" and event.text
    return reader.text("buyer.note") if noted else reader.status(event.sub)


def _tone(event: EventView) -> str:
    status = STATUSES.get(event.sub)
    if status is not None and status.trouble:
        return "trouble"
    return "done" if event.main == "delivered" else "scan"


def _handover(before: Leg, after: Leg, reader: Reader) -> Entry:
    unknown = reader.text("buyer.leg_unknown_carrier")
    return Entry(
        tone="handover",
        title=reader.text("buyer.handover", carrier=reader.carrier(after.carrier) or unknown),
        place=reader.text("buyer.handover_from", carrier=reader.carrier(before.carrier) or unknown),
        time=show(parse(after.started_at), reader) if after.started_at else None,
        number=after.number if after.number != before.number else None,
    )


def parcel_label(number: str, track: Track, reader: Reader) -> str | None:
    """`Parcel 2 of 3` where the shipment has several."""
    if len(track.parcels) < 2:
        return None
    index = next((row.index for row in track.parcels if number in row.numbers), None)
    if index is None:
        return None
    return reader.text("buyer.parcel_of", index=index, total=len(track.parcels))


def _name_days(entries: list[Entry]) -> list[Entry]:
    named: str | None = None
    rows = []
    for entry in entries:
        day = entry.time.day if entry.time else named
        rows.append(replace(entry, shows_day=day is not None and day != named))
        named = day
    return rows
