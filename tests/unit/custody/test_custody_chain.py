"""Custody and liability of made-up roads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.custody import (
    PROBLEMS,
    Anomaly,
    Carriage,
    aboard,
    archive_of,
    custody_of,
    liability_of,
)
from milepost.domain.place import Place
from milepost.domain.track import EventView

START = datetime(2026, 11, 10, 8, tzinfo=UTC)
SHANGHAI = Place(city="Shanghai", latitude=31.2, longitude=121.5)
LEIPZIG = Place(city="Leipzig", latitude=51.4, longitude=12.2)
BERLIN = Place(city="Berlin", latitude=52.5, longitude=13.4)


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def scan(hours: float, sub: str, carrier: str = "yto", **rest: Any) -> EventView:
    fields: dict[str, Any] = {
        "id": f"{int(hours * 60):08d}{sub}{carrier}",
        "occurred_at": (START + timedelta(hours=hours)).isoformat(),
        "time_quality": "exact", "main": sub.partition(".")[0], "sub": sub, "text": None,
        "place": None, "next_place": None, "carrier": carrier, "source": "api", "number": "N1",
        "code": None, "received_at": START.isoformat(), **rest,
    }  # fmt: skip
    return EventView(**fields)


ROAD = [
    scan(0, "picked_up", place=SHANGHAI, actor="Li", device="pda-1", evidence=["photograph:a"]),
    scan(5, "in_transit.arrived_hub", place=SHANGHAI),
    scan(9, "in_transit.departed_facility", place=SHANGHAI),
    scan(40, "in_transit.arrived_hub", "dhl", place=LEIPZIG),
    scan(44, "in_transit.departed_facility", "dhl", place=LEIPZIG),
    scan(50, "out_for_delivery", "dhl", place=BERLIN, actor="Max"),
    scan(52, "exception.damaged", "dhl", place=BERLIN, actor="Max"),
    scan(53, "delivered.recipient", "dhl", place=BERLIN),
]


def test_holdings_follow_each_other_without_holes() -> None:
    holdings = custody_of(archive_of(ROAD)).holdings
    assert [(one.where, one.carrier) for one in holdings][:3] == [
        ("facility", "yto"), ("road", "yto"), ("facility", "dhl")]  # fmt: skip
    for one, other in pairwise(holdings):
        assert one.until == other.since
    assert holdings[-1].where == "consignee"
    assert holdings[0].operators == ("Li",)


def test_a_hand_over_that_only_one_side_scanned_is_a_gap() -> None:
    road = [one for one in ROAD if one.sub != "in_transit.departed_facility"]
    (gap,) = [one for one in custody_of(archive_of(road)).flaws if one.kind == "gap"]
    assert gap.since == after(0)
    assert gap.until == after(40)
    assert not [one for one in custody_of(archive_of(ROAD)).flaws if one.kind == "gap"]


def test_a_parcel_is_not_in_two_places() -> None:
    road = [*ROAD[:2], scan(5.5, "in_transit.arrived_hub", "dhl", place=BERLIN)]
    flaws = [one for one in custody_of(archive_of(road)).flaws if one.kind == "contradiction"]
    assert len(flaws) == 1
    assert flaws[0].text.endswith("km in 30 minutes")


def test_a_scan_on_the_way_after_delivery_is_named() -> None:
    road = [*ROAD, scan(60, "in_transit.arrived_hub", "dhl", place=BERLIN)]
    assert "after_delivery" in {one.kind for one in custody_of(archive_of(road)).flaws}


def liable(problem: Any, road: list[EventView] = ROAD, **given: Any) -> Any:
    nodes = archive_of(road)
    return liability_of(problem, nodes, custody_of(nodes), **given)


def test_damage_lies_between_the_photograph_and_the_first_who_saw_it() -> None:
    found = liable("damage")
    assert (found.since, found.until) == (after(0), after(52))
    assert sum(one.probability_pm for one in found.shares) + found.unclear_pm == 1000
    assert "consignee" not in found.by_carrier


def test_a_shock_points_at_whoever_held_it_then() -> None:
    shock = Anomaly(kind="shock", since=after(42), until=after(42), source="sensor:1")
    found = liable("damage", anomalies=[shock])
    assert found.shares[0].holder == "dhl Leipzig"
    assert found.shares[0].probability_pm > 600
    assert "shock by sensor:1" in found.shares[0].because


def test_a_photograph_on_the_way_narrows_the_window() -> None:
    road = [*ROAD[:3], scan(40, "in_transit.arrived_hub", "dhl", place=LEIPZIG,
                            evidence=["photograph:b"]), *ROAD[4:]]  # fmt: skip
    found = liable("damage", road)
    assert found.since == after(40)
    assert set(found.by_carrier) == {"dhl"}


def test_warmth_is_blamed_on_who_held_it_while_it_was_measured() -> None:
    warm = Anomaly(kind="temperature_excursion", since=after(12), until=after(13), source="t")
    found = liable("temperature", anomalies=[warm])
    assert (found.since, found.until) == (after(12), after(13))
    assert found.by_carrier == {"yto": 1000}


def test_what_is_lost_was_lost_after_its_last_scan() -> None:
    found = liable("loss", ROAD[:3], now=after(300))
    assert found.window_from == ROAD[2].id
    assert set(found.by_carrier) == {"yto"}
    assert found.shares[0].where == "road"


def test_delay_is_what_was_taken_beyond_the_usual() -> None:
    found = liable("delay")
    assert found.shares[0].where == "road"  # 31 hours from Shanghai to Leipzig, 24 are usual
    assert found.shares[0].probability_pm == 1000


def test_without_any_scan_nobody_is_blamed() -> None:
    for problem in PROBLEMS:
        found = liable(problem, [], now=after(1))
        assert found.shares == ()
        assert found.unclear_pm == 1000


SUBS = [
    "picked_up", "in_transit.arrived_hub", "in_transit.departed_facility", "customs.processing",
    "out_for_delivery", "attempt_failed", "exception.damaged", "delivered", "unknown",
]  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(SUBS), st.sampled_from("ab")),
             max_size=12, unique_by=lambda one: one[:2]),
    st.sampled_from(PROBLEMS), st.randoms(),
)  # fmt: skip
def test_any_road_has_an_answer_that_does_not_depend_on_order(
    steps: list[tuple[int, str, str]], problem: Any, chance: Any
) -> None:
    road = [scan(hours, sub, carrier) for hours, sub, carrier in steps]
    found = liable(problem, road, now=after(300))
    assert sum(one.probability_pm for one in found.shares) + found.unclear_pm in (
        1000,
        found.unclear_pm,
    )
    assert all(0 <= one.probability_pm <= 1000 for one in found.shares)
    chance.shuffle(road)
    assert liable(problem, road, now=after(300)) == found


def test_what_was_scanned_into_a_truck_is_in_the_truck() -> None:
    loaded = {"action": "load", "asset": "truck:T9"}
    road = [
        scan(0, "picked_up", place=SHANGHAI, device="pda-1"),
        scan(2, "in_transit.moving", device="pda-1", measurements=loaded),
        scan(9, "in_transit.arrived_hub", place=LEIPZIG),
    ]
    first, second, third = custody_of(archive_of(road)).holdings
    assert (first.where, first.gave) == ("facility", road[1].id)
    assert (second.holder, second.where) == ("yto truck:T9", "road")
    assert (second.took, second.gave) == (road[1].id, road[2].id)
    assert third.took == road[2].id


def test_what_was_in_a_bag_in_a_truck_was_in_the_truck() -> None:
    road = [scan(0, "picked_up", place=SHANGHAI), scan(40, "customs.pending", "dhl")]
    truck = Carriage(asset="truck:T9", since=after(3), until=after(14),
                     through=("parcel:N1", "bag:B7"))  # fmt: skip
    bag = Carriage(asset="bag:B7", since=after(2), until=None)
    chain = custody_of(archive_of(road), partial(aboard, carriages=[bag, truck])).holdings
    assert [(one.holder, one.since, one.until) for one in chain] == [
        ("yto Shanghai", after(0), after(3)), ("yto truck:T9", after(3), after(14)),
        ("yto", after(14), after(40)), ("dhl", after(40), None)]  # fmt: skip
    assert chain[0].gave == chain[1].took == "parcel:N1 in bag:B7 in truck:T9"


def test_that_it_was_handed_over_needs_more_than_a_couriers_word() -> None:
    word = [*ROAD[:6], scan(52, "delivered", "dhl", place=BERLIN)]
    found = liable("loss", word, now=after(60))
    assert found.by_carrier["dhl"] > 4 * found.by_carrier["consignee"]
    shown = [*ROAD[:6], scan(52, "delivered", "dhl", place=BERLIN, evidence=["photograph:door"])]
    assert liable("loss", shown, now=after(60)).by_carrier == {"consignee": 1000}


def test_a_sensor_counts_only_inside_the_time_in_question() -> None:
    road = [
        scan(0, "picked_up", place=SHANGHAI, evidence=["photograph:a"]),
        scan(4, "in_transit.arrived_hub", place=SHANGHAI, evidence=["photograph:b"]),
        *ROAD[2:],
    ]
    early, late = (
        Anomaly(kind="shock", since=after(at), until=after(at), source="s") for at in (2, 56)
    )
    plain = liable("damage", road)
    assert liable("damage", road, anomalies=[early, late]) == plain
    within = Anomaly(kind="shock", since=after(20), until=after(20), source="s")
    found = liable("damage", road, anomalies=[within])
    assert found.shares[0].where == "road"
    assert found.shares[0].probability_pm > 800


def test_who_found_the_damage_when_he_took_it_over_did_not_do_it() -> None:
    road = [*ROAD[:3], scan(40, "exception.damaged", "dhl", place=LEIPZIG), *ROAD[4:]]
    assert set(liable("damage", road).by_carrier) == {"yto"}


def test_a_code_at_the_door_does_not_show_that_goods_are_whole() -> None:
    road = [*ROAD[:5], scan(45, "in_transit.moving", "dhl", evidence=["identity:x"]), *ROAD[5:]]
    assert liable("damage", road).since == after(0)


def test_warmth_is_parted_by_how_long_each_had_it_while_it_was_warm() -> None:
    warm = [
        Anomaly(kind="temperature_excursion", since=after(36), until=after(41), source="t"),
        Anomaly(kind="temperature_excursion", since=after(50), until=after(50), source="t"),
    ]
    found = liable("temperature", anomalies=warm)
    by_place = {one.holder: one.probability_pm for one in found.shares}
    assert by_place["yto on the road"] == 800
    assert by_place["dhl Leipzig"] == 200
    assert sum(by_place.values()) + found.unclear_pm == 1000
    ended = [Anomaly(kind="temperature_excursion", since=after(38), until=after(40),
                     source="t")]  # fmt: skip
    assert liable("temperature", anomalies=ended).by_carrier == {"yto": 1000}


def test_what_was_lost_and_is_scanned_again_was_not_lost_then() -> None:
    road = [*ROAD[:3], scan(20, "exception.lost"), scan(30, "in_transit.arrived_hub", "dhl")]
    found = liable("loss", road, now=after(90))
    assert (found.window_from, found.window_until) == (road[4].id, None)
    assert set(found.by_carrier) == {"dhl"}
    said = [*ROAD[:3], scan(20, "exception.delayed"), scan(25, "exception.lost")]
    assert liable("loss", said, now=after(90)).window_from == ROAD[2].id


def test_what_nobody_has_shown_is_said_and_leaves_a_part_open() -> None:
    road = [scan(0, "picked_up", place=SHANGHAI), *ROAD[1:]]
    found = liable("damage", road)
    assert [one.kind for one in found.flaws] == ["unproven_start"]
    assert found.unclear_pm == 100
    whole = liable("damage", [ROAD[0], ROAD[1]], now=after(9))
    assert [one.kind for one in whole.flaws] == ["unproven_end"]
    assert liable("damage").flaws == ()
    assert [one.kind for one in liable("temperature", now=after(60)).flaws] == [
        "unproven_start", "unproven_end"]  # fmt: skip


def test_two_towns_contradict_each_other_and_bare_dates_do_not() -> None:
    towns = {"上海": (31.2, 121.5), "Berlin": (52.5, 13.4)}
    road = [scan(5, "picked_up", place=Place(city="上海")),
            scan(5.5, "in_transit.arrived_hub", place=Place(city="Berlin"))]  # fmt: skip

    def kinds(events: list[EventView]) -> list[str]:
        nodes = archive_of(events)
        found = custody_of(nodes, lies_at=lambda at: towns.get(at.city or "") if at else None)
        return [one.kind for one in found.flaws]

    assert kinds(road) == ["contradiction"]
    dated = [replace(one, occurred_at="2026-11-10", time_quality="date_only") for one in road]
    assert kinds(dated) == ["unclear_time"]


def test_nobody_is_late_once_it_is_delivered() -> None:
    found = liable("delay", [*ROAD, scan(300, "exception.damaged", "dhl")], now=after(400))
    assert found.window_until == ROAD[-1].id
    assert "consignee" not in [one.where for one in found.shares if one.probability_pm]


def test_a_signature_does_not_show_that_goods_are_whole() -> None:
    road = [*ROAD[:6], scan(52, "delivered.signature", "dhl", evidence=["signature:s"]),
            scan(54, "exception.damaged", "dhl")]  # fmt: skip
    found = liable("damage", road)
    assert found.window_from == ROAD[0].id
    assert 0 < found.by_carrier["consignee"] < 300
