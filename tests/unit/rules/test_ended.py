"""When an alert ended is told in the time of events: the same, however they were split."""

from __future__ import annotations

import random

import pytest
from test_since import HOUR_S, NOW_S, every, opened, road

from milepost.domain.advance import advance
from milepost.domain.alert import DEFAULT_POLICY, Finding, Policy
from milepost.domain.marks import PROMISE, RETRACTION, Mark
from milepost.domain.shipment import Shipment
from milepost.engine.ended import ended_s

Told = tuple[float, str]


def ended(rule: str, since_h: float, *told: Told, policy: Policy = DEFAULT_POLICY) -> float:
    """Hours ago at which it ended, the same whatever the order."""
    finding = Finding(rule, "warning", NOW_S - round(since_h * HOUR_S), {})
    found = {ended_s(one, finding, policy) for one in every(*told)}
    assert len(found) == 1
    return (NOW_S - found.pop()) / HOUR_S


@pytest.mark.parametrize(("rule", "since_h", "told"), [
    ("dwell", 52, ((100, "in_transit.arrived_hub"), (30, "in_transit.arrived_hub"),
                   (20, "out_for_delivery"), (10, "delivered"))),
    ("customs_hold", 40, ((40, "customs.info_required"), (30, "customs.released"),
                          (20, "in_transit.arrived_hub"), (10, "delivered"))),
    ("unsigned", 60, ((96, "out_for_delivery"), (30, "attempt_failed.no_contact"),
                      (10, "delivered"))),
    ("no_record_after_label", 78, ((150, "info_received.created"), (30, "picked_up"),
                                   (5, "info_received.created"))),
])  # fmt: skip
def test_it_ended_with_the_first_scan_that_ended_it(
    rule: str, since_h: float, told: tuple[Told, ...]
) -> None:
    assert ended(rule, since_h, *told) == 30


def test_what_never_held_ended_when_it_began() -> None:
    told = ((100, "in_transit.arrived_hub"), (60, "in_transit.arrived_hub"))

    assert ended("dwell", 52, *told) == 52
    assert ended("dwell", 1, told[0], policy=Policy(dwell_s=30 * 86_400)) == 1


def test_a_promise_ends_with_a_later_one() -> None:
    marks = [*road((100, "in_transit.arrived_hub"), (10, "in_transit.arrived_hub")),
             Mark(8, NOW_S - 90 * HOUR_S, 1, PROMISE, 0),
             Mark(9, NOW_S - 20 * HOUR_S, 1, PROMISE, 0)]  # fmt: skip
    promised = {8: NOW_S - 50 * HOUR_S, 9: NOW_S + 50 * HOUR_S}
    random.Random(4).shuffle(marks)
    broken = Finding("promise_broken", "warning", promised[8], {})

    found = ended_s(Shipment(advance(None, marks, promised)), broken, DEFAULT_POLICY)

    assert found == NOW_S - 20 * HOUR_S


def test_what_was_taken_back_ended_with_that() -> None:
    marks = [*road((50, "exception.damaged")), Mark(9, NOW_S - 30 * HOUR_S, 1, RETRACTION, 0)]
    damaged = Finding("trouble_reported", "critical", marks[0].at_s, {})

    state = advance(None, marks, {9: marks[0].fingerprint})

    assert ended_s(Shipment(state), damaged, DEFAULT_POLICY) == NOW_S - 30 * HOUR_S


def test_a_label_that_is_announced_again_is_no_record() -> None:
    twice = every((80, "info_received.created"), (1, "info_received.created"))

    assert opened("no_record_after_label", twice) == 8
    assert opened("no_record_after_label", every((80, "info_received.created"), (70, "unknown"),
                                                 (1, "info_received.created"))) is None  # fmt: skip
