"""What is said at a milestone is judged by a record of its own."""

from __future__ import annotations

from random import Random

import pytest
from eta_samples import BEGIN_US, facts

from milepost.eta import DAY_US, Road, Seen, Table, estimate, follow, learn, quote, refresh
from milepost.eta.calibration import Calibration
from milepost.eta.estimate import since
from milepost.eta.milestones import reached
from milepost.eta.replay import replay

TODAY = BEGIN_US / DAY_US
SAID = (1.0, 2.0, 4.0)


def slowing(count: int, seed: int = 5) -> list[Road]:
    """Synthetic: the first days are always alike, what comes after the hub takes ever longer."""
    draw, found = Random(seed), []
    for number in range(count):
        about = facts(number)
        hub_us = about.created_us + 2 * DAY_US
        rest = (2.0 if number < count / 2 else 5.0) * draw.lognormvariate(0, 0.2)
        found.append(Road(
            facts=about, delivered_us=hub_us + int(rest * DAY_US),
            events=(Seen(about.created_us + DAY_US, "picked_up"), Seen(hub_us, "in_transit")),
        ))  # fmt: skip
    return found


def test_a_milestone_has_its_own_record() -> None:
    calibration = Calibration()
    for number in range(200):
        calibration.learn(facts(), "lanes", SAID, 1 + number % 4, TODAY)
        calibration.learn(facts(), since("lanes", "in_transit"), SAID, 2 + number % 8, TODAY)
    calibration.refresh([], TODAY)
    whole, late = (
        calibration.factors(facts(), one) for one in ("lanes", since("lanes", "in_transit"))
    )

    assert late[2] > whole[2] * 1.5
    assert calibration.known(facts(tenant="another"), since("lanes", "in_transit")) is None


def test_a_rare_milestone_is_shrunk_to_all_of_the_tenant() -> None:
    calibration = Calibration()
    for number in range(200):
        calibration.learn(facts(), since("lanes", "in_transit"), SAID, 2 + number % 8, TODAY)
    calibration.refresh([], TODAY)
    rare = calibration.known(facts(), since("lanes", "customs"))

    assert rare is not None
    known = calibration.factors(facts(), since("lanes", "in_transit"))[2]
    assert rare[2] == pytest.approx(known, rel=0.01)
    assert calibration.known(facts(), since("boosted", "customs")) is None


def test_a_stage_is_quoted_once_and_in_whatever_order_scans_come() -> None:
    road, table = slowing(10)[0], Table()
    first = Road(facts=road.facts, events=road.events[:1])
    kept = follow(first, quote(road.facts, table), table)
    assert [one.stage for one in kept.reached] == ["picked_up"]

    both = follow(Road(facts=road.facts, events=road.events[::-1]), kept, table)
    assert [one.stage for one in both.reached] == ["picked_up", "in_transit"]
    assert both.reached[0] is kept.reached[0]
    assert follow(road, both, table) is both
    assert reached(road, (), table) == both.reached


def test_a_scan_that_is_told_late_moves_its_milestone() -> None:
    road, table = slowing(10)[0], Table()
    kept = follow(road, quote(road.facts, table), table)
    earlier = Seen(road.facts.created_us + DAY_US // 2, "in_transit")
    moved = follow(Road(facts=road.facts, events=(*road.events, earlier)), kept, table)

    assert {one.stage: one.at_us for one in moved.reached}["in_transit"] == earlier.occurred_us


def test_open_roads_count_before_they_are_delivered() -> None:
    table, past = Table(), slowing(400)[:200]
    for road in past:
        learn(road, quote(road.facts, table), table)
        refresh([], road.delivered_us or 0, table)
    now_us = past[-1].delivered_us or 0
    record = since("lanes", "in_transit")
    before = table.calibration.factors(past[-1].facts, record)[2]
    still = [
        Road(facts=facts(number, created_us=now_us - 16 * DAY_US),
             events=(Seen(now_us - 14 * DAY_US, "in_transit"),))
        for number in range(200, 320)
    ]  # fmt: skip
    refresh([(one, follow(one, quote(one.facts, table), table)) for one in still], now_us, table)

    assert table.calibration.factors(past[-1].facts, record)[2] > before * 1.2


def _windows_at_scans(roads: list[Road]) -> dict[tuple[int, int], tuple[int, int, int]]:
    table, found = Table(), {}

    def asked(index: int, at_us: int, _: object) -> None:
        seen = [one for one in roads[index].events if one.occurred_us <= at_us]
        told = estimate(roads[index].facts, seen, at_us, table)
        found[index, at_us] = told.p10_us, told.p50_us, told.p90_us

    replay(roads, table, scanned=asked)
    return found


def test_windows_at_scans_do_not_see_the_future() -> None:
    """Deliveries after a day are shuffled among each other; what was said before it stays."""
    real = slowing(400)
    split = BEGIN_US + 14 * DAY_US
    later = [index for index, road in enumerate(real) if (road.delivered_us or 0) >= split]
    rests = [(real[index].delivered_us or 0) - real[index].facts.created_us for index in later]
    Random(1).shuffle(rests)
    other = list(real)
    for index, rest in zip(later, rests, strict=True):
        road = real[index]
        moved = max(road.facts.created_us + rest, split + 1)
        other[index] = Road(facts=road.facts, events=road.events, delivered_us=moved)
    first, second = _windows_at_scans(real), _windows_at_scans(other)

    early = [key for key in first if key[1] < split and key in second]
    assert len(early) > 100
    assert [first[key] for key in early] == [second[key] for key in early]
    assert first != second


def test_a_window_after_a_scan_is_stretched_by_its_own_record() -> None:
    table, past = Table(), slowing(400)[:200]
    for road in past:
        learn(road, None, table)
    now_us = past[-1].delivered_us or 0
    refresh([], now_us, table)
    about = facts(200, created_us=now_us - 2 * DAY_US)
    asked = about, (Seen(now_us - DAY_US, "picked_up"), Seen(now_us, "in_transit")), now_us
    before = estimate(*asked, table), estimate(about, (), now_us, table)
    for number in range(200):
        days = 4.0 + number % 5
        table.calibration.learn(about, since("lanes", "in_transit"), SAID, days, now_us / DAY_US)
    table.calibration.refresh([], now_us / DAY_US)

    assert before[0].p90_us - now_us < (estimate(*asked, table).p90_us - now_us) * 0.7
    assert estimate(about, (), now_us, table) == before[1]


def test_a_stretched_window_keeps_both_halves() -> None:
    """Roads that take twice as long as was said move the ends fully, and the middle half-way."""
    table = Table()
    for number in range(300):
        about = facts(number)
        for name in ("lanes", since("lanes", "in_transit")):
            table.calibration.learn(about, name, (1.9, 2.0, 2.1), 4.0, TODAY)
        table.lanes.learn(
            Road(facts=about, events=(), delivered_us=about.created_us + int(1.9 * DAY_US) + number)
        )
    table.calibration.refresh([], TODAY)
    table.lanes.refresh([], BEGIN_US)
    window = estimate(facts(400), [], facts(400).created_us, table)

    assert window.p10_us < window.p50_us < window.p90_us
