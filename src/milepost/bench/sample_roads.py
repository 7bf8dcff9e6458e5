"""Roads of the demo's synthetic network, as the engine would read them from the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from milepost.demo.casting import Parcel
from milepost.demo.chance import Chance
from milepost.demo.network import shipments_of
from milepost.demo.placing import Span
from milepost.demo.scanning import draw_manner, place_of, scan_of
from milepost.demo.world import stop
from milepost.domain.event import Event
from milepost.domain.scan import Facts
from milepost.domain.whole import Whole
from milepost.engine.resolve import Resolver
from milepost.engine.unfold import whole_of
from milepost.wiring.tables import Tables

START = datetime(2026, 6, 1, tzinfo=UTC)
_DAYS, _PREHISTORY = 6, 21
_TENANT = 1


class SampleRoad(Struct, frozen=True):
    """One synthetic box: its events, oldest first, and what its merchant registered."""

    events: Sequence[Event]
    facts: Facts

    def whole(self, events: int | None = None) -> Whole:
        """The road as it was after so many of its events."""
        return whole_of(self.events[:events], [self.facts])


def sample_roads(seed: int, start: datetime, shipments: int) -> Iterator[SampleRoad]:
    """Without the stories: those have numbers and ways of their own."""
    span = Span(start, _DAYS, _PREHISTORY)
    resolver = Resolver(Tables())
    for shipment in shipments_of(seed=seed, span=span, shipments=shipments):
        if shipment.story is None:
            chance = Chance.of(seed, shipment.index, "telling")
            for parcel in shipment.parcels:
                yield _road(parcel, resolver, chance)


def _road(parcel: Parcel, resolver: Resolver, chance: Chance) -> SampleRoad:
    lane = parcel.lane
    manners = [draw_manner(leg, chance) for leg in lane.legs]
    found: list[Event] = []
    for event in parcel.events:
        scan = scan_of(event, lane, manners[event.leg], 1000, chance)
        received_us = int(event.at.timestamp() * 1_000_000) + 60_000_000
        found += resolver.events(_TENANT, scan, "bench", received_us)
    first, last = lane.legs[0], lane.legs[-1]
    facts = Facts(
        number=first.number,
        origin=place_of(stop("door", lane.origin.key, first.carrier_key)),
        destination=place_of(stop("door", lane.destination.key, last.carrier_key)),
    )
    return SampleRoad(sorted(found, key=lambda event: event.at_us), facts)
