"""Detours of roads that name towns only, and what lane history says of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from milepost.domain.alert import DEFAULT_POLICY
from milepost.domain.event import Event, EventBody, fingerprint_of, key_of
from milepost.domain.moment import TimeQuality
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import SUB_CODE
from milepost.domain.whole import Whole, position_of
from milepost.engine.located import located, off_course
from milepost.engine.roads import Roads
from milepost.engine.unfold import whole_of
from milepost.rules import whole as rules

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ARRIVED, LEFT = "in_transit.arrived_hub", "in_transit.departed_facility"


def event(number: str, hours: float, sub: str, place: Place | str | None) -> Event:
    at_us = int((NOW + timedelta(hours=hours)).timestamp()) * 1_000_000
    return Event(
        key_of(1, number), fingerprint_of(number, hours, sub), at_us, 480,
        int(TimeQuality.exact), SUB_CODE[sub], at_us, None,
        EventBody(number, "api", carrier="yto", place=place),
    )  # fmt: skip


def hub(city: str) -> Place:
    return Place(name=f"{city}转运中心", city=city, country="CN")


def road(number: str, *cities: str, start: float = -60, done: bool = False, **facts: Any) -> Whole:
    events = [event(number, start + 90, "delivered", None)] if done else []
    for index, city in enumerate(cities):
        events += [event(number, start + 12 * index, ARRIVED, hub(city)),
                   event(number, start + 12 * index + 2, LEFT, hub(city))]  # fmt: skip
    told = {"origin": hub("上海"), "destination": Place(city="北京", country="CN"), **facts}
    return whole_of(events, [Facts(number=number, **told)])


def test_towns_are_enough_to_see_a_detour() -> None:
    astray = road("YT1", "上海", "广州")
    assert off_course(astray, DEFAULT_POLICY)
    found = rules.findings(astray, 0, DEFAULT_POLICY, located(astray))["detour"]
    assert found.since_s == int((NOW - timedelta(hours=48)).timestamp())
    assert "detour" not in rules.findings(astray, 0, DEFAULT_POLICY)


@pytest.mark.parametrize("cities", [("上海", "南京", "济南"), ("上海", "天津"), ("上海",)])
def test_what_lies_about_on_the_way_is_none(cities: tuple[str, ...]) -> None:
    assert not off_course(road("YT2", *cities), DEFAULT_POLICY)


def test_a_town_is_not_precise_enough_for_where_it_was_signed_off() -> None:
    signed = whole_of(
        [event("YT3", 0, "delivered", Place(latitude=31.23, longitude=121.47))],
        [Facts(number="YT3", destination=Place(city="北京", country="CN"))],
    )
    assert "delivered_far" not in rules.findings(signed, 2**31, DEFAULT_POLICY, located(signed))


@pytest.mark.parametrize("given", [
    {"destination": None}, {"destination": Place(country="CN")}, {"destination": Place(name="?")},
    {"destination": Place(city="北京", country="XX")},
    {"destination": Place(latitude=400.0, longitude=9.0)},
    {"origin": Place(name="nobody knows it", country="QQ")},
])  # fmt: skip
def test_unknown_places_never_end_in_an_error(given: dict[str, Any]) -> None:
    whole = road("YT4", "上海", "广州", **given)
    where = position_of(located(whole).facts.destination)
    assert isinstance(off_course(whole, DEFAULT_POLICY), bool)
    if where is None:
        assert not off_course(whole, DEFAULT_POLICY)


def test_scans_without_places_or_with_bare_names_do_no_harm() -> None:
    events = [event("YT5", hours, ARRIVED, place)
              for hours, place in ((0, None), (1, ""), (2, "somewhere"), (3, "广州"))]  # fmt: skip
    bare = whole_of(events, [Facts(number="YT5", destination=Place(city="北京", country="CN"))])
    assert off_course(bare, DEFAULT_POLICY) in (True, False)


def taught(roads: int, *cities: str) -> Roads:
    network, now_s = Roads(), int(NOW.timestamp())
    for index in range(roads):
        number = f"YT9{index:04d}"
        one = road(number, *cities, start=-300 + index, done=True)
        network.learn(1, key_of(1, number), number, one, now_s)
    return network


def test_a_way_that_all_take_is_no_detour() -> None:
    now_s, mine = int(NOW.timestamp()), road("YT6", "上海", "广州")
    network = taught(60, "上海", "广州", "北京")
    assert network.usual_way(1, 6, mine, now_s)
    assert not network.usual_way(2, 6, mine, now_s)  # another tenant's roads say nothing
    assert not taught(60, "上海", "北京").usual_way(1, 6, mine, now_s)


def test_its_own_doing_and_few_roads_are_no_history() -> None:
    now_s, mine = int(NOW.timestamp()), road("YT7", "上海", "广州")
    network = taught(60, "上海", "北京")
    network.learn(1, 7, "YT7", mine, now_s)
    assert not network.usual_way(1, 7, mine, now_s)
    assert not taught(20, "上海", "广州", "北京").usual_way(1, 7, mine, now_s)
