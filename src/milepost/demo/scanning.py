"""How true events reach a carrier's scans: words or codes, local clocks, devices, measurements."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from milepost.demo.chance import Chance
from milepost.demo.lane import Lane, Leg
from milepost.demo.travel import Event
from milepost.demo.wording import words
from milepost.demo.world import Stop
from milepost.domain.place import Place
from milepost.domain.scan import Scan

_DEVICES = {
    "outlet": "PDA", "door": "PDA", "hub": "SORTER", "airport": "ULD-READER",
    "customs": "EDI", "station": "STATION", "locker": "LOCKER",
}  # fmt: skip
_COLD_CHAIN_C = (1.8, 6.4)
# What is checked when goods of a category are handed over to the carrier.
_CHECKED = {
    "fragile": ["packing:ok", "outer_box:ok"], "cold_chain": ["coolant:ok"],
    "high_value": ["seal:intact"], "bulky": ["outer_box:ok"],
}  # fmt: skip


class Manner(Struct, frozen=True):
    """How the scans of one road are made. `coded`: with canonical codes; `worded`: with words."""

    coded: bool = True
    worded: bool = True
    local_clock: bool = False


def draw_manner(leg: Leg, chance: Chance) -> Manner:
    """The manner of a leg's carrier; one road in ten of a coding carrier comes without words."""
    local_clock = leg.carrier.clock == "local" and chance.hit(0.6)
    if leg.carrier.scan == "text":
        return Manner(coded=False, local_clock=local_clock)
    return Manner(worded=not chance.hit(0.1), local_clock=local_clock)


def scan_of(event: Event, lane: Lane, manner: Manner, weight_g: int, chance: Chance) -> Scan:
    """The scan that the event's carrier makes of it."""
    leg = lane.legs[event.leg]
    local = event.stop.city.local(event.at).replace(microsecond=0)
    return Scan(
        number=leg.number,
        occurred_at=local.replace(tzinfo=None) if manner.local_clock else fixed_offset(local),
        carrier=leg.carrier.slug,
        code=event.sub if manner.coded else None,
        text=words(event, leg, chance) if manner.worded else None,
        place=place_of(event.stop),
        next_place=place_of(event.next_stop) if event.next_stop else None,
        actor=_actor(event, leg, chance),
        device=_device(event, chance),
        evidence=_evidence(event, leg, lane, chance),
        measurements=_measurements(event, lane, weight_g, chance),
    )


def fixed_offset(local: datetime) -> datetime:
    """The same wall clock with its bare offset, as a source writes it."""
    offset = local.utcoffset()
    assert offset is not None
    return datetime.fromisoformat(local.isoformat())


def place_of(stop: Stop) -> Place:
    """The place as told: a buyer's door is told by its city alone."""
    if stop.kind != "door":
        return stop.place
    return msgspec.structs.replace(
        stop.place, facility=None, latitude=stop.city.latitude, longitude=stop.city.longitude
    )


def promise_scan(made: Event, leg: Leg, first: datetime, last: datetime) -> Scan:
    """The carrier's word, given with an event, that the parcel comes between two instants."""
    return Scan(
        number=leg.number,
        occurred_at=fixed_offset(made.stop.city.local(made.at).replace(microsecond=0)),
        carrier=leg.carrier.slug,
        code="promise",
        estimated_from=first,
        estimated_to=last,
    )


def promised_window(event: Event, lane: Lane, days: int) -> tuple[datetime, datetime]:
    """From nine to twenty o'clock at the destination, so many days after the event."""
    day = lane.destination.local(event.at) + timedelta(days=days)
    first = day.replace(hour=9, minute=0, second=0, microsecond=0)
    return fixed_offset(first), fixed_offset(first.replace(hour=20))


def _actor(event: Event, leg: Leg, chance: Chance) -> str | None:
    if event.stop.kind not in {"outlet", "door"}:
        return None
    return f"{leg.carrier.slug}-staff-{chance.randrange(100, 999)}"


def _device(event: Event, chance: Chance) -> str | None:
    if event.sub == "info_received.created":
        return None
    if event.next_stop:
        vehicle = "FLIGHT" if event.stop.kind == "airport" else "TRUCK"
        return f"{vehicle}-{chance.randrange(1000, 9999)}"
    kind = _DEVICES[event.stop.kind]
    return f"{kind}-{event.stop.city.latin.upper().replace(' ', '')[:6]}-{chance.randrange(10, 99)}"


def _evidence(event: Event, leg: Leg, lane: Lane, chance: Chance) -> list[str] | None:
    """What the courier's device sends with it; now and then a courier forgets the identity."""
    end = event.sub.partition(".")[2][:9]
    picture = f"photograph:demo-{leg.number}-{end}"
    if event.sub.startswith("delivered") and lane.category == "high_value":
        return [picture, *(["identity:verified"] if chance.hit(0.9) else [])]
    if event.sub.startswith("delivered") and lane.category == "cold_chain":
        return [f"signature:demo-{leg.number}"]
    if event.sub in {"delivered.signature", "delivered.proxy/neighbor", "exception.damaged"}:
        return [picture]
    return _CHECKED.get(lane.category or "") if event.sub == "picked_up" else None


def _measurements(
    event: Event, lane: Lane, weight_g: int, chance: Chance
) -> dict[str, float] | None:
    measured: dict[str, float] = {}
    if event.sub == "picked_up":
        measured["weight_g"] = weight_g
    if lane.category == "cold_chain" and event.sub != "info_received.created":
        measured["temperature_c"] = round(chance.uniform(*_COLD_CHAIN_C), 1)
        measured["humidity_pct"] = chance.randrange(55, 75)
    return measured or None
