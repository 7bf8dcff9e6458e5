"""Missort and detour: a scan where such roads never are, or a move that they never make.

Both are judged on where the road is now, so that they are over when it is back on its way; and
against the network without this road's own doing.
"""

from __future__ import annotations

from typing import NamedTuple

from milepost.eta.roads.flows import bound_for, onward
from milepost.eta.roads.lessons import pair_of
from milepost.eta.roads.model import DOOR, Passage, Stay, distance_km
from milepost.eta.roads.sketch import mean_s
from milepost.eta.roads.times import Moment
from milepost.eta.roads.ways import expected_s

ALMOST_NONE = 0.0125
# Below so many roads nothing is said.
FEWEST = 40
# A facility that is little known itself may be new.
_KNOWN = 10
_USUAL = 0.05
_LONGER_S = 6 * 3600
# A stop that lies about on the way is no missort, seen before or not.
_ROUND_ABOUT = 1.15
_NEAR_KM = 30


class Missort(NamedTuple):
    """Of `roads` with this end, `came_here` have come by this facility."""

    since_s: int
    node: str
    roads: int
    came_here: int


class Detour(NamedTuple):
    """Of `roads` from one facility to this end, `went_so` have made this move.

    `longer_s`: by how much the rest of the road is longer than from where they usually go.
    """

    since_s: int
    node: str
    to: str
    roads: int
    went_so: int
    usual: str
    longer_s: int


def missort(moment: Moment, passage: Passage) -> Missort | None:
    """Whether it is where almost no road with its destination ever is."""
    if not passage.open or len(passage.stays) < 2:
        return None
    stay = passage.stays[-1]
    goal, roads, came_here = visited(moment, "to", passage.goals, stay.node)
    if not goal or not rare(came_here, roads) or _on_the_way(moment, passage, stay):
        return None
    if moment.network.used(stay.node) < _KNOWN:
        return None
    if not _from_elsewhere(moment, passage, stay):
        return None
    return Missort(stay.arrived_s, stay.node, round(roads), round(came_here))


def _from_elsewhere(moment: Moment, passage: Passage, stay: Stay) -> bool:
    """Whether roads from its origin do not come here either, or it had joined the usual way.

    Roads from the same city to the same city know best; else the surroundings of the origin are no
    missort.
    """
    pair = pair_of(passage)
    counts = moment.cells(pair) if pair else {}
    if counts.get("", 0) >= FEWEST * moment.unit:
        return rare(counts.get(stay.node, 0) / moment.unit, counts[""] / moment.unit)
    origin, roads, came_here = visited(moment, "from", passage.origins, stay.node)
    if origin:
        return rare(came_here, roads)
    for earlier in passage.stays[:-1]:
        _, roads, came = visited(moment, "to", passage.goals, earlier.node)
        if roads and came / roads >= _USUAL:
            return True
    return False


def usual(moment: Moment, passage: Passage) -> bool:
    """Whether enough roads with its destination are known, and all its places are on some."""
    for stay in passage.stays:
        goal, roads, came_here = visited(moment, "to", passage.goals, stay.node)
        if not goal or rare(came_here, roads):
            return False
    return bool(passage.stays)


def visited(
    moment: Moment, end: str, places: tuple[str, ...], node: str
) -> tuple[str, float, float]:
    """The narrowest end with enough roads ("" if none): their number, and that of those here."""
    for place in reversed(places[1:]):
        counts = moment.cells((end, place))
        roads = counts.get("", 0) / moment.unit
        if roads >= FEWEST:
            return place, roads, counts.get(node, 0) / moment.unit
    return "", 0.0, 0.0


def rare(some: float, of: float) -> bool:
    """Almost none, with a word for what a small number cannot say."""
    return of >= FEWEST and (some + 0.5) / (of + 1) <= ALMOST_NONE


def _on_the_way(moment: Moment, passage: Passage, stay: Stay) -> bool:
    nodes = moment.network.nodes | passage.nodes
    before, here = nodes.get(passage.stays[-2].node), nodes.get(stay.node)
    goal = passage.goal_at
    if before is None or here is None or goal is None:
        return False
    if before.position is None or here.position is None:
        return False
    around = distance_km(before.position, here.position) + distance_km(here.position, goal)
    return around <= _ROUND_ABOUT * distance_km(before.position, goal) + _NEAR_KM


def detour(moment: Moment, passage: Passage) -> Detour | None:
    """Whether its last move is one that such roads do not make, and a longer way."""
    if not passage.open or len(passage.stays) < 2:
        return None
    before, here = passage.stays[-2], passage.stays[-1]
    goal, roads = bound_for(moment, before.node, passage.goals)
    went_so = moment.cells(("flow", before.node, goal)).get(here.node, 0) / moment.unit
    if goal in ("", passage.goals[0]) or not rare(went_so, roads):
        return None
    usual = _usual(moment, before.node, passage.goals)
    if usual is None or usual == here.node:
        return None
    longer_s = _longer_s(moment, passage, before.node, usual, here.node)
    if longer_s is None or longer_s < _LONGER_S:
        return None
    return Detour(here.arrived_s, before.node, here.node, round(roads), round(went_so), usual,
                  longer_s)  # fmt: skip


def _usual(moment: Moment, node: str, goals: tuple[str, ...]) -> str | None:
    odds = onward(moment, node, goals)
    odds.pop(DOOR, None)
    return max(sorted(odds), key=odds.__getitem__) if odds else None


def _longer_s(moment: Moment, passage: Passage, node: str, usual: str, here: str) -> int | None:
    from_usual = expected_s(moment, usual, passage.goals)
    from_here = expected_s(moment, here, passage.goals)
    if from_usual is None or from_here is None:
        return None
    move_s = mean_s(moment.pace(node, here)) - mean_s(moment.pace(node, usual))
    return from_here - from_usual + max(0, move_s)
