"""`/v1/track/{number}/ahead` and `/v1/network`: what the network of roads has learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Annotated, Any

from msgspec import Meta, Struct

from milepost.api.road_shapes import (
    AheadView,
    NodeView,
    NowView,
    RerouteView,
    ahead_view,
    node_view,
    now_view,
    reroute_view,
)
from milepost.domain.moment import to_text
from milepost.engine.queries import Queries
from milepost.engine.resolve import BadScanError
from milepost.engine.roads import Learned, Roads
from milepost.eta.roads.model import DOOR
from milepost.eta.roads.report import EdgeReport, Lasting, NodeReport, edges, nodes
from milepost.eta.roads.times import Moment
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Limit = Annotated[int, Meta(ge=1, le=1000)]
Text = Annotated[str, Meta(max_length=400)]


class RoadAheadAnswer(Struct, frozen=True, kw_only=True):
    """Of each box of the shipment. `synthetic`: of made-up data."""

    number: str
    synthetic: bool
    parcels: list[AheadView]


class NodesQuery(Struct):
    """The most used first. `text` is a part of the name; `trouble`: only slow or closed ones."""

    carrier: Text | None = None
    text: Text | None = None
    trouble: bool = False
    limit: Limit = 100


class EdgesQuery(Struct):
    """The most used first; `node` is a facility's id at either end."""

    node: Text | None = None
    carrier: Text | None = None
    trouble: bool = False
    limit: Limit = 100


class ReroutesQuery(Struct):
    """`because` is a reason, as answered before; the greatest gain comes first."""

    because: Text | None = None
    limit: Limit = 100


class NodeAnswer(Struct, frozen=True, kw_only=True):
    """`roads` that have come by, as they weigh now; `dwell` from the first scan there to the
    departure, `held` to the first scan elsewhere. `now` is None where nothing was there lately or
    too little is known.
    """

    node: NodeView
    roads: int
    dwell: Lasting
    held: Lasting
    now: NowView | None
    closed: str | None
    closed_until: str | None


class EdgeAnswer(Struct, frozen=True, kw_only=True):
    """`to` is None with the buyer. `transit` from departure to arrival, `pace` from arrival to
    arrival; `share`: of the roads that left the first facility.
    """

    origin: NodeView
    to: NodeView | None
    roads: int
    share: float
    transit: Lasting
    pace: Lasting
    now: NowView | None


class NodePage(Struct, frozen=True):
    nodes: list[NodeAnswer]


class EdgePage(Struct, frozen=True):
    edges: list[EdgeAnswer]


class Rerouted(Struct, frozen=True, kw_only=True):
    """A parcel that is concerned."""

    number: str
    reroute: RerouteView


class ReroutePage(Struct, frozen=True):
    """`concerned`: how many parcels there are in all."""

    concerned: int
    reroutes: list[Rerouted]


def endpoints(queries: Queries, roads: Roads, now_us: Callable[[], int]) -> list[Endpoint]:
    shared: dict[str, Any] = {"method": "GET", "tag": "network"}
    room = _Room(queries, roads, now_us)
    return [
        Endpoint(
            method="GET", path="/v1/track/{number}/ahead", handler=partial(ahead, room),
            summary="The road ahead: stops with times and odds, and the next scan",
            answer=RoadAheadAnswer, answers=(404, 422), tag="track",
        ),
        Endpoint(
            path="/v1/network/nodes", handler=partial(list_nodes, room), query=NodesQuery,
            summary="Facilities learned from scans: dwell, now against usual", answer=NodePage,
            **shared,
        ),
        Endpoint(
            path="/v1/network/edges", handler=partial(list_edges, room), query=EdgesQuery,
            summary="Moves between facilities: transit, now against usual", answer=EdgePage,
            **shared,
        ),
        Endpoint(
            path="/v1/network/reroutes", handler=partial(list_reroutes, room),
            query=ReroutesQuery, answer=ReroutePage,
            summary="Parcels whose way is slow or closed, with better ways", **shared,
        ),
    ]  # fmt: skip


