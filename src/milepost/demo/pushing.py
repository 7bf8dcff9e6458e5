"""Shipments that aggregators tell us of: raw payloads with all traces so far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from milepost.demo.casting import Shipment
from milepost.demo.chance import Chance
from milepost.demo.scanning import fixed_offset
from milepost.demo.shape import Step
from milepost.demo.tables import table
from milepost.demo.travel import Event
from milepost.demo.wire import ENCODERS
from milepost.demo.wire.push import Push, Trace, carrier_of
from milepost.demo.wording import words

_SHARE = 0.24  # of those whose carriers an aggregator knows, to come to 15 % of all
_GOLDEN = 0.6180339887  # its multiples spread evenly, so that the share holds in every network
_CHINESE = ("kuaidi100", "kdniao")
_WESTERN = ("17track", "aftership")
_TOGETHER = timedelta(minutes=50)


def pushing_source(shipment: Shipment, chance: Chance) -> str | None:
    """The aggregator that tells of this shipment, if one does."""
    if shipment.story or shipment.index * _GOLDEN % 1 > _SHARE:
        return None
    vendor = chance.choice(_CHINESE if shipment.lane.market == "cn" else _WESTERN)
    return vendor if _can_tell(shipment, vendor) else None


def _can_tell(shipment: Shipment, vendor: str) -> bool:
    """One box, known carriers and codes, and nothing that it would have to take back."""
    legs = shipment.lane.legs
    codes = table("wire")["codes"]
    return (
        len(shipment.parcels) == 1
        and shipment.scenario != "taken_back"
        and len({leg.number for leg in legs}) == len(legs) <= 2
        and all(carrier_of(vendor, leg) for leg in legs)
        and all(vendor in codes.get(event.sub, {}) for event in shipment.parcels[0].events)
    )


def pushed_steps(shipment: Shipment, vendor: str, chance: Chance) -> Iterator[Step]:
    """The vendor's pushes: each tells all that it knows by then."""
    parcel = shipment.parcels[0]
    weight_g = chance.randrange(120, 4800)
    order_number = f"DEMO-{shipment.index + 1:06d}"
    traces = tuple(_trace(event, shipment, chance) for event in parcel.events)
    for count, at in _rounds(parcel.events, chance):
        push = Push(parcel.lane, order_number, weight_g, traces[:count], at)
        yield Step(at=at, source=vendor, payload=ENCODERS[vendor](push))


def _trace(event: Event, shipment: Shipment, chance: Chance) -> Trace:
    leg = shipment.lane.legs[event.leg]
    local = fixed_offset(event.stop.city.local(event.at).replace(microsecond=0))
    return Trace(event, leg, words(event, leg, chance), local)


def _rounds(events: tuple[Event, ...], chance: Chance) -> Iterator[tuple[int, datetime]]:
    """How many events are known at each push: those that follow soon come with the next one."""
    for count, event in enumerate(events, 1):
        last = count == len(events)
        if last or events[count].at - event.at > _TOGETHER:
            yield count, event.at + timedelta(minutes=chance.randrange(6, 45))
