"""A road's stays at facilities and its moves between them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct

from milepost.analytics.model import Hop
from milepost.analytics.spots import Spot
from milepost.domain.marks import Mark
from milepost.domain.moment import TimeQuality
from milepost.domain.settle import MAIN

# At a door or in a locker it is at no facility any more.
MOVING = {"picked_up", "in_transit", "customs", "out_for_delivery", "exception", "returning"}
# Hours cannot be told from a bare date or from a clock of an unknown zone.
_SURE = {int(TimeQuality.exact), int(TimeQuality.zone_from_place), int(TimeQuality.carrier_zone)}
_MOST = 500


class _Stop(Struct):
    spot: Spot
    carrier: str | None
    arrived_s: int
    departed_s: int
    scans: int = 1


def hops_of(told: Iterable[tuple[Mark, Spot, str | None]]) -> list[Hop]:
    """`told`: the standing status marks, oldest first, with their place and carrier."""
    stops: list[_Stop] = []
    for mark, spot, carrier in told:
        if MAIN[mark.code] not in MOVING or mark.quality not in _SURE or not spot.facility:
            continue
        if stops and stops[-1].spot.facility == spot.facility:
            stops[-1].departed_s = mark.at_s
            stops[-1].scans += 1
        elif len(stops) < _MOST:
            stops.append(_Stop(spot, carrier, mark.at_s, mark.at_s))
    return [_hop(at, *pair) for at, pair in enumerate(pairwise([*stops, None]))]


def _hop(at: int, here: _Stop | None, there: _Stop | None) -> Hop:
    assert here is not None
    return Hop(
        step=at,
        carrier=here.carrier,
        facility=here.spot.facility or "",
        city=here.spot.city,
        country=here.spot.country,
        arrived_s=here.arrived_s,
        departed_s=here.departed_s,
        scans=here.scans,
        next_facility=there.spot.facility if there else None,
        next_country=there.spot.country if there else None,
        next_arrived_s=there.arrived_s if there else None,
    )
