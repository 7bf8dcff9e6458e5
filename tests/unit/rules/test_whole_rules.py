"""Rules that need the whole road."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from milepost.domain.alert import DEFAULT_POLICY, Policy
from milepost.domain.event import Event, EventBody, fingerprint_of, key_of, leg_of
from milepost.domain.moment import TimeQuality
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import SUB_CODE
from milepost.domain.whole import Whole, distance_m
from milepost.engine.unfold import whole_of
from milepost.rules import whole as rules
from milepost.rules.care import policy_with

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NUMBER = "YT6200000000017"
SHANGHAI = Place(city="Shanghai", latitude=31.23, longitude=121.47)
BEIJING = Place(city="Beijing", latitude=39.90, longitude=116.40)
GUANGZHOU = Place(city="Guangzhou", latitude=23.13, longitude=113.26)


def seconds(hours: float) -> int:
    return int((NOW + timedelta(hours=hours)).timestamp())


def event(hours: float, sub: str, *, heard: float | None = None, **body: Any) -> Event:
    quality = body.pop("quality", TimeQuality.exact)
    at_us = seconds(hours) * 1_000_000
    received_us = seconds(hours if heard is None else heard) * 1_000_000
    parcel = key_of(1, NUMBER)
    return Event(
        parcel, fingerprint_of(hours, sub, body), at_us, 480, int(quality), SUB_CODE[sub],
        received_us, None, EventBody(NUMBER, "api", carrier="yto", **body),
    )  # fmt: skip


def road(*events: Event, **facts: Any) -> Whole:
    return whole_of(events, [Facts(number=NUMBER, **facts)])


def found(whole: Whole, hours: float = 48, policy: Policy = DEFAULT_POLICY) -> dict[str, Any]:
    return rules.findings(whole, seconds(hours), policy)


def test_the_rooms_are_complete() -> None:
    assert rules.problems() == []
    assert leg_of(1, None) == leg_of(1, None)


def test_a_clock_ahead_of_ours_is_named_with_its_device() -> None:
    late = event(5, "in_transit.arrived_hub", heard=2, device="pda-7")
    finding = found(road(event(0, "picked_up"), late))["clock_skew"]
    assert finding.detail["ahead_s"] == 3 * 3600
    assert finding.detail["device"] == "pda-7"
    assert finding.since_s == seconds(2)


def test_a_time_without_a_zone_proves_no_wrong_clock() -> None:
    naive = event(5, "in_transit.arrived_hub", heard=2, quality=TimeQuality.naive)
    assert "clock_skew" not in found(road(naive))


def test_a_few_minutes_ahead_are_no_news() -> None:
    assert "clock_skew" not in found(road(event(0.1, "picked_up", heard=0)))


def test_delivered_where_nobody_lives() -> None:
    away = Place(latitude=31.30, longitude=121.47)
    finding = found(road(event(0, "delivered", place=away), destination=SHANGHAI))["delivered_far"]
    assert 7_500 < finding.detail["away_m"] < 8_000


def test_delivered_at_the_door_or_at_a_locker_is_in_order() -> None:
    near = Place(latitude=31.231, longitude=121.471)
    assert "delivered_far" not in found(road(event(0, "delivered", place=near),
                                             destination=SHANGHAI))  # fmt: skip
    locker = event(0, "delivered.locker_or_pickup_point", place=BEIJING)
    assert "delivered_far" not in found(road(locker, destination=SHANGHAI))
    assert "delivered_far" not in found(road(event(0, "delivered", place=BEIJING)))


def test_valuables_need_identity_and_photograph_within_an_hour() -> None:
    policy = policy_with(DEFAULT_POLICY, ["high_value"])
    signed = road(event(0, "delivered", evidence=["photograph:1"]))
    assert "sign_off_missing" not in found(signed, 0.5, policy)
    assert rules.next_due(signed, seconds(0.5), policy) == seconds(1)
    assert found(signed, 1, policy)["sign_off_missing"].detail == {"missing": "identity"}


def test_evidence_that_comes_later_completes_the_sign_off() -> None:
    policy = policy_with(DEFAULT_POLICY, ["high_value"])
    both = road(event(0, "delivered", evidence=["photograph:1"]),
                event(0.2, "delivered.recipient", evidence=["identity:verified"]))  # fmt: skip
    assert "sign_off_missing" not in found(both, 5, policy)
    failed = road(event(0, "delivered", evidence=["photograph:1", "identity:failed"]))
    assert "sign_off_missing" in found(failed, 5, policy)


def test_a_detour_is_seen_at_the_stop_that_makes_it_one() -> None:
    astray = road(
        event(0, "picked_up", place=SHANGHAI), event(20, "in_transit.arrived_hub", place=GUANGZHOU),
        destination=BEIJING, origin=SHANGHAI,
    )  # fmt: skip
    finding = found(astray, 21)["detour"]
    assert finding.since_s == seconds(20)
    direct = distance_m((31.23, 121.47), (39.9, 116.4))
    assert 1_000_000 < direct < 1_100_000


def test_a_hub_beside_the_line_is_none() -> None:
    nanjing = Place(latitude=32.06, longitude=118.80)
    straight = road(
        event(0, "picked_up", place=SHANGHAI), event(9, "in_transit.arrived_hub", place=nanjing),
        destination=BEIJING, origin=SHANGHAI,
    )  # fmt: skip
    assert "detour" not in found(straight, 21)
