"""How things are now, and better ways. All roads are synthetic."""

from __future__ import annotations

import random
from itertools import pairwise, permutations

from network_stories import HOUR, NOW_S, history, road

from milepost.eta.roads.network import Network
from milepost.eta.roads.present import Closure, Present, slow_now, state_of
from milepost.eta.roads.reroute import Rerouting, place_of
from milepost.eta.roads.times import Moment
from milepost.eta.roads.traffic import Traffic
from milepost.eta.roads.ways import Costs


def a_network() -> Network:
    network = Network()
    for at in range(100):
        network.put(
            road("ABD", NOW_S - (480 - at) * HOUR, dwell_h=2 + at % 5, transit_h=7 + at % 3)
        )
    for one in history(30, "ACD", dwell_h=7):
        network.put(one)
    return network


def test_parcels_that_stay_make_a_hub_slow_before_any_has_left() -> None:
    moment, traffic = Moment(a_network(), NOW_S), Traffic()
    for number in range(12):
        # They came to B 20 hours ago and more; four hours are usual.
        one = road("AB", NOW_S - (32 + number % 3) * HOUR, done=False)
        traffic.put(number, one, NOW_S, None)
    found = slow_now(moment, traffic)
    state = found["dwell", "B"]
    assert state.slow
    assert (state.here, state.gone_on) == (12, 0)
    assert state.times_pm > 3000
    assert ("dwell", "A") not in found


def test_as_many_as_usual_is_not_slow_and_lost_parcels_are_not_a_slow_hub() -> None:
    moment, traffic = Moment(a_network(), NOW_S), Traffic()
    for number in range(20):
        traffic.put(number, road("AB", NOW_S - (13 + number % 3) * HOUR, done=False), NOW_S, None)
    for number in range(100, 140):
        # Delivered in the last hours, by B in the usual time.
        begun_s = NOW_S - (42 + number % 9) * HOUR
        traffic.put(number, road("ABD", begun_s, dwell_h=2 + number % 5), NOW_S, None)
    assert not slow_now(moment, traffic)
    lost = Traffic()
    for number in range(30):
        lost.put(number, road("AB", NOW_S - 10 * 86_400, done=False), NOW_S, None)
    assert not slow_now(moment, lost)


def test_a_slow_edge_is_told_apart_from_its_hubs() -> None:
    moment, traffic = Moment(a_network(), NOW_S), Traffic()
    for number in range(15):
        gone = road("A", NOW_S - 45 * HOUR, done=False, left=True)
        traffic.put(number, gone, NOW_S, "B")
    found = slow_now(moment, traffic)
    assert list(found) == [("transit", "A", "B")]


def test_nothing_there_says_nothing() -> None:
    moment = Moment(a_network(), NOW_S)
    assert state_of(moment, ("dwell", "B"), []) is None
    assert slow_now(moment, Traffic()) == {}


def test_traffic_forgets() -> None:
    traffic = Traffic()
    traffic.put(1, road("ABD", NOW_S), NOW_S, None)
    traffic.put(2, road("AB", NOW_S, done=False), NOW_S, None)
    traffic.put(1, road("AB", NOW_S, done=False), NOW_S, None)
    assert len(traffic.spans["held", "B"]) == 2
    traffic.forget_before(NOW_S + 60 * 86_400)
    assert not traffic.spans
    traffic.take(1)
    traffic.take(7)


def test_a_closed_hub_gives_the_other_way_with_its_gain() -> None:
    moment = Moment(a_network(), NOW_S)
    closed = Closure(node="B", notice=1, title="Flood", until_s=NOW_S + 100 * HOUR)
    place = place_of(road("A", NOW_S - HOUR, done=False))
    assert place is not None
    found = Rerouting(moment, Present(closed={"B": closed})).of(place)
    assert found is not None
    assert found.usual == ("A", "B", "D")
    assert found.because == ("closed:B",)
    (best,) = found.alternatives
    assert best.way == ("A", "C", "D")
    assert found.usual_s is not None
    assert best.gain_s == found.usual_s - best.expected_s
    assert best.gain_s > 50 * HOUR

    for_ever = Closure(node="B", notice=1, title="Flood", until_s=None)
    found = Rerouting(moment, Present(closed={"B": for_ever})).of(place)
    assert found is not None
    assert (found.usual_s, found.alternatives[0].gain_s) == (None, None)


def test_a_slow_hub_gives_another_way_only_if_it_gains() -> None:
    network = a_network()
    moment, traffic = Moment(network, NOW_S), Traffic()
    for number in range(12):
        traffic.put(number, road("AB", NOW_S - 40 * HOUR, done=False), NOW_S, None)
    slow = Present(slow=slow_now(moment, traffic))
    place = place_of(road("A", NOW_S - HOUR, done=False))
    assert place is not None
    found = Rerouting(moment, slow).of(place)
    assert found is not None
    assert found.alternatives[0].way == ("A", "C", "D")
    assert Rerouting(moment, Present()).of(place) is None
    at_c = place_of(road("AC", NOW_S - 20 * HOUR, done=False))
    assert at_c is not None
    assert Rerouting(moment, slow).of(at_c) is None


def test_who_has_left_for_a_closed_hub_cannot_be_turned() -> None:
    gone = road("A", NOW_S - 6 * HOUR, done=False, left=True)
    place = place_of(gone)
    assert place is not None
    assert place_of(road("ABD")) is None


def test_the_best_ways_are_the_best_of_all_ways() -> None:
    chance = random.Random(11)
    for _ in range(20):
        costs = Costs(Moment(Network(), NOW_S), Present())
        names = "ABCDEF"
        for one in names:
            for other in names:
                if one != other and chance.random() < 0.6:
                    cost = chance.randrange(1, 50)
                    costs.onto.setdefault(one, {})[other] = cost
                    costs.back.setdefault(other, {})[one] = cost
        brute = []
        for size in range(len(names) - 1):
            for middle in permutations("BCDE", size):
                way = ("A", *middle, "F")
                steps = [costs.onto.get(a, {}).get(b) for a, b in pairwise(way)]
                if None not in steps:
                    brute.append(sum(step for step in steps if step is not None))
        found = costs.ways("A", "F", 5)
        assert [one.expected_s for one in found] == sorted(brute)[:5]
        bound = min(brute) + 10 if brute else 0
        within = costs.ways("A", "F", 50, bound)
        assert [one.expected_s for one in within] == sorted(x for x in brute if x <= bound)


def test_a_way_that_is_only_a_guess_does_not_concern_a_parcel() -> None:
    """Of six ways that are all alike none is the usual one, so a hub on one of them may close."""
    network = Network()
    for hub in "GHIJKL":
        for one in history(10, f"A{hub}D"):
            network.put(one)
    moment = Moment(network, NOW_S)
    place = place_of(road("A", NOW_S - HOUR, done=False))
    assert place is not None
    for hub in "GHIJKL":
        closed = Closure(node=hub, notice=1, title="Flood", until_s=None)
        assert Rerouting(moment, Present(closed={hub: closed})).of(place) is None
