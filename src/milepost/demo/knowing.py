"""When scans become known: with delay, late, doubled, out of order, or taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from milepost.demo.casting import Parcel, Shipment
from milepost.demo.chance import Chance
from milepost.demo.scanning import Manner, draw_manner, promise_scan, promised_window, scan_of
from milepost.demo.shape import Step
from milepost.demo.travel import Event
from milepost.domain.scan import Scan

_LATE = 0.02
_DOUBLED = 0.03
_OVERTAKEN = 0.03
_PROMISED = 0.6
_DAYS = {"cn": 2, "us": 4, "eu": 2, "export": 9}
_STORY_MANNER = Manner()


def native_steps(shipment: Shipment, parcel: Parcel, chance: Chance) -> Iterator[Step]:
    """The steps by which one box becomes known through its carriers' own scans."""
    tidy = shipment.story is not None
    weight_g = chance.randrange(120, 4800)
    manners = [_STORY_MANNER if tidy else draw_manner(leg, chance) for leg in parcel.lane.legs]
    scans = [
        scan_of(event, parcel.lane, manners[event.leg], weight_g, chance) for event in parcel.events
    ]
    known = _known(parcel.events, chance, tidy=tidy)
    for index, (event, scan, at) in enumerate(zip(parcel.events, scans, known, strict=True)):
        back = scans[index - 1] if event.kind.endswith("@correction") else None
        step = Step(at=at, scans=(scan,), takes_back=back)
        yield step
        if not tidy and chance.hit(_DOUBLED):
            later = at + timedelta(minutes=chance.randrange(4, 400))
            yield msgspec.structs.replace(step, at=later)
    yield from _promises(parcel, chance, tidy=tidy)


def delay(chance: Chance) -> timedelta:
    """The usual time from a scan to its being known."""
    return timedelta(seconds=30 + int(min(chance.expovariate(1 / 240), 1500)))


def _known(events: Sequence[Event], chance: Chance, *, tidy: bool) -> list[datetime]:
    known = [event.at + delay(chance) for event in events]
    if tidy:
        return known
    for index in range(len(known) - 1):
        # A correction is never known before what it corrects.
        if events[index + 1].kind.endswith("@correction"):
            continue
        if chance.hit(_OVERTAKEN):
            known[index] = max(known[index], known[index + 1] + timedelta(minutes=3))
        elif chance.hit(_LATE):
            known[index] += timedelta(hours=chance.uniform(3, 30))
    return known


def _promises(parcel: Parcel, chance: Chance, *, tidy: bool) -> Iterator[Step]:
    if not (tidy or chance.hit(_PROMISED)):
        return
    days = _DAYS[parcel.lane.market]
    for event in parcel.events:
        if event.kind == "picked_up" or event.sub.startswith("exception.delayed"):
            yield Step(at=event.at + delay(chance), scans=(_promise(event, parcel, days),))


def _promise(event: Event, parcel: Parcel, days: int) -> Scan:
    first, last = promised_window(event, parcel.lane, days)
    return promise_scan(event, parcel.lane.legs[event.leg], first, last)
