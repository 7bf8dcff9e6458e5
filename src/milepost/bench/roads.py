"""`milepost bench roads`: what the network of roads costs, and how often it is right."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import click
import msgspec
from msgspec import Struct

from milepost.bench import hub_network
from milepost.bench.output import middle, show, steps
from milepost.bench.sample_roads import START, SampleRoad, sample_roads
from milepost.domain.notice import Area, Notice
from milepost.engine.notices import NoticeRow
from milepost.engine.passages import passage_of
from milepost.engine.roads import Learned, Roads
from milepost.eta.roads.ahead import road_ahead
from milepost.eta.roads.model import DOOR, Passage
from milepost.eta.roads.network import Network
from milepost.eta.roads.nextscan import next_scan
from milepost.eta.roads.reroute import place_of
from milepost.eta.roads.times import Moment

_TENANT = 1


class NextFigures(Struct, frozen=True, kw_only=True):
    """Shares of scans of the demo's synthetic network that were foretold: the place, place and
    status, one of the first three; and that came within P10 to P90 (meant: 0.8).
    """

    asked: int
    place: float
    scan: float
    among_three: float
    window_kept: float
    door_window_kept: float
    door_error_h: float


class RoadsFigures(Struct, frozen=True, kw_only=True):
    """Microseconds and milliseconds of one core. `unannounced`: the same roads without the
    carrier's word on the next stop. All roads are synthetic.
    """

    learned: int
    nodes: int
    learn_us: float
    relearn_us: float
    ahead_us: float
    next_us: float
    open: int
    rerouted: int
    reroute_ms: float
    reroute_one_us: float
    next: NextFigures
    unannounced: NextFigures


@click.command("roads")
@click.option("--open", "open_count", default=10_000, show_default=True, help="Open shipments.")
@click.option("--learned", default=20_000, show_default=True, help="Delivered roads before.")
@click.option("--samples", default=2_000, show_default=True, help="Roads of the demo's network.")
@click.option("--rounds", default=3, show_default=True, help="Rounds of rerouting.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def roads_command(open_count: int, learned: int, samples: int, rounds: int, as_json: bool) -> None:
    """Learn a network, close a hub, and look for better ways for all that is on the road."""
    show("Roads", run(open_count, learned, samples, rounds), as_json=as_json)


def run(open_count: int, learned: int, samples: int, rounds: int) -> RoadsFigures:
    with steps(rounds + 3) as progress:
        progress.say("learning")
        roads, history = Roads(), hub_network.history(learned)
        one = roads.of(_TENANT)
        learn_us = _timed(lambda: _put(one.network, history)) / len(history)
        again = history[:1000]
        relearn_us = _timed(lambda: _again(one.network, again)) / len(again)
        moving = hub_network.on_the_road(open_count)
        _open(one, moving)
        progress.done("rerouting")
        rerouted_ms = []
        for _ in range(rounds):
            one.rerouting = None
            rerouted_ms.append(_timed(lambda: _close(roads)) / 1000)
            progress.done()
        asked = moving[:500]
        moment = Moment(one.network, hub_network.BEGIN_S)
        ahead_us = _timed(lambda: [road_ahead(moment, each) for each in asked]) / len(asked)
        next_us = _timed(lambda: [next_scan(moment, each) for each in asked]) / len(asked)
        one_us = _timed(lambda: _one_by_one(one, asked)) / len(asked)
        progress.done("the demo's network")
        network, tests = _samples(samples)
        told = _foretold(network, tests, announced=True)
        progress.done("the same without announcements")
        untold = _foretold(network, tests, announced=False)
    return RoadsFigures(
        learned=len(history), nodes=len(one.network.nodes), learn_us=round(learn_us, 1),
        relearn_us=round(relearn_us, 1), ahead_us=round(ahead_us, 1), next_us=round(next_us, 1),
        open=len(one.places), rerouted=len(one.reroutes), reroute_ms=middle(rerouted_ms),
        reroute_one_us=round(one_us, 1), next=told, unannounced=untold,
    )  # fmt: skip


def _put(network: Network, passages: Sequence[Passage]) -> None:
    for each in passages:
        network.put(each)


def _again(network: Network, passages: Sequence[Passage]) -> None:
    for each in passages:
        network.take(each)
        network.put(each)


def _open(one: Learned, passages: Sequence[Passage]) -> None:
    for road, each in enumerate(passages):
        one.network.put(each)
        one.traffic.put(road, each, hub_network.BEGIN_S, None)
        place = place_of(each)
        assert place is not None
        one.places[road], one.numbers[road] = place, str(road)


def _close(roads: Roads) -> None:
    """A notice closes a hub; everybody's ways are looked at anew."""
    hub = hub_network.hub(0)
    assert hub.position is not None
    lat, lng = hub.position
    begun = datetime.fromtimestamp(hub_network.BEGIN_S, UTC)
    area = Area(latitude=lat, longitude=lng, radius_km=5)
    notice = Notice(kind="closure", title="Closed", from_at=begun, areas=[area],
                    until_at=begun + timedelta(days=2))  # fmt: skip
    roads.judge(_TENANT, [NoticeRow(1, _TENANT, notice)], hub_network.BEGIN_S + 60)


