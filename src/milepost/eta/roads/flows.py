"""Where roads go on to from a facility, by where they are bound for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milepost.eta.roads.model import DOOR, city_goal
from milepost.eta.roads.times import Moment

_PRIOR = 3.0
# The carrier's own word on the next stop counts as much as so many roads.
_ANNOUNCED = 20.0
_LEAST = 0.002
_MOST_STEPS = 30


def onward(
    moment: Moment, node: str, goals: Sequence[str], announced: str | None = None
) -> dict[str, float]:
    """The odds of each next facility (or `DOOR`); empty where nobody has gone on from here.

    Few roads to a city speak with the voice of its region, its country, and all.
    """
    known = tuple(goal for goal in goals if ("flow", node, goal) in moment.network.counts)
    strange = _own_city(moment, node, goals)
    key = (node, strange or "", *known)
    odds = moment.onward.get(key)
    if odds is None:
        odds = moment.onward[key] = _learned(moment, node, known, strange)
    if announced is None or announced == node:
        return dict(odds)
    return _likely(_blended(odds, {announced: 1}, _ANNOUNCED))


def _own_city(moment: Moment, node: str, goals: Sequence[str]) -> str | None:
    """The city of a facility, where a road is bound for another one."""
    known = moment.network.nodes.get(node)
    if known is None or not known.country or not known.city:
        return None
    own = city_goal(known.country, known.city)
    return own if own not in goals and any("//" in goal for goal in goals) else None


def _learned(
    moment: Moment, node: str, goals: Sequence[str], strange: str | None
) -> dict[str, float]:
    wide = ("", strange.partition("//")[0]) if strange is not None else ()
    odds: dict[str, float] = {}
    for goal in goals:
        counts = moment.cells(("flow", node, goal))
        if strange is not None and "//" not in goal and "#" not in goal:
            counts = _of_others(moment, node, counts, strange if goal in wide else None)
        total = sum(counts.values()) / moment.unit
        if total:
            odds = _blended(odds, counts, total)
    return _likely(odds)


def _of_others(
    moment: Moment, node: str, counts: Mapping[str, int], own: str | None
) -> Mapping[str, int]:
    """Without those that were bound for the facility's own city, when this road is not: it will
    neither end here nor go on to the outlets around.
    """
    local = moment.cells(("flow", node, own)) if own is not None else {}
    left = {to: count - local.get(to, 0) for to, count in counts.items() if to != DOOR}
    return {to: count for to, count in left.items() if count > 0}


def _likely(odds: dict[str, float]) -> dict[str, float]:
    kept = {to: one for to, one in odds.items() if one >= _LEAST}
    whole = sum(kept.values())
    return {to: one / whole for to, one in kept.items()}


def _blended(above: dict[str, float], counts: Mapping[str, int], total: float) -> dict[str, float]:
    """`counts` weigh as `total` roads, what is known above as a few."""
    prior = _PRIOR if above else 0.0
    share, more = total / (total + prior) / sum(counts.values()), prior / (total + prior)
    blended = {to: more * one for to, one in above.items()}
    for to, count in counts.items():
        blended[to] = blended.get(to, 0.0) + share * count
    return blended


def bound_for(moment: Moment, node: str, goals: Sequence[str]) -> tuple[str, float]:
    """The narrowest end that roads from here were bound for, and how many such roads there were."""
    for goal in reversed(goals):
        total = sum(moment.cells(("flow", node, goal)).values()) / moment.unit
        if total >= 1:
            return goal, total
    return "", 0.0


def passing(
    moment: Moment, node: str, goals: Sequence[str], announced: str | None = None
) -> dict[str, float]:
    """The odds that a road now at `node` comes by each facility."""
    odds: dict[str, float] = {}
    known = {node: onward(moment, node, goals, announced)}
    mass = {node: 1.0}
    for _ in range(_MOST_STEPS):
        coming: dict[str, float] = {}
        for here, share in mass.items():
            if here not in known:
                known[here] = onward(moment, here, goals)
            for to, one in known[here].items():
                if share * one >= _LEAST:
                    coming[to] = coming.get(to, 0.0) + share * one
        for to, share in coming.items():
            odds[to] = min(1.0, odds.get(to, 0.0) + share)
        coming.pop(DOOR, None)
        mass = coming
        if not mass:
            break
    return odds
