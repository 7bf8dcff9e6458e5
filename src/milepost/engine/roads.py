"""The network of every tenant, kept by its roads: what they teach, where they are, what is better.

A road that has changed is taken out of its network and put in as it is now, so late, corrected and
retracted scans leave no trace of what was believed before.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, field

from milepost.domain.alert import Finding
from milepost.domain.notice import Spot, touches
from milepost.domain.place import Place
from milepost.domain.track import Coming, Track
from milepost.domain.whole import Whole
from milepost.engine.notices import NoticeRow
from milepost.engine.passages import passage_of, passages_of
from milepost.eta.roads.ahead import NOTHING, RoadAhead, road_ahead
from milepost.eta.roads.astray import detour, missort, usual
from milepost.eta.roads.flows import onward
from milepost.eta.roads.model import Node, Passage
from milepost.eta.roads.network import Network
from milepost.eta.roads.nextscan import NextScan, next_scan
from milepost.eta.roads.present import Closure, Present, slowing
from milepost.eta.roads.reroute import Reroute, Rerouting, Standpoint, place_of
from milepost.eta.roads.times import Moment
from milepost.eta.roads.traffic import Traffic

RULES = ("missort", "detour_network")
MOST_KEPT = 50_000
_PROBABLE = 0.8
_AGAIN_S = 600
_SWEEP_S = 3600
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Passage).decode


class Ahead(Struct, frozen=True, kw_only=True):
    """The road ahead of one box. `reroute`: a better way, where its usual one is in trouble."""

    parcel: int
    ahead: RoadAhead
    next_scan: NextScan | None
    reroute: Reroute | None


class Learned(Struct):
    """One tenant's network and who is on it. `kept`: what each road put in, packed, the oldest
    first.
    """

    network: Network = field(default_factory=Network)
    traffic: Traffic = field(default_factory=Traffic)
    kept: OrderedDict[int, bytes] = field(default_factory=OrderedDict)
    numbers: dict[int, str] = {}
    places: dict[int, Standpoint] = {}
    present: Present = field(default_factory=Present)
    rerouting: Rerouting | None = None
    reroutes: dict[int, Reroute] = {}
    judged_s: int = 0
    swept_s: int = 0
    forgotten_s: int = 0  # roads that ended before were learned and forgotten; see `_bound`


class Roads:
    """No I/O, no clock."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._learned: dict[int, Learned] = {}
        self._most_kept = most_kept

    def of(self, tenant: int) -> Learned:
        """A tenant's own network; an empty one at first."""
        return self._learned.setdefault(tenant, Learned())

    @property
    def tenants(self) -> Sequence[int]:
        return list(self._learned)

    def learn(
        self, tenant: int, road: int, number: str, whole: Whole, now_s: int
    ) -> dict[str, Finding]:
        """A road as it is now. What is found of it, judged without its own doing."""
        one = self.of(tenant)
        before = one.kept.pop(road, None)
        if before is not None:
            one.network.take(_unpack(before))
        passage = passage_of(whole)
        if passage is None or (before is None and _ended_s(passage) < one.forgotten_s):
            self._leave(one, road)
            return {}
        moment = Moment(one.network, now_s)
        found = _findings(moment, passage)
        one.network.put(passage)
        one.kept[road] = _pack(passage)
        one.traffic.put(road, passage, now_s, _following(moment, passage))
        self._place(one, road, number, passage)
        self._bound(one)
        return found

    def _place(self, one: Learned, road: int, number: str, passage: Passage) -> None:
        place = place_of(passage)
        if place is None:
            one.places.pop(road, None)
            one.numbers.pop(road, None)
            one.reroutes.pop(road, None)
            return
        one.places[road], one.numbers[road] = place, number
        better = one.rerouting.of(place) if one.rerouting is not None else None
        if better is not None:
            one.reroutes[road] = better
        else:
            one.reroutes.pop(road, None)

    def _leave(self, one: Learned, road: int) -> None:
        one.traffic.take(road)
        for known in (one.places, one.numbers, one.reroutes):
            known.pop(road, None)

    def _bound(self, one: Learned) -> None:
        """The oldest roads can no longer be taken out; one that has not ended is taken out now."""
        while len(one.kept) > self._most_kept:
            road, packed = one.kept.popitem(last=False)
            passage = _unpack(packed)
            if passage.open:
                one.network.take(passage)
                self._leave(one, road)
            else:
                one.forgotten_s = max(one.forgotten_s, _ended_s(passage))

    def usual_way(self, tenant: int, road: int, whole: Whole, now_s: int) -> bool:
        """Whether such roads come by all its places, without its own doing."""
        one = self.of(tenant)
        passage, mine = passage_of(whole), one.kept.get(road)
        if passage is None:
            return False
        if mine is not None:
            one.network.take(_unpack(mine))
        found = usual(Moment(one.network, now_s), passage)
        if mine is not None:
            one.network.put(_unpack(mine))
        return found

    def judge(self, tenant: int, notices: Iterable[NoticeRow], now_s: int) -> bool:
        """Look at how things are now; whether alternatives had to be made anew."""
        known = self.of(tenant).rerouting
        deque(self.judging(tenant, notices, now_s), maxlen=0)
        return self.of(tenant).rerouting is not known

    def judging(self, tenant: int, notices: Iterable[NoticeRow], now_s: int) -> Iterator[None]:
        """`judge` in small steps: there may be thousands of facilities and edges."""
        one = self.of(tenant)
        if now_s - one.swept_s >= _SWEEP_S:
            one.traffic.forget_before(now_s)
            one.swept_s = now_s
        moment = Moment(one.network, now_s)
        slow = {}
        for state in slowing(moment, one.traffic):
            if state is not None:
                slow[state.what] = state
            yield
        closed = closures(one.network.nodes.values(), notices, now_s)
        present = Present(slow=slow, closed=closed)
        stale = now_s - one.judged_s >= _AGAIN_S and bool(present.slow or present.closed)
        if one.rerouting is not None and present.same_as(one.present) and not stale:
            return
        one.present, one.judged_s = present, now_s
        one.rerouting = Rerouting(moment, present)
        one.reroutes = one.rerouting.all(one.places)

    def ahead(self, tenant: int, track: Track, now_s: int) -> list[Ahead]:
        """The road ahead of each box of a shipment; nothing in it where nothing is known."""
        one = self.of(tenant)
        moment = Moment(one.network, now_s)
        return [_ahead(one, moment, *pair) for pair in passages_of(track)]