class _Room(Struct):
    queries: Queries
    roads: Roads
    now_us: Callable[[], int]

    def look(self, call: Call) -> tuple[Learned, Moment]:
        one = self.roads.of(call.caller.tenant)
        return one, Moment(one.network, self.now_us() // 1_000_000)


async def ahead(room: _Room, call: Call) -> RoadAheadAnswer:
    tenant, number = call.caller.tenant, call.path("number")
    try:
        track = await room.queries.track(tenant, number, private=True)
    except BadScanError as error:
        raise ProblemError(422, str(error)) from None
    if track is None:
        raise ProblemError(404, f"Nothing is known of the number '{number[:200]}' yet.")
    found = room.queries.ahead(tenant, track)
    known = room.roads.of(tenant).network.nodes
    return RoadAheadAnswer(
        number=track.number, synthetic=track.synthetic,
        parcels=[ahead_view(one, known) for one in found],
    )  # fmt: skip


async def list_nodes(room: _Room, call: Call) -> NodePage:
    wanted: NodesQuery = call.query
    one, moment = room.look(call)
    troubled = one.present.closed.keys() | {what[1] for what in one.present.slow}
    keys = [
        node.key for node in one.network.nodes.values()
        if (wanted.carrier is None or node.carrier == wanted.carrier)
        and (wanted.text is None or wanted.text.casefold() in node.key)
        and (not wanted.trouble or node.key in troubled)
    ]  # fmt: skip
    found = nodes(moment, one.traffic, keys, wanted.limit)
    return NodePage([_node(one, report) for report in found])


def _node(one: Learned, report: NodeReport) -> NodeAnswer:
    closure = one.present.closed.get(report.node.key)
    return NodeAnswer(
        node=node_view(report.node), roads=report.roads, dwell=report.dwell, held=report.held,
        now=now_view(report.now), closed=closure.title if closure else None,
        closed_until=_text(closure.until_s) if closure and closure.until_s else None,
    )  # fmt: skip


def _text(at_s: int) -> str:
    return to_text(at_s * 1_000_000, 0)


async def list_edges(room: _Room, call: Call) -> EdgePage:
    wanted: EdgesQuery = call.query
    one, moment = room.look(call)
    slow = {what[1:] for what in one.present.slow if what[0] == "transit"}
    pairs = [
        pair for pair in _pairs(one)
        if (wanted.node is None or wanted.node in pair)
        and (wanted.carrier is None or one.network.nodes[pair[0]].carrier == wanted.carrier)
        and (not wanted.trouble or pair in slow)
    ]  # fmt: skip
    found = edges(moment, one.traffic, pairs, wanted.limit)
    return EdgePage([_edge(one, report) for report in found])


def _pairs(one: Learned) -> Iterator[tuple[str, str]]:
    known = one.network.nodes
    for key, counts in one.network.counts.items():
        if key[0] == "flow" and key[2] == "" and key[1] in known:
            for to in counts:
                if to == DOOR or to in known:
                    yield str(key[1]), str(to)


def _edge(one: Learned, report: EdgeReport) -> EdgeAnswer:
    to = one.network.nodes.get(report.to)
    return EdgeAnswer(
        origin=node_view(one.network.nodes[report.node]), to=node_view(to) if to else None,
        roads=report.roads, share=report.share_pm / 1000, transit=report.transit,
        pace=report.pace, now=now_view(report.now),
    )  # fmt: skip


async def list_reroutes(room: _Room, call: Call) -> ReroutePage:
    wanted: ReroutesQuery = call.query
    one, _ = room.look(call)
    concerned = [
        (road, found) for road, found in one.reroutes.items()
        if wanted.because is None or wanted.because in found.because
    ]  # fmt: skip
    ranked = sorted(concerned, key=lambda pair: (-_gain_s(pair[1].alternatives), pair[0]))
    rows = [
        Rerouted(number=one.numbers[road], reroute=reroute_view(found, one.network.nodes))
        for road, found in islice(ranked, wanted.limit)
    ]
    return ReroutePage(len(concerned), rows)


def _gain_s(alternatives: Sequence[Any]) -> int:
    """What is closed for nobody knows how long comes first."""
    if not alternatives:
        return -1
    gain_s = alternatives[0].gain_s
    return 1 << 60 if gain_s is None else int(gain_s)
