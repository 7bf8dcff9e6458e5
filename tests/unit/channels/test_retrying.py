"""Waits, giving up, and disabling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.engine.delivery import Answer, Due, Message, Subscription
from milepost.engine.lanes import WIDEST, Lanes
from milepost.engine.retrying import MOST_ATTEMPTS, longest_wait_s, outcome_of

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
OK = Answer(code=200)
NO = Answer(code=500, error="The receiver answered 500.")


def due(attempts: int = 0, failing_since: datetime | None = None) -> Due:
    subscription = Subscription(
        id=3, tenant=1, channel="webhook", url="https://example.org", secrets=(), events=(),
        number=None, active=True, disabled_why=None, failing_since=failing_since, created_at=NOW,
    )  # fmt: skip
    return Due(9, attempts, subscription, Message("msg_1", "test", None, NOW, b"{}"))


def test_all_waits_together_are_several_days() -> None:
    total_s = sum(longest_wait_s(failures) for failures in range(1, MOST_ATTEMPTS))
    assert timedelta(days=4) < timedelta(seconds=total_s) < timedelta(days=7)


@given(st.integers(0, MOST_ATTEMPTS - 2), st.floats(0, 1, exclude_max=True))
def test_jitter_is_full(attempts: int, chance: float) -> None:
    outcome = outcome_of(due(attempts), NO, NOW, lambda: chance)
    assert outcome.state == "pending"
    assert outcome.next_at is not None
    wait = outcome.next_at - NOW
    assert wait == timedelta(seconds=chance * longest_wait_s(attempts + 1))
    assert outcome.disable is None


@pytest.mark.parametrize(("asked_s", "wait_s"), [(300, 300), (3, 10), (9_999_999, 86_400)])
def test_what_the_receiver_asks_for(asked_s: int, wait_s: int) -> None:
    answer = Answer(code=503, error="busy", retry_after_s=asked_s)
    outcome = outcome_of(due(), answer, NOW, lambda: 1.0)
    assert outcome.next_at == NOW + timedelta(seconds=wait_s)


def test_the_last_attempt() -> None:
    outcome = outcome_of(due(MOST_ATTEMPTS - 1), NO, NOW, lambda: 1.0)
    assert (outcome.state, outcome.next_at, outcome.disable) == ("failed", None, None)


def test_the_last_attempt_after_days_without_success_disables() -> None:
    last = due(MOST_ATTEMPTS - 1, NOW - timedelta(days=3))
    outcome = outcome_of(last, NO, NOW, lambda: 1.0)
    assert outcome.disable
    assert outcome.unless_healed
    assert outcome_of(last, OK, NOW, lambda: 1.0).disable is None


def test_gone_disables_at_once() -> None:
    gone = Answer(code=410, error="The receiver answered 410.", gone=True)
    outcome = outcome_of(due(), gone, NOW, lambda: 1.0)
    assert outcome.state == "failed"
    assert outcome.disable
    assert not outcome.unless_healed


def test_a_lane_narrows_with_failures_and_widens_again() -> None:
    lanes = Lanes()
    widths = []
    for answer in [NO] * 5 + [OK] * 5:
        lanes.enter(3)
        lanes.leave(3, answer, NOW)
        widths.append(lanes.room(NOW).get(3, WIDEST))
    assert widths == [8, 4, 2, 1, 1, 2, 4, 8, 16, 16]
    assert lanes.room(NOW) == {}, "a healthy idle lane is forgotten"


def test_a_lane_rests_while_asked_to() -> None:
    lanes = Lanes()
    lanes.enter(3)
    lanes.leave(3, Answer(code=429, error="slower", retry_after_s=20), NOW)
    assert lanes.room(NOW) == {3: 0}
    assert lanes.opens_at(NOW) == NOW + timedelta(seconds=20)
    assert lanes.room(NOW + timedelta(seconds=20))[3] > 0
