"""Every rule, told the same events in any order and at any pace, ends with the same findings; and
what alternates around a limit opens an alert once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.advance import advance
from milepost.domain.alert import DEFAULT_POLICY, Finding, Policy
from milepost.domain.marks import PROMISE, Mark
from milepost.domain.shipment import Shipment
from milepost.domain.status import STATUSES, SUB_CODE
from milepost.engine.judge import findings, judge
from milepost.rules import all_rules
from milepost.rules.learned import Doubt, Usual, address_trouble, customs_dwell

T0 = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
HOUR = 3600
DAY = 24 * HOUR
CODES = sorted(SUB_CODE[sub] for sub in STATUSES)
USUAL = Usual(6 * HOUR, 20 * HOUR, 100, "port")
DOUBT = Doubt(("district",), ("district_not_in_city",), 700, grave=False)


def shipment(*told: tuple[float, str], promised_h: float | None = None) -> Shipment:
    marks = [Mark(index + 1, T0 + round(hours * HOUR), 1, SUB_CODE[sub], 0)
             for index, (hours, sub) in enumerate(told)]  # fmt: skip
    references = {}
    if promised_h is not None:
        marks.append(Mark(99, T0, 1, PROMISE, 0))
        references[99] = T0 + round(promised_h * HOUR)
    return Shipment(advance(None, sorted(marks, key=lambda mark: mark.order), references))


def all_of(view: Shipment, now_s: int, policy: Policy = DEFAULT_POLICY) -> dict[str, Finding]:
    """What every judge of a packed state says."""
    found = findings(view, now_s, policy)
    for one in (
        customs_dwell.check(view, now_s, policy, USUAL),
        address_trouble.check(view, DOUBT),
    ):
        if one is not None:
            found[one.rule] = one
    return found


@st.composite
def marks(draw: st.DrawFn) -> list[Mark]:
    """Marks in order, with ties in time, times out of order to each other, and a promise."""
    count = draw(st.integers(1, 9))
    hours = draw(st.lists(st.integers(0, 400), min_size=count, max_size=count))
    codes = draw(st.lists(st.sampled_from(CODES), min_size=count, max_size=count))
    legs = draw(st.lists(st.sampled_from([1, 1, 1, 2]), min_size=count, max_size=count))
    return [Mark(at + 1, T0 + hours[at] * HOUR, legs[at], codes[at], 0) for at in range(count)]


@settings(max_examples=150, deadline=None)
@given(told=marks(), seed=st.integers(0, 2**32), hours=st.integers(0, 900))
def test_findings_are_a_function_of_the_set_of_events(
    told: list[Mark], seed: int, hours: int
) -> None:
    chance, now_s = random.Random(seed), T0 + hours * HOUR
    expected = all_of(Shipment(advance(None, sorted(told, key=_order), {})), now_s)
    again = told + chance.choices(told, k=chance.randint(0, 5))
    chance.shuffle(again)
    state: bytes | None = None
    standing: dict[str, Finding] = {}
    while again:
        size = chance.randint(1, 4)
        wave, again = {mark.fingerprint: mark for mark in again[:size]}, again[size:]
        state = advance(state, sorted(wave.values(), key=_order), {})
        standing = judge(Shipment(state), now_s, DEFAULT_POLICY, standing).standing
    assert state is not None
    assert all_of(Shipment(state), now_s) == expected
    stands = judge(Shipment(state), now_s, DEFAULT_POLICY, standing).standing
    assert stands.keys() == expected.keys() - {"customs_dwell", "address_trouble"}


def _order(mark: Mark) -> tuple[int, int, int]:
    return mark.order


@settings(max_examples=150, deadline=None)
@given(told=marks(), hours=st.lists(st.integers(0, 900), min_size=2, max_size=12))
def test_time_alone_opens_and_never_closes(told: list[Mark], hours: list[int]) -> None:
    view = Shipment(advance(None, sorted(told, key=_order), {}))
    before: set[str] = set()
    for hour in sorted(hours):
        now = set(all_of(view, T0 + hour * HOUR))
        assert before <= now
        before = now


@settings(max_examples=150, deadline=None)
@given(told=marks(), hours=st.integers(0, 900))
def test_since_is_event_time_and_not_when_we_looked(told: list[Mark], hours: int) -> None:
    view, now_s = Shipment(advance(None, sorted(told, key=_order), {})), T0 + hours * HOUR
    later = all_of(view, now_s + 40 * DAY)
    for name, one in all_of(view, now_s).items():
        assert one.since_s <= max(now_s, view.last_s)
        assert later[name].since_s == one.since_s


@pytest.mark.parametrize(
    ("rule", "told", "policy", "limit_s"),
    [
        ("no_record_after_label", (0, "info_received.created"), DEFAULT_POLICY, 3 * DAY),
        ("dwell", (0, "in_transit.arrived_hub"), DEFAULT_POLICY, 48 * HOUR),
        ("dwell", (0, "in_transit.arrived_hub"),
         Policy(in_transit_dwell_s=2 * HOUR), 2 * HOUR),
        ("no_movement", (0, "in_transit.arrived_hub"), DEFAULT_POLICY, 5 * DAY),
        ("unsigned", (0, "out_for_delivery"), DEFAULT_POLICY, 36 * HOUR),
        ("pickup_overdue", (0, "available_for_pickup"), DEFAULT_POLICY, 18 * HOUR),
        ("possible_loss", (0, "in_transit.arrived_hub"), DEFAULT_POLICY, 14 * DAY),
        ("customs_dwell", (0, "customs.processing"), DEFAULT_POLICY, 20 * HOUR),
        ("customs_dwell", (0, "customs.processing"), Policy(customs_dwell_s=9 * HOUR), 9 * HOUR),
    ],
)  # fmt: skip
def test_each_limit_holds_to_the_second(
    rule: str, told: tuple[float, str], policy: Policy, limit_s: int
) -> None:
    view = shipment(told)
    assert rule not in all_of(view, T0 + limit_s - 1, policy)
    assert all_of(view, T0 + limit_s, policy)[rule].since_s == T0 + limit_s


def test_a_scan_that_comes_late_puts_the_limit_off_and_one_of_the_past_does_not() -> None:
    hub = "in_transit.arrived_hub"
    silent = shipment((0, hub), (30, hub))
    now_s = T0 + 79 * HOUR
    assert "dwell" in all_of(silent, now_s)
    assert "dwell" not in all_of(shipment((0, hub), (30, hub), (31.5, hub)), now_s)
    assert "dwell" in all_of(shipment((0, hub), (30, hub), (11, hub)), now_s)


def test_a_promise_breaks_a_second_after_it_and_a_later_one_mends_it() -> None:
    road = shipment((1, "in_transit.arrived_hub"), promised_h=5)
    assert "promise_broken" not in all_of(road, T0 + 5 * HOUR)
    assert "promise_broken" in all_of(road, T0 + 5 * HOUR + 1)
    done = shipment((1, "in_transit.arrived_hub"), (9, "delivered"), promised_h=5)
    assert "promise_broken" not in all_of(done, T0 + 50 * HOUR)


def test_attempts_are_counted_once_each() -> None:
    twice = shipment((1, "attempt_failed.no_contact"), (9, "attempt_failed.no_contact"))
    once = shipment((1, "attempt_failed.no_contact"), (9, "out_for_delivery"))
    assert "failed_attempts" in all_of(twice, T0 + DAY)
    assert "failed_attempts" not in all_of(once, T0 + DAY)


def alternating(
    check: Callable[[Finding | None, int], Finding | None], rounds: Sequence[int]
) -> int:
    """How often an alert opens."""
    before: Finding | None = None
    opened = 0
    for now_s in rounds:
        found = check(before, now_s)
        opened += found is not None and before is None
        before = found
    return opened


def test_a_usual_that_wavers_around_the_dwell_opens_one_alert() -> None:
    view = shipment((0, "customs.processing"))
    usuals = [
        Usual(6 * HOUR, (19 + 3 * (turn % 2)) * HOUR, 60 + turn, "port") for turn in range(20)
    ]

    def check(before: Finding | None, now_s: int) -> Finding | None:
        return customs_dwell.check(view, now_s, DEFAULT_POLICY, usuals[now_s % 20], before)

    rounds = [T0 + 20 * HOUR + minute for minute in range(40)]
    assert alternating(check, rounds) == 1


def test_a_new_stay_is_judged_afresh() -> None:
    first = shipment((0, "customs.processing"))
    before = customs_dwell.check(first, T0 + 30 * HOUR, DEFAULT_POLICY, USUAL)
    assert before is not None
    second = shipment((0, "customs.processing"), (25, "in_transit.arrived_hub"),
                      (28, "customs.processing"))  # fmt: skip
    assert customs_dwell.check(second, T0 + 40 * HOUR, DEFAULT_POLICY, USUAL, before) is None
    found = customs_dwell.check(second, T0 + 48 * HOUR, DEFAULT_POLICY, USUAL, before)
    assert found is not None
    assert found.detail["entered_s"] == T0 + 28 * HOUR


def test_released_is_no_dwelling() -> None:
    road = shipment((0, "customs.processing"), (5, "customs.released"))
    assert customs_dwell.check(road, T0 + 90 * DAY, DEFAULT_POLICY, None) is None


def test_little_history_says_nothing_and_the_policy_holds() -> None:
    view, few = shipment((0, "customs.processing")), USUAL._replace(samples=19)
    assert customs_dwell.check(view, T0 + 71 * HOUR, DEFAULT_POLICY, few) is None
    found = customs_dwell.check(view, T0 + 73 * HOUR, DEFAULT_POLICY, few)
    assert found is not None
    assert set(found.detail) == {"sub", "entered_s", "held_h", "limit_s"}


def test_minutes_are_no_limit() -> None:
    quick = Usual(300, 900, 500, "country")
    view = shipment((0, "customs.processing"))
    assert customs_dwell.check(view, T0 + 5 * HOUR, DEFAULT_POLICY, quick) is None
    assert customs_dwell.check(view, T0 + 7 * HOUR, DEFAULT_POLICY, quick) is not None


def test_every_rule_that_the_packed_state_answers_is_tried_here() -> None:
    tried = {"no_record_after_label", "dwell", "no_movement", "unsigned", "pickup_overdue",
             "possible_loss", "promise_broken", "failed_attempts", "customs_hold",
             "trouble_reported", "expired", "unmapped_code"}  # fmt: skip
    assert set(all_rules()) == tried


@pytest.mark.parametrize(("rule", "sub"), [
    ("customs_hold", "customs.info_required"), ("customs_hold", "customs.payment_required"),
    ("trouble_reported", "exception.damaged"), ("expired", "expired"),
])  # fmt: skip
def test_what_carriers_say_is_an_alert_until_they_say_otherwise(rule: str, sub: str) -> None:
    assert rule in all_of(shipment((1, sub)), T0 + 2 * HOUR)
    assert rule not in all_of(shipment((1, sub), (2, "out_for_delivery")), T0 + 2 * HOUR)


def test_what_becomes_graver_is_told_anew_and_what_becomes_milder_is_not() -> None:
    late, lost = "exception.delayed", "exception.lost"
    first = judge(shipment((0, "picked_up"), (5, late)), T0 + 6 * HOUR, DEFAULT_POLICY)
    assert [one.severity for one in first.opened if one.rule == "trouble_reported"] == ["warning"]
    after = shipment((0, "picked_up"), (5, late), (9, lost))
    second = judge(after, T0 + 10 * HOUR, DEFAULT_POLICY, first.standing)
    assert "trouble_reported" in second.cleared
    assert second.standing["trouble_reported"].severity == "critical"
    assert [one.severity for one in second.opened if one.rule == "trouble_reported"] == ["critical"]
    milder = shipment((0, "picked_up"), (5, late), (9, lost), (12, late))
    third = judge(milder, T0 + 13 * HOUR, DEFAULT_POLICY, second.standing)
    assert third.standing["trouble_reported"].severity == "critical"
    assert not any(one.rule == "trouble_reported" for one in third.opened)
    assert "trouble_reported" not in third.cleared
