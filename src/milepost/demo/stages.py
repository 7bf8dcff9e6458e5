"""The stages of which scenarios are made; each moves a travel on. See `data/scenarios.toml`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from milepost.demo.tables import table
from milepost.demo.travel import Travel
from milepost.demo.world import Stop, distance_km

_WORKING = (9, 20)


def perform(travel: Travel, scenario: str) -> None:
    """Plays a scenario of `data/scenarios.toml` to its end."""
    for stage in table("scenarios")[scenario]:
        named = STAGES.get(stage)
        if named:
            named(travel)
        else:
            happen(travel, *_parsed(stage))


@cache
def _parsed(stage: str) -> tuple[str, float, float, bool]:
    kind, hours, *rest = stage.split()
    low, _, high = hours.partition("-")
    return kind, float(low), float(high), rest == ["day"]


def happen(travel: Travel, kind: str, low: float, high: float, by_day: bool) -> None:
    """Something happens after `low` to `high` hours, by day only if so told."""
    travel.wait(low, high)
    where = _where(travel, kind)
    if by_day:
        travel.until(*_WORKING, where.city)
    travel.note(kind, where)


def _where(travel: Travel, kind: str) -> Stop:
    city = travel.here.city
    if kind.startswith("customs."):
        return travel.facility("customs", city)
    if kind.startswith(("available_for_pickup", "delivered.locker")):
        return travel.facility(_box_kind(travel), city)
    if kind.startswith(("delivered", "attempt_failed")):
        return travel.facility("door", city)
    return travel.here


def _box_kind(travel: Travel) -> str:
    return "locker" if travel.district % 3 == 0 else "station"


def order(travel: Travel) -> None:
    """The merchant tells the carrier of the parcel."""
    travel.note("info_received.created", travel.facility("door", travel.leg.origin))


def collect(travel: Travel) -> None:
    """A courier takes it in."""
    travel.wait(1.5, 9)
    travel.until(9, 19, travel.here.city)
    travel.note("picked_up")


def haul_part(travel: Travel) -> None:
    """On to the hub before the last."""
    while len(travel.route) > 2:
        travel.hop()


def haul(travel: Travel) -> None:
    """On to the outlet that delivers."""
    while travel.route:
        travel.hop()


def out(travel: Travel) -> None:
    """With a courier, in the morning or early afternoon."""
    travel.wait(0.4, 2.5)
    travel.until(7, 15, travel.here.city)
    travel.note("out_for_delivery")


def redeliver(travel: Travel) -> None:
    """With a courier again, on the next day."""
    travel.wait(8, 14)
    travel.until(8, 11, travel.here.city)
    travel.note("out_for_delivery.redelivery")


def hand_over(travel: Travel) -> None:
    """Into the buyer's, a neighbour's or a doorman's hands."""
    kinds = table("endings")[travel.leg.carrier.market]
    happen(travel, travel.chance.weighted(kinds), 0.5, 9, True)


def first_mile(travel: Travel) -> None:
    """A domestic carrier brings it to the cross-border carrier's warehouse, if there is one."""
    if len(travel.lane.legs) < 3:
        return
    haul(travel)
    travel.wait(1, 4)
    travel.note("in_transit.handed_to_partner")
    travel.begin_leg(1)
    travel.wait(1, 5)
    travel.note("picked_up@warehouse")


def export(travel: Travel) -> None:
    """Through the export hub and customs, into the air, and down in the other country."""
    travel.hop()
    leg = travel.leg
    airport = travel.facility("airport", leg.origin)
    happen(travel, "customs.processing@export", 3, 9, True)
    happen(travel, "customs.released@export", 2, 8, False)
    travel.wait(3, 12)
    travel.note("in_transit.departed_country", airport, travel.facility("airport", leg.destination))
    travel.wait(4, 8)
    travel.wait(*[distance_km(leg.origin, leg.destination) / 800] * 2)
    travel.here = travel.facility("hub", leg.destination)
    travel.note("in_transit.arrived_country", travel.facility("airport", leg.destination))
    happen(travel, "customs.pending", 1, 5, False)


def last_mile(travel: Travel) -> None:
    """The partner in the destination country takes over, and hauls it to its delivering outlet."""
    travel.wait(2, 8)
    after = travel.leg_index + 1
    travel.note("in_transit.handed_to_partner", travel.facility("airport", travel.here.city))
    travel.begin_leg(after, at_hub=True)
    travel.wait(2, 9)
    travel.note("in_transit.arrived_hub@partner")
    haul(travel)


def back(travel: Travel) -> None:
    """The way back to the sender, by the same carrier."""
    leg = travel.leg
    for city in dict.fromkeys((leg.destination, leg.origin)):
        travel.wait(6, 12)
        travel.at += travel.duration(travel.here.city, city)
        travel.here = travel.facility("hub", city)
        travel.note("returning@hub")
    happen(travel, "returned", 8, 20, True)


_ALL = (
    order,
    collect,
    haul_part,
    haul,
    out,
    redeliver,
    hand_over,
    first_mile,
    export,
    last_mile,
    back,
)
STAGES: dict[str, Callable[[Travel], None]] = {stage.__name__: stage for stage in _ALL}
