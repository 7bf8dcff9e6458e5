"""Facilities and edges as people look at them: usual times, and now against them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from milepost.eta.roads.model import Node
from milepost.eta.roads.present import State, family, state_of
from milepost.eta.roads.sketch import Dist, points, quantile
from milepost.eta.roads.times import Moment
from milepost.eta.roads.traffic import Traffic, What

_FEWEST = 20.0


class Lasting(Struct, frozen=True, kw_only=True):
    """How long it usually takes. `evidence`: how many cases, as they weigh now; without any, the
    figures are those of its class.
    """

    p10_s: int
    p50_s: int
    p90_s: int
    evidence: int


class NodeReport(Struct, frozen=True, kw_only=True):
    node: Node
    roads: int
    dwell: Lasting
    held: Lasting
    now: State | None


class EdgeReport(Struct, frozen=True, kw_only=True):
    node: str
    to: str
    roads: int
    share_pm: int
    transit: Lasting
    pace: Lasting
    now: State | None


def nodes(moment: Moment, traffic: Traffic, keys: Iterable[str], most: int) -> list[NodeReport]:
    """The most used of them."""
    network = moment.network
    ranked = sorted(keys, key=lambda key: (-network.used(key), key))[:most]
    return [_node(moment, traffic, network.nodes[key]) for key in ranked]


def _node(moment: Moment, traffic: Traffic, node: Node) -> NodeReport:
    key = node.key
    kind = family(moment, key)
    return NodeReport(
        node=node,
        roads=moment.network.used(key),
        dwell=_lasting(moment.dwell(key), moment.evidence("dwell/node", key)),
        held=_lasting(moment.held(key), moment.evidence("held/node", key)),
        now=_now(moment, traffic, (kind, key)) if kind else None,
    )


def edges(
    moment: Moment, traffic: Traffic, pairs: Iterable[tuple[str, str]], most: int
) -> list[EdgeReport]:
    """The most used of them."""
    ranked = sorted(pairs, key=lambda pair: (-_weight(moment, *pair), pair))[:most]
    return [_edge(moment, traffic, *pair) for pair in ranked]


def _weight(moment: Moment, node: str, to: str) -> int:
    return moment.cells(("flow", node, "")).get(to, 0)


def _edge(moment: Moment, traffic: Traffic, node: str, to: str) -> EdgeReport:
    known = moment.evidence("transit/edge", node, to)
    all_roads = sum(moment.cells(("flow", node, "")).values())
    return EdgeReport(
        node=node,
        to=to,
        roads=round(_weight(moment, node, to) / moment.unit),
        share_pm=round(1000 * _weight(moment, node, to) / all_roads) if all_roads else 0,
        transit=_lasting(moment.transit(node, to), known),
        pace=_lasting(moment.pace(node, to), moment.evidence("pace/edge", node, to)),
        now=_now(moment, traffic, ("transit", node, to)) if known >= _FEWEST else None,
    )


def _now(moment: Moment, traffic: Traffic, what: What) -> State | None:
    return state_of(moment, what, traffic.spans.get(what, {}).values())


def _lasting(dist: Dist, known: float) -> Lasting:
    ordered: Sequence[int] = points(dist)
    low, middle, high = (quantile(ordered, pm) for pm in (100, 500, 900))
    return Lasting(p10_s=low, p50_s=middle, p90_s=high, evidence=round(known))
