"""The road ahead: the likeliest way to the door, and when each stop is reached."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise
from math import log

from msgspec import Struct

from milepost.eta.roads.flows import bound_for, onward, passing
from milepost.eta.roads.model import DOOR, Node, Passage, Stay
from milepost.eta.roads.sketch import points, quantile, together
from milepost.eta.roads.times import Moment

_MOST_LOOKED_AT = 400
_MOST_STOPS = 30


class Stop(Struct, frozen=True, kw_only=True):
    """A stop ahead. `node` is None at the door. One in ten is there by `p10_s` (since 1970 UTC).

    `odds_pm`: so many of a thousand such roads come by here.
    """

    node: Node | None
    odds_pm: int
    p10_s: int
    p50_s: int
    p90_s: int


class RoadAhead(Struct, frozen=True, kw_only=True):
    """`stops` in order, the door last where a way there is known; empty where nothing is known.

    `evidence`: how many roads with this end are known to have gone on from here.
    """

    here: Node | None = None
    stops: tuple[Stop, ...] = ()
    evidence: int = 0


NOTHING = RoadAhead()


def road_ahead(moment: Moment, passage: Passage) -> RoadAhead:
    """Of a road that is still on its way; `NOTHING` of any other."""
    if not passage.open:
        return NOTHING
    last = passage.stays[-1]
    way = likeliest(moment, last.node, passage.goals, passage.announced)
    odds = passing(moment, last.node, passage.goals, passage.announced)
    _, roads = bound_for(moment, last.node, passage.goals)
    nodes = moment.network.nodes | passage.nodes
    return RoadAhead(
        here=nodes.get(last.node),
        stops=tuple(_timed(moment, last, way, odds, nodes)),
        evidence=round(roads),
    )


def _timed(
    moment: Moment, last: Stay, way: Sequence[str], odds: dict[str, float], nodes: dict[str, Node]
) -> list[Stop]:
    stops: list[Stop] = []
    lasting: list[int] = []
    for node, to in pairwise(way):
        if not stops:
            lasting = _first(moment, last, to)
        else:
            middle_s = moment.now_s + quantile(lasting, 500)
            lasting = together(lasting, points(moment.pace(node, to, middle_s, last.offset_min)))
        low, middle, high = (moment.now_s + quantile(lasting, pm) for pm in (100, 500, 900))
        odds_pm = round(1000 * odds.get(to, 0.0))
        stop = Stop(node=nodes.get(to), odds_pm=odds_pm, p10_s=low, p50_s=middle, p90_s=high)
        stops.append(stop)
    return stops


def _first(moment: Moment, last: Stay, to: str) -> list[int]:
    """Until the next stop, given how long it has been silent."""
    begun_s = last.departed_s if last.left else last.arrived_s
    ask = moment.transit if last.left else moment.pace
    dist = ask(last.node, to, begun_s, last.offset_min)
    return points(dist, max(0, moment.now_s - begun_s))


def likeliest(
    moment: Moment, node: str, goals: Sequence[str], announced: str | None = None
) -> list[str]:
    """The way to the door that most of such roads take; only [node] where none is known."""
    queue: list[tuple[float, int, str, tuple[str, ...]]] = [(0.0, 0, node, (node,))]
    done: set[str] = set()
    furthest: tuple[str, ...] = (node,)
    while queue and len(done) < _MOST_LOOKED_AT:
        cost, _, here, way = heapq.heappop(queue)
        if here == DOOR:
            return list(way)
        if here in done or len(way) > _MOST_STOPS:
            continue
        done.add(here)
        furthest = way if here == announced else furthest
        for to, one in sorted(onward(moment, here, goals, _if(here == node, announced)).items()):
            if to not in done:
                heapq.heappush(queue, (cost - log(one), len(way), to, (*way, to)))
    return list(furthest)


def _if(yes: bool, announced: str | None) -> str | None:
    return announced if yes else None
