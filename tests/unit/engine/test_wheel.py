"""Who is due comes up once its minute has passed, and nobody too early or twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milepost.engine.wheel import BUCKET_S, Wheel


@given(st.lists(st.integers(0, 10_000), max_size=50), st.integers(0, 12_000))
def test_all_whose_minute_has_passed_and_no_others(due: list[int], now_s: int) -> None:
    wheel = Wheel()
    for key, due_s in enumerate(due):
        wheel.put(key, due_s)
    popped = wheel.pop(now_s)

    assert all(due[key] <= now_s for key in popped)
    assert {key for key, due_s in enumerate(due) if due_s + BUCKET_S <= now_s} <= set(popped)
    assert len(popped) + len(wheel) == len(due)


def test_who_is_put_down_again_does_not_come_up_at_once() -> None:
    wheel = Wheel()
    wheel.put(7, 1_000)
    assert wheel.pop(2_000) == [7]
    wheel.put(7, 2_001)

    assert wheel.pop(2_000) == []
    assert wheel.pop(2_001 + BUCKET_S) == [7]


def test_a_few_at_a_time_and_in_the_end_all() -> None:
    wheel = Wheel()
    for key in range(25):
        wheel.put(key, key)
    popped = [wheel.pop(10_000, most=10) for _ in range(4)]

    assert [len(one) for one in popped] == [10, 10, 5, 0]
    assert {key for one in popped for key in one} == set(range(25))
