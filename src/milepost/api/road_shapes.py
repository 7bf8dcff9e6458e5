"""What the endpoints of the network answer, and how it is made from what the engine knows."""

from __future__ import annotations

from msgspec import Struct

from milepost.domain.moment import to_text
from milepost.domain.status import BY_CODE
from milepost.engine.roads import Ahead, told_at
from milepost.eta.roads.model import Node
from milepost.eta.roads.present import State
from milepost.eta.roads.reroute import Reroute


class NodeView(Struct, frozen=True, kw_only=True):
    """A facility of a carrier. Coordinates: WGS 84 degrees."""

    id: str
    carrier: str
    name: str
    city: str | None
    country: str | None
    latitude: float | None
    longitude: float | None


class NowView(Struct, frozen=True, kw_only=True):
    """A facility or an edge now. `here`: how many are there; `gone_on`: have, in the window;
    `expected`: should have. `times_pm`: it lasts so many thousandths of the usual.
    """

    what: tuple[str, ...]
    here: int
    gone_on: int
    expected: int
    times_pm: int
    slow: bool
    usual_p50_s: int
    since: str


class StopView(Struct, frozen=True, kw_only=True):
    """A stop ahead; `node` is None at the end of the road, with the buyer. One in ten such roads
    is there by `p10`. `odds`: the share of such roads that come by here. Times in its own zone.
    """

    node: NodeView | None
    odds: float
    p10: str
    p50: str
    p90: str


class CandidateView(Struct, frozen=True, kw_only=True):
    """A scan that may come next; `node` is None with the buyer."""

    node: NodeView | None
    sub: str
    odds: float


class NextScanView(Struct, frozen=True, kw_only=True):
    """`evidence`: how many such scans there stand behind it, as they weigh now."""

    candidates: list[CandidateView]
    p10: str
    p50: str
    p90: str
    evidence: int


class AlternativeView(Struct, frozen=True, kw_only=True):
    """`gain_s` is None where nobody knows when the usual way opens again."""

    way: list[NodeView]
    expected_s: int
    gain_s: int | None


class RerouteView(Struct, frozen=True, kw_only=True):
    """`because`: `slow:` or `closed:` and a facility's id, or both ends of an edge with `>`.
    `usual_s`: how long the usual way takes now; None if it is closed for nobody knows how long.
    """

    usual: list[NodeView]
    usual_s: int | None
    because: list[str]
    alternatives: list[AlternativeView]


class AheadView(Struct, frozen=True, kw_only=True):
    """The road ahead of one box: empty where nothing is known. `evidence`: how many roads with its
    end have gone on from here, as they weigh now.
    """

    parcel: int
    here: NodeView | None
    stops: list[StopView]
    next_scan: NextScanView | None
    evidence: int
    reroute: RerouteView | None


def now_view(state: State | None) -> NowView | None:
    if state is None:
        return None
    return NowView(
        what=state.what, here=state.here, gone_on=state.gone_on, expected=state.expected,
        times_pm=state.times_pm, slow=state.slow, usual_p50_s=state.usual_p50_s,
        since=to_text(state.since_s * 1_000_000, 0),
    )  # fmt: skip


def node_view(node: Node) -> NodeView:
    lat, lng = node.position or (None, None)
    return NodeView(id=node.key, carrier=node.carrier, name=node.name, city=node.city,
                    country=node.country, latitude=lat, longitude=lng)  # fmt: skip


def ahead_view(one: Ahead, nodes: dict[str, Node]) -> AheadView:
    """As it is told. `nodes`: all that ways may name."""
    ahead = one.ahead
    stops, last = [], ahead.here
    for stop in ahead.stops:
        last = stop.node or last
        stops.append(
            StopView(
                node=node_view(stop.node) if stop.node else None,
                odds=stop.odds_pm / 1000,
                p10=told_at(stop.p10_s, last), p50=told_at(stop.p50_s, last),
                p90=told_at(stop.p90_s, last),
            )
        )  # fmt: skip
    return AheadView(
        parcel=one.parcel,
        here=node_view(ahead.here) if ahead.here else None,
        stops=stops,
        next_scan=_next_view(one),
        evidence=ahead.evidence,
        reroute=reroute_view(one.reroute, nodes) if one.reroute else None,
    )


def _next_view(one: Ahead) -> NextScanView | None:
    following = one.next_scan
    if following is None:
        return None
    zone = one.ahead.here
    return NextScanView(
        candidates=[
            CandidateView(
                node=node_view(each.node) if each.node else None,
                sub=BY_CODE[each.code].sub, odds=each.odds_pm / 1000,
            )
            for each in following.candidates
        ],
        p10=told_at(following.p10_s, zone), p50=told_at(following.p50_s, zone),
        p90=told_at(following.p90_s, zone), evidence=following.evidence,
    )  # fmt: skip


def reroute_view(found: Reroute, nodes: dict[str, Node]) -> RerouteView:
    return RerouteView(
        usual=_way(found.usual, nodes), usual_s=found.usual_s, because=list(found.because),
        alternatives=[
            AlternativeView(way=_way(each.way, nodes), expected_s=each.expected_s,
                            gain_s=each.gain_s)
            for each in found.alternatives
        ],
    )  # fmt: skip


def _way(keys: tuple[str, ...], nodes: dict[str, Node]) -> list[NodeView]:
    return [node_view(nodes[key]) for key in keys if key in nodes]
