"""The network is a function of the set of roads that were put in. All roads are synthetic."""

from __future__ import annotations

import random

import msgspec
from network_stories import HOUR, NOW_S, history, road

from milepost.eta.roads.model import Passage, Stay, hour_of_week
from milepost.eta.roads.network import Network
from milepost.eta.roads.sketch import (
    BINS,
    EDGES,
    POINTS,
    PRIOR,
    bin_of,
    blend,
    hazard,
    mean_s,
    passed,
    points,
    quantile,
    together,
    weight_at,
)
from milepost.eta.roads.times import Moment


def state(network: Network) -> tuple[object, ...]:
    return network.counts, network.nodes, network._used, network._cells, network.roads


def test_order_does_not_matter_and_what_is_taken_out_leaves_no_trace() -> None:
    roads = [*history(30), *history(10, "ACD"), road("AB", done=False), road("ABAD"), road("A")]
    straight, mixed = Network(), Network()
    for one in roads:
        straight.put(one)
    others = history(12, "ABCD", goal="F")
    chance = random.Random(3)
    for one in chance.sample(roads + others, len(roads) + len(others)):
        mixed.put(one)
    for one in others:
        mixed.take(one)
    assert state(straight) == state(mixed)
    for one in roads:
        mixed.take(one)
    assert not mixed.counts
    assert not mixed.nodes
    assert mixed._cells == 0


def test_counts_are_integers() -> None:
    network = Network()
    for one in history(5):
        network.put(one)
    assert all(type(n) is int for counts in network.counts.values() for n in counts.values())


def test_the_past_fades_without_being_touched() -> None:
    network = Network()
    for one in history(40):
        network.put(one)
    known = dict(network.counts)
    now = Moment(network, NOW_S).evidence("transit/edge", "A", "B")
    later = Moment(network, NOW_S + 45 * 86_400).evidence("transit/edge", "A", "B")
    assert 20 < now < 40
    assert abs(later - now / 2) < 0.2
    assert network.counts == known


def test_times_are_those_of_the_edge_and_fall_back_to_its_class() -> None:
    network = Network()
    for one in history(80):
        network.put(one)
    moment = Moment(network, NOW_S)
    usual = quantile(points(moment.transit("A", "B")), 500)
    assert abs(usual - 8 * HOUR) < 2 * HOUR
    unseen = points(moment.transit("B", "E"))
    assert abs(quantile(unseen, 500) - 8 * HOUR) < 3 * HOUR
    nothing = points(Moment(Network(), NOW_S).transit("A", "B"))
    assert quantile(nothing, 900) > 20 * quantile(nothing, 100)


def test_the_hour_of_the_week_counts() -> None:
    network = Network()
    monday = 1_790_553_600 + 3 * 86_400 - 60 * 60  # an evening, made so below
    slow_h, quick_h = hour_of_week(monday, 60), hour_of_week(monday + 12 * HOUR, 60)
    assert slow_h != quick_h
    for week in range(1, 30):
        begun_s = monday - week * 7 * 86_400
        network.put(road("AB", begun_s, dwell_h=20))
        network.put(road("AB", begun_s + 12 * HOUR, dwell_h=2))
    moment = Moment(network, monday)
    slow = quantile(points(moment.dwell("A", monday, 60)), 500)
    quick = quantile(points(moment.dwell("A", monday + 12 * HOUR, 60)), 500)
    assert slow > 10 * HOUR
    assert quick < 5 * HOUR


def test_memory_is_bounded_and_forgotten_roads_can_still_be_taken_out() -> None:
    network = Network(most_nodes=40, most_keys=500, most_cells=4_000)
    roads = []
    for at in range(300):
        way = [f"n{at}", f"m{at % 50}", "hub"]
        nodes = {name: road("A").nodes["A"] for name in way}
        stays = tuple(
            Stay(name, NOW_S + i * 9_000, NOW_S + i * 9_000 + 3_600, 0, left=True)
            for i, name in enumerate(way)
        )
        roads.append(Passage(nodes=nodes, stays=stays, done_s=NOW_S + 90_000))
        network.put(roads[-1])
        assert len(network.nodes) <= 40
        assert len(network.counts) <= 500
    assert "hub" in network.nodes  # the most used stays
    for one in roads:
        network.take(one)
    assert all(n > 0 for counts in network.counts.values() for n in counts.values())


def test_bad_roads_teach_nothing_wrong() -> None:
    network = Network()
    backwards = road("AB")
    stays = (Stay("A", NOW_S, NOW_S + HOUR, 0, left=True), Stay("B", NOW_S - HOUR, NOW_S, 0))
    network.put(msgspec.structs.replace(backwards, stays=stays, done_s=NOW_S - 9 * HOUR))
    network.put(Passage(nodes={}))
    network.put(road("ABABAB"))
    assert not [cell for cell in network.of(("transit/edge", "A", "B")) if not int(cell) >= 0]
    moment = Moment(network, NOW_S)
    assert points(moment.transit("A", "B")) == sorted(points(moment.transit("A", "B")))


def test_sketches() -> None:
    assert bin_of(-5) == 0
    assert bin_of(10**9) == BINS - 1
    assert all(bin_of(EDGES[at]) == at for at in range(BINS))
    assert list(EDGES) == sorted(set(EDGES))
    assert abs(sum(PRIOR) - 1) < 1e-9
    assert blend({}, (0,), PRIOR, 1, 5) is PRIOR
    left = points(PRIOR, beyond=50 * HOUR)
    assert len(left) == POINTS
    assert left[0] < quantile(points(PRIOR), 900)
    assert points(PRIOR, beyond=400 * 86_400)[-1] > 300 * 86_400  # nobody knows: as long again
    both = together(points(PRIOR), points(PRIOR))
    assert both == sorted(both)
    assert mean_s(PRIOR) > quantile(points(PRIOR), 500)
    assert passed(PRIOR, 0) == 0
    assert hazard(PRIOR, 10) < hazard(PRIOR, 10_000)
    assert weight_at(NOW_S + 45 * 86_400, NOW_S, 45 * 86_400) == 2 * weight_at(
        NOW_S, NOW_S, 45 * 86_400
    )
    assert weight_at(0, NOW_S, 86_400) == 0
