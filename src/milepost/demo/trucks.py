"""Trucks of the sample network: they shuttle between the hubs that its parcels travel, synthetic.

Each tells where it is every quarter of an hour, all of them in one report, as a fleet's portal
would. A truck that stands at a hub is silent but for its last word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice, pairwise
from math import atan2, cos, degrees, radians, sin

import msgspec
from msgspec import Struct

from milepost.demo.casting import Shipment
from milepost.demo.chance import Chance
from milepost.demo.placing import Span
from milepost.demo.shape import Step
from milepost.demo.world import CARRIERS, Carrier, Stop, distance_km

EVERY = timedelta(minutes=15)
TRUCKS = 24
# So long before the demo begins: nobody looks further back.
_BEFORE = timedelta(hours=12)
_DETOUR = 1.25
_NEAREST_KM, _FURTHEST_KM = 60, 1_600
_STANDS_H = (1.0, 4.0)


class Drive(Struct, frozen=True):
    """From hub to hub in a straight line, between two instants."""

    start: Stop
    goal: Stop
    leaves: datetime
    arrives: datetime

    def at(self, moment: datetime) -> tuple[float, float]:
        """(latitude, longitude)."""
        share = min(1.0, max(0.0, (moment - self.leaves) / (self.arrives - self.leaves)))
        (north, east), (to_north, to_east) = _spot(self.start), _spot(self.goal)
        return north + share * (to_north - north), east + share * (to_east - east)

    @property
    def course_deg(self) -> int:
        """The initial bearing, clockwise from north."""
        (lat, lon), (to_lat, to_lon) = _spot(self.start), _spot(self.goal)
        north, goal, east = radians(lat), radians(to_lat), radians(to_lon - lon)
        across = sin(east) * cos(goal)
        ahead = cos(north) * sin(goal) - sin(north) * cos(goal) * cos(east)
        return round(degrees(atan2(across, ahead))) % 360


def truck_steps(shipments: Iterable[Shipment], span: Span, seed: int) -> Iterator[Step]:
    """Where all trucks are, quarter by quarter, to the end of the demo."""
    begin, end = span.start - _BEFORE, span.start + timedelta(days=span.days)
    fleet = {
        f"truck:demo-{carrier.slug}-{index + 1:02d}": list(
            _shift(way, carrier, begin, end, Chance.of(seed, "truck", index))
        )
        for index, (carrier, way) in enumerate(_ways(shipments))
    }
    at = begin
    while fleet and at <= end:
        rows = [row for name, drives in fleet.items() if (row := _report(name, drives, at))]
        if rows:
            yield Step(at=at, report="samples", payload=msgspec.json.encode(rows))
        at += EVERY


def _ways(shipments: Iterable[Shipment]) -> list[tuple[Carrier, tuple[Stop, Stop]]]:
    """The ways between hubs that most parcels go by road; each carrier in turn gives one."""
    used: Counter[tuple[str, Stop, Stop]] = Counter()
    for shipment in shipments:
        for parcel in shipment.parcels:
            hubs = [(event.leg, event.stop) for event in parcel.events if event.stop.kind == "hub"]
            for (leg, start), (other, goal) in pairwise(hubs):
                carrier = CARRIERS[parcel.lane.legs[leg].carrier_key]
                if leg == other and _by_road(carrier, start, goal):
                    used[(carrier.slug, start, goal)] += 1
    ranked = sorted(used, key=lambda way: (-used[way], way[0], way[1].place.facility or ""))
    of: dict[str, list[tuple[Stop, Stop]]] = {}
    for slug, start, goal in ranked:
        of.setdefault(slug, []).append((start, goal))
    turns = [islice(cycle(ways), TRUCKS) for ways in of.values()]
    mixed = ((slug, way) for row in zip(*turns, strict=True) for slug, way in zip(of, row,
             strict=True))  # fmt: skip
    by_slug = {carrier.slug: carrier for carrier in CARRIERS.values()}
    return [(by_slug[slug], way) for slug, way in islice(mixed, TRUCKS)]


def _by_road(carrier: Carrier, start: Stop, goal: Stop) -> bool:
    far = distance_km(start.city, goal.city)
    furthest = min(_FURTHEST_KM, carrier.fly_over_km or _FURTHEST_KM)
    return _NEAREST_KM < far <= furthest


def _shift(
    way: tuple[Stop, Stop], carrier: Carrier, begin: datetime, end: datetime, chance: Chance
) -> Iterator[Drive]:
    """There and back again; it was on the way already when its first word was heard."""
    start, goal = way
    lasts = timedelta(hours=distance_km(start.city, goal.city) * _DETOUR / carrier.kmh)
    leaves = begin - lasts * chance.random()
    while leaves < end:
        drive = Drive(start, goal, leaves, leaves + lasts * chance.uniform(0.95, 1.15))
        yield drive
        leaves = drive.arrives + timedelta(hours=chance.uniform(*_STANDS_H))
        start, goal = goal, start


def _report(name: str, drives: Sequence[Drive], at: datetime) -> dict[str, object] | None:
    """None while it stands, but for its last word: that it has arrived."""
    drive = next((one for one in drives if one.leaves <= at < one.arrives + EVERY), None)
    if drive is None:
        return None
    latitude, longitude = drive.at(at)
    hours = (drive.arrives - drive.leaves) / timedelta(hours=1)
    speed = distance_km(drive.start.city, drive.goal.city) * _DETOUR / hours
    return {
        "asset": name, "at": at.isoformat(), "lat": round(latitude, 5), "lon": round(longitude, 5),
        "speed_kmh": round(speed if at < drive.arrives else 0.0, 1), "course_deg": drive.course_deg,
    }  # fmt: skip


def _spot(stop: Stop) -> tuple[float, float]:
    return stop.place.latitude or 0.0, stop.place.longitude or 0.0
