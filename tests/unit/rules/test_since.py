"""Since when a rule counts: from the last scan that had the parcel, in any order of arrival."""

from __future__ import annotations

from itertools import permutations

import pytest

from milepost.domain.advance import advance
from milepost.domain.alert import DEFAULT_POLICY, Policy
from milepost.domain.marks import PROMISE, Mark
from milepost.domain.shipment import Shipment
from milepost.domain.status import SUB_CODE
from milepost.engine.judge import findings
from milepost.rules.learned import address_trouble
from milepost.rules.since import seen_s

HOUR_S = 3600
NOW_S = 1_795_000_000


def road(*told: tuple[float, str]) -> list[Mark]:
    """(hours ago, sub): the marks of such scans."""
    return [
        Mark(index + 1, NOW_S - round(ago * HOUR_S), 1, SUB_CODE[sub], 0)
        for index, (ago, sub) in enumerate(told)
    ]


def every(*told: tuple[float, str]) -> list[Shipment]:
    """The shipment after each order in which these may come in."""
    found = []
    for order in permutations(road(*told)):
        state: bytes | None = None
        for mark in order:
            state = advance(state, [mark])
        assert state is not None
        found.append(Shipment(state))
    return found


def opened(rule: str, shipments: list[Shipment], policy: Policy = DEFAULT_POLICY) -> float | None:
    """Hours for which the rule holds, the same whatever the order."""
    told = [findings(one, NOW_S, policy).get(rule) for one in shipments]
    assert len({None if one is None else one.since_s for one in told}) == 1
    return None if told[0] is None else (NOW_S - told[0].since_s) / HOUR_S


@pytest.mark.parametrize(("rule", "sub", "limit_h"), [
    ("dwell", "in_transit.arrived_hub", 48), ("no_movement", "in_transit.arrived_hub", 120),
    ("unsigned", "out_for_delivery", 36), ("possible_loss", "in_transit.arrived_hub", 14 * 24),
])  # fmt: skip
def test_who_registers_late_has_not_moved_the_parcel(rule: str, sub: str, limit_h: int) -> None:
    assert opened(rule, every((limit_h + 2, sub), (0.1, "info_received.created"))) == 2
    assert opened(rule, every((limit_h - 1, sub), (0.1, "info_received.created"))) is None


def test_a_promise_is_no_movement_either() -> None:
    marks = [*road((50, "in_transit.arrived_hub")), Mark(9, NOW_S - HOUR_S, 1, PROMISE, 0)]
    state = advance(None, marks, {9: NOW_S + HOUR_S})
    assert seen_s(Shipment(state)) == NOW_S - 50 * HOUR_S
    assert "dwell" in findings(Shipment(state), NOW_S, DEFAULT_POLICY)


def test_what_nobody_could_read_is_a_scan_all_the_same() -> None:
    assert opened("dwell", every((60, "in_transit.arrived_hub"), (5, "unknown"))) is None


def test_a_label_alone_counts_from_the_label() -> None:
    assert opened("no_record_after_label", every((80, "info_received.created"))) == 8


def test_one_attempt_too_many_holds_from_that_attempt() -> None:
    tried = every((80, "attempt_failed.no_contact"), (60, "attempt_failed.refused"),
                  (10, "attempt_failed.no_contact"))  # fmt: skip
    assert opened("failed_attempts", tried) == 60
    assert opened("failed_attempts", tried, Policy(failed_attempts=3)) == 10


def test_customs_holds_it_since_it_first_asked() -> None:
    assert opened("customs_hold", every((60, "customs.info_required"),
                                        (20, "customs.payment_required"))) == 60  # fmt: skip
    assert opened("customs_hold", every((60, "customs.info_required"), (40, "customs.processing"),
                                        (20, "customs.payment_required"))) == 20  # fmt: skip


def test_what_is_grave_stays_grave_until_the_trouble_is_over() -> None:
    found = every((50, "exception.delayed"), (30, "exception.damaged"), (20, "exception.delayed"))
    assert opened("trouble_reported", found) == 30
    severities = {findings(one, NOW_S, DEFAULT_POLICY)["trouble_reported"].severity
                  for one in found}  # fmt: skip
    assert severities == {"critical"}


def test_an_address_is_wrong_since_it_was_first_told() -> None:
    for one in every((80, "attempt_failed.bad_address"), (30, "attempt_failed.bad_address")):
        finding = address_trouble.check(one, None)
        assert finding is not None
        assert finding.since_s == NOW_S - 80 * HOUR_S
