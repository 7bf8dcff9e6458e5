"""Data loggers in the sample network's cold boxes: temperature, humidity and position, synthetic.

A logger travels in the box. It speaks every quarter of an hour; now and then a truck's cooling
fails for a while, so that there is an excursion to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from milepost.demo.casting import Parcel, Shipment
from milepost.demo.chance import Chance
from milepost.demo.shape import Step
from milepost.demo.travel import Event

EVERY = timedelta(minutes=15)
# A logger sends what it has collected before it would count as silent (an hour).
SENT_TOGETHER = 3
_USUAL_C = 4.6
_FAILS = 0.3
_FAILURE = timedelta(minutes=75)


def logged_steps(shipment: Shipment, chance: Chance) -> Iterator[Step]:
    """What the loggers of a cold-chain shipment send; nothing for others."""
    if shipment.lane.category != "cold_chain":
        return
    for index, parcel in enumerate(shipment.parcels):
        asset = f"sensor:demo-{shipment.index:04d}-{index + 1}"
        yield from _of_parcel(parcel, asset, chance, fails=_fails(shipment, chance))


def _fails(shipment: Shipment, chance: Chance) -> bool:
    return shipment.story is None and chance.hit(_FAILS)


def _of_parcel(parcel: Parcel, asset: str, chance: Chance, *, fails: bool) -> Iterator[Step]:
    scanned = [event for event in parcel.events if event.sub != "info_received.created"]
    if not scanned:
        return
    first, last = scanned[0].at, scanned[-1].at
    number = parcel.lane.legs[0].number
    yield _step(first, "containment", [_change(number, asset, "add", first)])
    warm = first + (last - first) * chance.uniform(0.3, 0.7) if fails else None
    samples = [_sample(asset, at, scanned, warm, chance) for at in _times(first, last)]
    for start in range(0, len(samples), SENT_TOGETHER):
        part = samples[start : start + SENT_TOGETHER]
        yield _step(datetime.fromisoformat(str(part[-1]["at"])), "samples", part)
    if scanned[-1].sub.startswith("delivered"):
        yield _step(last, "containment", [_change(number, asset, "remove", last)])


def _times(first: datetime, last: datetime) -> Iterator[datetime]:
    at = first
    while at <= last:
        yield at
        at += EVERY


def _sample(
    asset: str, at: datetime, events: Sequence[Event], warm: datetime | None, chance: Chance
) -> dict[str, object]:
    celsius = _USUAL_C + chance.uniform(-0.8, 0.8)
    if warm is not None and timedelta(0) <= at - warm < _FAILURE:
        celsius += 6.5 * (1 - abs((at - warm) / _FAILURE - 0.5))
    latitude, longitude = _position(at, events)
    return {
        "asset": asset, "at": at.isoformat(), "temperature_c": round(celsius, 1),
        "humidity_percent": round(chance.uniform(58, 71), 1),
        "lat": round(latitude, 4), "lon": round(longitude, 4),
    }  # fmt: skip


def _position(at: datetime, events: Sequence[Event]) -> tuple[float, float]:
    """On the straight line between the stops before and after."""
    before = max((event for event in events if event.at <= at), key=lambda event: event.at)
    after = min(
        (event for event in events if event.at > at), key=lambda event: event.at, default=before
    )
    here, there = before.stop.city, after.stop.city
    span = (after.at - before.at) / timedelta(seconds=1)
    share = (at - before.at) / timedelta(seconds=1) / span if span else 0.0
    return (here.latitude + share * (there.latitude - here.latitude),
            here.longitude + share * (there.longitude - here.longitude))  # fmt: skip


def _change(number: str, asset: str, action: str, at: datetime) -> dict[str, object]:
    return {"number": number, "parent": asset, "action": action, "at": at.isoformat()}


def _step(at: datetime, report: str, rows: list[dict[str, object]]) -> Step:
    return Step(at=at, report=report, payload=msgspec.json.encode(rows))
