"""Where a road is put in time, so that it stands as wanted when the demo begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil, floor

from msgspec import Struct

from milepost.demo.chance import Chance
from milepost.demo.tables import table
from milepost.demo.travel import Event
from milepost.domain.status import STATUSES

Window = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_PHASES = {
    "info_received": "ordered",
    "out_for_delivery": "out",
    "available_for_pickup": "waiting",
    "delivered": "done",
    "returning": "back",
    "returned": "back",
}


class Span(Struct, frozen=True):
    """The time that the demo covers: `start` is its beginning, history before, live play after."""

    start: datetime
    days: int
    prehistory_days: int


def phase_of(event: Event) -> str:
    """The phase of a parcel whose last event this is."""
    status = STATUSES[event.sub]
    named = _PHASES.get(status.main)
    if named in {"back", "ordered"}:
        return named
    return "trouble" if status.trouble else named or "moving"


def shift_into(
    events: list[Event], phase: str, span: Span, chance: Chance, *, exact: bool
) -> timedelta | None:
    """By how much the road is moved so that it is in this phase at the start; None if it cannot.

    Whole days keep working hours what they are; `exact` gives that up.
    """
    windows = list(_windows(events, phase, span))
    earliest = span.start - timedelta(days=span.prehistory_days) - events[0].at
    shifts = _bent(windows, span, chance) if exact else _whole_days(windows, span)
    shifts = [shift for shift in shifts if shift >= earliest]
    return chance.choice(shifts) if shifts else None


def _whole_days(windows: list[Window], span: Span) -> list[timedelta]:
    days: list[int] = []
    for begin, end in windows:
        days += range(ceil((span.start - end) / _DAY), floor((span.start - begin) / _DAY) + 1)
    return [day * _DAY for day in days]


def _bent(windows: list[Window], span: Span, chance: Chance) -> list[timedelta]:
    seconds = [
        (span.start - begin - chance.uniform(0.2, 0.8) * (end - begin)) // _SECOND
        for begin, end in windows
    ]
    return [second * _SECOND for second in seconds]


def _windows(events: list[Event], phase: str, span: Span) -> Iterator[Window]:
    """When the road is in this phase."""
    if phase == "future":
        first = events[0].at
        yield first - timedelta(days=span.days * 0.6), first - timedelta(minutes=10)
        return
    shown = "moving" if phase == "silent" else phase
    for event, following in pairwise(events):
        if phase != "silent" and phase_of(event) == shown:
            yield event.at, following.at - timedelta(seconds=1)
    if phase_of(events[-1]) == shown:
        low, high = table("cast")["phase"][phase].get("lingers_h", (1, 24))
        yield events[-1].at + timedelta(hours=low), events[-1].at + timedelta(hours=high)
