"""The road ahead, the next scan, missorts and detours. All roads are synthetic."""

from __future__ import annotations

import msgspec
from network_stories import ARRIVED, DELIVERED, HOUR, NOW_S, history, node, road

from milepost.eta.roads.ahead import NOTHING, RoadAhead, road_ahead
from milepost.eta.roads.astray import detour, missort
from milepost.eta.roads.model import Passage
from milepost.eta.roads.network import Network
from milepost.eta.roads.nextscan import next_scan
from milepost.eta.roads.times import Moment


def learned(*groups: list[Passage]) -> Moment:
    network = Network()
    for group in groups:
        for one in group:
            network.put(one)
    return Moment(network, NOW_S)


def names(ahead: RoadAhead) -> list[str | None]:
    return [stop.node.key if stop.node else None for stop in ahead.stops]


def test_the_likeliest_way_with_the_odds_of_each_stop() -> None:
    moment = learned(history(60, "ABD"), history(20, "ACD"))
    ahead = road_ahead(moment, road("A", NOW_S - HOUR, done=False))
    assert names(ahead) == ["B", "D", None]
    assert 650 < ahead.stops[0].odds_pm < 850
    assert ahead.stops[1].odds_pm > 950
    assert ahead.stops[2].odds_pm > 950
    assert ahead.evidence > 30
    for stop in ahead.stops:
        assert NOW_S <= stop.p10_s <= stop.p50_s <= stop.p90_s
    assert abs(ahead.stops[0].p50_s - NOW_S - 11 * HOUR) < 3 * HOUR
    assert abs(ahead.stops[2].p50_s - NOW_S - 35 * HOUR) < 8 * HOUR


def test_what_has_been_silent_for_long_is_late_but_never_in_the_past() -> None:
    moment = learned(history(60, "ABD"))
    ahead = road_ahead(moment, road("A", NOW_S - 40 * 86_400, done=False))
    assert all(stop.p10_s >= NOW_S for stop in ahead.stops)
    assert ahead.stops[0].p90_s - ahead.stops[0].p10_s > 5 * 86_400


def test_the_carriers_own_word_on_the_next_stop_counts() -> None:
    moment = learned(history(60, "ABD"), history(20, "ACD"))
    open_road = road("A", NOW_S - 5 * HOUR, done=False, left=True)
    told = msgspec.structs.replace(open_road, announced="C")
    assert names(road_ahead(moment, open_road)) == ["B", "D", None]
    assert names(road_ahead(moment, told))[0] == "C"
    unknown = msgspec.structs.replace(
        open_road, announced="Z", nodes=open_road.nodes | {"Z": node("Z")}
    )
    assert names(road_ahead(learned(), unknown)) == ["Z"]


def test_a_road_of_another_end_does_not_end_at_the_first_outlet() -> None:
    here = history(60, "AB", goal="B", origin="B")
    moment = learned(here, history(6, "BD", origin="C"))
    ahead = road_ahead(moment, road("B", NOW_S - HOUR, done=False, goal="D"))
    assert names(ahead) == ["D", None]


def test_the_next_scan() -> None:
    moment = learned(history(60, "ABD"), history(20, "ACD"))
    arrived = next_scan(moment, road("AB", NOW_S - 13 * HOUR, done=False))
    assert arrived is not None
    first = arrived.candidates[0]
    assert first.node is not None
    assert (first.node.key, first.code) == ("B", 10)
    assert first.odds_pm > 900
    gone = next_scan(moment, road("A", NOW_S - 5 * HOUR, done=False, left=True))
    assert gone is not None
    best = gone.candidates[0]
    assert best.node is not None
    assert (best.node.key, best.code) == ("B", ARRIVED)
    assert NOW_S <= gone.p10_s <= gone.p50_s <= gone.p90_s
    assert sum(one.odds_pm for one in gone.candidates) <= 1001
    out = road("ABD", NOW_S - 30 * HOUR, done=False, left=True)
    scans = (*out.scans[:-1], msgspec.structs.replace(out.scans[-1], code=25))
    last = next_scan(moment, msgspec.structs.replace(out, scans=scans))
    assert last is not None
    assert (last.candidates[0].node, last.candidates[0].code) == (None, DELIVERED)


def test_nothing_is_made_up() -> None:
    assert road_ahead(learned(), Passage(nodes={})) is NOTHING
    assert road_ahead(learned(history(9)), road("ABD")) is NOTHING  # it is over
    assert next_scan(learned(), road("A", NOW_S, done=False)) is None
    alone = road_ahead(learned(), road("A", NOW_S, done=False))
    assert alone.stops == ()
    assert alone.evidence == 0


def test_a_loop_in_the_past_does_not_loop_in_the_future() -> None:
    moment = learned(history(30, "ABABD"))
    ahead = road_ahead(moment, road("AB", NOW_S - 13 * HOUR, done=False))
    assert names(ahead) == ["D", None]


def test_a_missort_needs_evidence() -> None:
    elsewhere = history(60, "AE", goal="E")
    astray = road("AE", NOW_S - 14 * HOUR, done=False)
    found = missort(learned(history(90), elsewhere), astray)
    assert found is not None
    assert (found.node, found.came_here) == ("E", 0)
    assert 40 < found.roads <= 90
    assert missort(learned(history(20), elsewhere), astray) is None  # too few to know
    assert missort(learned(history(90)), astray) is None  # E itself is not known
    assert missort(learned(history(90), elsewhere, history(5, "AED")), astray) is None
    assert missort(learned(history(90), elsewhere), road("AEB", done=False)) is None  # it is back


def test_a_stop_on_the_way_is_no_missort() -> None:
    moment = learned(history(90), history(60, "AC", goal="C"))
    assert missort(moment, road("AC", NOW_S - 14 * HOUR, done=False)) is None


def test_the_surroundings_of_a_new_origin_are_no_missort() -> None:
    """Roads from F come by E, whatever they are bound for; none of them went to D so far."""
    from_f = history(60, "FEB", goal="B", origin="F")
    moment = learned(history(90), from_f)
    assert missort(moment, road("FE", NOW_S - 14 * HOUR, done=False, origin="F")) is None


def test_a_detour_is_a_move_that_such_roads_do_not_make() -> None:
    # E lies far away, but on the way of some roads to D from elsewhere.
    moment = learned(history(90), history(12, "FEFD", origin="F"))
    found = detour(moment, road("AE", NOW_S - 14 * HOUR, done=False))
    assert found is not None
    assert (found.node, found.to, found.usual, found.went_so) == ("A", "E", "B", 0)
    assert found.longer_s > 6 * HOUR
    assert detour(moment, road("AB", NOW_S - 14 * HOUR, done=False)) is None
    assert detour(learned(history(9)), road("AE", NOW_S - 14 * HOUR, done=False)) is None
