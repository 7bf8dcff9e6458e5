"""Where a step of the goods' care stands: what a check, a sensor or a border says of it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from milepost.domain.track import CheckView, EventView, Track
from milepost.pages.ports import ColdChain

REACHED, CURRENT, OPEN, MISSING, TROUBLE = "reached", "current", "open", "missing", "trouble"
_THERE = ("out_for_delivery", "available_for_pickup", "attempt_failed", "delivered")
_IN_TOWN = ("in_transit.arrived_dest_city", "in_transit.arrived_dest_station")
_HELD = ("customs.info_required", "customs.exception", "customs.payment_required")


class Stage(Struct, frozen=True):
    """`state` is one of the above; `at` the time, as its event has it, of what says so."""

    state: str
    at: str | None = None


def of_checks(track: Track, names: tuple[str, ...], *, late: bool) -> Stage:
    """The last word of any of these checks; where there is none, silence is `late` or not yet."""
    told: list[CheckView] = [one for one in track.checks if one.name in names]
    if told:
        return Stage(REACHED if told[-1].passed else TROUBLE, told[-1].at)
    return Stage(MISSING if late else OPEN)


def of_curve(track: Track, *, measured: bool, broken: bool, done: bool) -> Stage:
    """Of the temperature: by sensors, else by what was measured at scans."""
    if measured:
        return Stage(TROUBLE if broken else REACHED if done else CURRENT)
    stage = of_checks(track, ("temperature_at_hand_over",), late=done)
    return Stage(CURRENT, stage.at) if stage.state == REACHED and not done else stage


def of_cooling(track: Track, cold: ColdChain | None, stage: Stage) -> Stage:
    """Of whether it was cold before it left: where nobody has told, the sensor may have."""
    if cold is None or not cold.readings or stage.state not in (OPEN, MISSING):
        return stage
    first, left = cold.readings[0], _left(track)
    if left is None or datetime.fromisoformat(first.at) > left:
        return stage
    low, high, value = cold.least_mc, cold.most_mc, first.temperature_mc
    allowed = (low is None or value >= low) and (high is None or value <= high)
    return Stage(REACHED if allowed else TROUBLE, first.at)


def _left(track: Track) -> datetime | None:
    """When the parcel left its sender, where that is an instant."""
    told = [one.at for one in track.milestones if one.main == "picked_up" and "T" in one.at]
    moment = datetime.fromisoformat(told[0]) if told else None
    return moment if moment is not None and moment.tzinfo is not None else None


class Border(Struct, frozen=True):
    """What of a road says how it left one country and came into the other; `order` is the place of
    every event in it, by id.
    """

    export: list[EventView]
    left: EventView | None
    came: EventView | None
    entry: list[EventView]
    beyond: EventView | None
    order: dict[str, int]


def border_of(track: Track) -> Border:
    """Customs by its country where that is told; else by whether the parcel had left before."""
    events = [one for one in track.events if one.retracted_by is None]
    export, entry = list[EventView](), list[EventView]()
    left = came = beyond = None
    for event in events:
        if event.main == "customs":
            (entry if _entering(event, track, left=left or came) else export).append(event)
        if event.sub == "in_transit.departed_country":
            left = left or event
        if _abroad(event, track):
            came = came or event
        if event.main in _THERE or event.sub in _IN_TOWN:
            beyond = beyond or event
    order = {event.id: at for at, event in enumerate(events)}
    return Border(export, left, came or beyond, entry, beyond, order)


def of_export(border: Border) -> Stage:
    return _customs(border.export, border.left or border.came, border.order)


def of_haul(border: Border) -> Stage:
    if border.came is not None:
        return Stage(REACHED, border.came.occurred_at)
    return Stage(CURRENT, border.left.occurred_at) if border.left else Stage(OPEN)


def of_entry(border: Border) -> Stage:
    return _customs(border.entry, border.beyond, border.order)


def _customs(met: list[EventView], gone: EventView | None, order: dict[str, int]) -> Stage:
    """Cleared once it was released, or has gone on: then it must have been."""
    last = met[-1] if met else None
    if last is not None and last.sub == "customs.released":
        return Stage(REACHED, last.occurred_at)
    if last is None:
        return Stage(REACHED, gone.occurred_at) if gone is not None else Stage(OPEN)
    if gone is not None and order[last.id] < order[gone.id]:
        return Stage(REACHED, last.occurred_at)
    return Stage(TROUBLE if last.sub in _HELD else CURRENT, last.occurred_at)


def _entering(event: EventView, track: Track, *, left: EventView | None) -> bool:
    here = event.place.country if event.place else None
    if here is not None and here in (_country(track, "origin"), _country(track, "destination")):
        return here == _country(track, "destination")
    return left is not None


def _abroad(event: EventView, track: Track) -> bool:
    if event.sub == "in_transit.arrived_country":
        return True
    goal = _country(track, "destination")
    here = event.place.country if event.place else None
    return here is not None and here == goal and goal != _country(track, "origin")


def _country(track: Track, end: str) -> str | None:
    place = track.origin if end == "origin" else track.destination
    return place.country if place else None