def _ahead(one: Learned, moment: Moment, parcel: int, passage: Passage | None) -> Ahead:
    if passage is None or not passage.open:
        return Ahead(parcel=parcel, ahead=NOTHING, next_scan=None, reroute=None)
    place = place_of(passage)
    return Ahead(
        parcel=parcel,
        ahead=road_ahead(moment, passage),
        next_scan=next_scan(moment, passage),
        reroute=one.rerouting.of(place) if one.rerouting is not None and place else None,
    )


def coming(one: Ahead) -> list[Coming]:
    """The stops ahead as places; the door itself is none."""
    return [
        Coming(
            place=place_of_node(stop.node), odds=stop.odds_pm / 1000,
            p10=told_at(stop.p10_s, stop.node), p50=told_at(stop.p50_s, stop.node),
            p90=told_at(stop.p90_s, stop.node),
        )
        for stop in one.ahead.stops
        if stop.node is not None
    ]  # fmt: skip


def place_of_node(node: Node) -> Place:
    """A facility as a place."""
    lat, lng = node.position or (None, None)
    return Place(name=node.name, city=node.city, country=node.country, latitude=lat, longitude=lng)


def told_at(at_s: int, node: Node | None) -> str:
    """An instant by the clocks of a facility, in UTC where they are not known."""
    zone = _zone(node.zone) if node is not None and node.zone else UTC
    return datetime.fromtimestamp(at_s, zone).isoformat()


_zone = cache(ZoneInfo)


def _findings(moment: Moment, passage: Passage) -> dict[str, Finding]:
    nodes = moment.network.nodes | passage.nodes
    found: dict[str, Finding] = {}
    wrong = missort(moment, passage)
    if wrong is not None:
        found["missort"] = Finding(
            "missort", "warning", wrong.since_s,
            {"facility": _name(nodes, wrong.node), "roads": wrong.roads,
             "came_here": wrong.came_here},
        )  # fmt: skip
    round_about = detour(moment, passage) if wrong is None else None
    if round_about is not None:
        found["detour_network"] = Finding(
            "detour_network", "warning", round_about.since_s,
            {"facility": _name(nodes, round_about.to), "from": _name(nodes, round_about.node),
             "usual": _name(nodes, round_about.usual), "roads": round_about.roads,
             "went_so": round_about.went_so, "longer_s": round_about.longer_s},
        )  # fmt: skip
    return found


def _name(nodes: dict[str, Node], key: str) -> str:
    return nodes[key].name if key in nodes else key


def _ended_s(passage: Passage) -> int:
    """When a road ended; far ahead while it has not."""
    if passage.open:
        return 1 << 60
    return passage.done_s or passage.stays[-1].departed_s


def _following(moment: Moment, passage: Passage) -> str | None:
    """Where a parcel that has left probably is bound for next."""
    if not passage.open or not passage.stays[-1].left:
        return None
    if passage.announced is not None:
        return passage.announced
    odds = onward(moment, passage.stays[-1].node, passage.goals)
    best = max(odds, key=odds.__getitem__, default=None)
    return best if best is not None and odds[best] >= _PROBABLE else None


def closures(nodes: Iterable[Node], notices: Iterable[NoticeRow], now_s: int) -> dict[str, Closure]:
    """The facilities that notices close now."""
    holding = [
        row for row in notices
        if row.notice.kind == "closure" and row.notice.from_s <= now_s
        and now_s <= (row.notice.until_s or now_s)
    ]  # fmt: skip
    found: dict[str, Closure] = {}
    for node in nodes if holding else ():
        spot = Spot(node.country, node.position, node.carrier, None, None)
        for row in holding:
            if touches(row.notice, spot):
                found[node.key] = Closure(node=node.key, notice=row.id, title=row.notice.title,
                                          until_s=row.notice.until_s)  # fmt: skip
    return found