def _one_by_one(one: Learned, passages: Sequence[Passage]) -> None:
    assert one.rerouting is not None
    for each in passages:
        place = place_of(each)
        assert place is not None
        one.rerouting.of(place)


def _samples(count: int) -> tuple[Network, list[SampleRoad]]:
    """A network that has learned, and roads that began after all of that had ended."""
    network = Network()
    for road in sample_roads(1, START, count):
        passage = passage_of(road.whole())
        if passage is not None:
            network.put(passage)
    return network, list(sample_roads(2, START + timedelta(days=40), max(20, count // 10)))


def _foretold(network: Network, tests: Sequence[SampleRoad], *, announced: bool) -> NextFigures:
    tally = _Tally()
    for road in tests:
        known = [passage_of(road.whole(count)) for count in range(1, len(road.events) + 1)]
        for now, then in pairwise(known):
            if now is not None and then is not None and now.open:
                given = now if announced else msgspec.structs.replace(now, announced=None)
                tally.ask(network, given, then, known[-1])
    return tally.figures()


class _Tally:
    def __init__(self) -> None:
        self.asked = self.place = self.scan = self.three = self.window = 0
        self.doors = self.door_window = 0
        self.door_error_s = 0

    def ask(self, network: Network, now: Passage, then: Passage, end: Passage | None) -> None:
        """`then`: the same road one scan later; `end`: when all is known."""
        came = _came(now, then)
        if came is None:
            return
        moment = Moment(network, now.scans[-1].at_s)
        self.asked += 1
        following = next_scan(moment, now)
        if following is not None:
            named = [(each.node.key if each.node else DOOR, each.code)
                     for each in following.candidates]  # fmt: skip
            self.place += named[0][0] == came[0]
            self.scan += named[0] == came[:2]
            self.three += came[:2] in named[:3]
            self.window += following.p10_s <= came[2] <= following.p90_s
        stops = road_ahead(moment, now).stops
        if end is not None and end.done_s is not None and stops and stops[-1].node is None:
            self.doors += 1
            self.door_window += stops[-1].p10_s <= end.done_s <= stops[-1].p90_s
            self.door_error_s += abs(stops[-1].p50_s - end.done_s)

    def figures(self) -> NextFigures:
        asked, doors = max(1, self.asked), max(1, self.doors)
        shares = [round(one / asked, 3) for one in (self.place, self.scan, self.three, self.window)]
        return NextFigures(
            asked=self.asked, place=shares[0], scan=shares[1], among_three=shares[2],
            window_kept=shares[3], door_window_kept=round(self.door_window / doors, 3),
            door_error_h=round(self.door_error_s / doors / 3600, 2),
        )  # fmt: skip


def _came(now: Passage, then: Passage) -> tuple[str, int, int] | None:
    if then.done_s is not None:
        return DOOR, then.done_code, then.done_s
    if len(then.scans) <= len(now.scans):
        return None
    last = then.scans[-1]
    return last.node, last.code, last.at_s


def _timed(work: Callable[[], object]) -> float:
    """Microseconds of this process: what others do on the machine does not count."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1e6
