"""What the page of a shipment says beside its road: what is wrong, what it is worth, who had it,
what was measured; each on the clock of where that was.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from milepost.domain.track import AlertView, Arrival, EventView, Track, numbers_of
from milepost.engine.worth import worth_of
from milepost.pages.console.curve import Curve, curve_of
from milepost.pages.console.times import moment_of
from milepost.pages.console.visit import Visit
from milepost.stores.postgres.console.worries import Worry

# Of an alert's detail: what names something of ours, and what is told by the clock of the end.
_INTERNAL = ("event",)
_OF_THE_END = ("promised_at", "likely_at")


async def worry_of(visit: Visit, track: Track) -> Worry | None:
    """What is wrong is kept under one of its numbers; the most urgent where several are."""
    found = await visit.services.worries.find(visit.tenant, numbers_of(track))
    return min(found.values(), key=lambda one: one.rank_us, default=None)


async def worth(visit: Visit, track: Track) -> str:
    """What was declared, in the reader's words."""
    roads = sorted(visit.services.queries.roads_of(visit.tenant, track.number))
    rows = await visit.services.ledger.facts(visit.tenant, roads)
    return visit.reader.money(*worth_of(row.facts for row in rows))


def details_of(visit: Visit, track: Track, alert: AlertView) -> list[tuple[str, str]]:
    """(what, how much) of an alert in words; times on the clock of what they are of."""
    reader, there, here = visit.reader, _zone(track.promise or track.arrival), here_of(track)
    told = {name: one for name, one in alert.detail.items() if one is not None}
    return [
        (reader.named("detail", name),
         reader.detail(name, one, there if name in _OF_THE_END else here))
        for name, one in told.items() if name not in _INTERNAL
    ]  # fmt: skip


def _zone(arrival: Arrival | None) -> tzinfo | None:
    """The clock of where it goes."""
    latest = moment_of(arrival.latest) if arrival is not None else None
    return None if latest is None else latest.tzinfo


def here_of(track: Track) -> tzinfo | None:
    """The clock of where it was scanned last."""
    newest = moment_of(track.events[-1].occurred_at) if track.events else None
    return None if newest is None else newest.tzinfo


def because_of(track: Track) -> list[EventView]:
    """The events that the status rests on."""
    named = set(track.status.because)
    return [event for event in track.events if event.id in named]


def flaws_of(visit: Visit, track: Track, custody: dict[str, Any] | None) -> list[tuple[str, str]]:
    """(kind, between whom) of what is wrong with the chain of custody."""
    events = {event.id: event for event in track.events}
    flaws = custody["custody"]["flaws"] if custody else []
    told = ((one["kind"], [events.get(name) for name in one["events"]]) for one in flaws)
    return [(kind, _between(visit, [one for one in found if one])) for kind, found in told]


def _between(visit: Visit, events: list[EventView]) -> str:
    ends = []
    for event in events:
        place = visit.reader.place(event.place)
        carrier = visit.reader.carrier(event.carrier)
        ends.append(" · ".join(one for one in (carrier, place) if one))
    return " → ".join(dict.fromkeys(ends))


def stops_of(ahead: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Where it will probably come by, of the first box that is on its way."""
    found = [one["stops"] for one in (ahead or {}).get("parcels", ()) if one["stops"]]
    return [one for one in found[0] if one["node"]][:6] if found else []


def measured(beside: dict[str, Any], zone: tzinfo | None) -> Curve | None:
    found = beside["curve"]
    if not found or len(found["points"]) < 2:
        return None
    return curve_of(found, zone, _allowed(beside["limits"]) if found["unit"] == "°C" else None)


def _allowed(limits: dict[str, Any] | None) -> tuple[float, float] | None:
    """The warmth that the goods may have, in degrees Celsius."""
    given = (limits or {}).get("limits") or {}
    low, high = given.get("temperature_low_mc"), given.get("temperature_high_mc")
    return None if low is None or high is None else (low / 1000, high / 1000)
