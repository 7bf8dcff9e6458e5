"""Who is due comes up in that very second, and nobody too early or twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milepost.engine.wheel import Wheel


@given(st.lists(st.integers(0, 10_000), max_size=50), st.integers(0, 12_000))
def test_all_whose_second_has_come_and_no_others(due: list[int], now_s: int) -> None:
    wheel = Wheel()
    for key, due_s in enumerate(due):
        wheel.put(key, due_s)
    popped = wheel.pop(now_s)

    assert sorted(popped) == [key for key, due_s in enumerate(due) if due_s <= now_s]
    assert len(popped) + len(wheel) == len(due)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 400)), max_size=40),
    st.integers(1, 5),
)
def test_the_same_while_time_goes_on(puts: list[tuple[int, int]], most: int) -> None:
    """Also what is put down in the minute that is now, or whose time has passed already."""
    wheel, came = Wheel(), dict[int, int]()
    for now_s in range(500):
        for key, (at_s, due_s) in enumerate(puts):
            if at_s == now_s:
                wheel.put(key, due_s)
        while keys := wheel.pop(now_s, most):
            assert len(keys) <= most
            came |= dict.fromkeys(keys, now_s)

    assert came == {key: max(at_s, due_s) for key, (at_s, due_s) in enumerate(puts)}
    assert len(wheel) == 0


def test_who_is_put_down_again_does_not_come_up_at_once() -> None:
    wheel = Wheel()
    wheel.put(7, 1_000)
    assert wheel.pop(2_000) == [7]
    wheel.put(7, 2_001)

    assert wheel.pop(2_000) == []
    assert wheel.pop(2_001) == [7]


def test_a_clock_that_is_set_back_loses_nobody() -> None:
    wheel = Wheel()
    wheel.put(7, 1_000)
    wheel.put(8, 1_030)
    assert wheel.pop(1_010) == [7]

    assert wheel.pop(500) == []
    assert wheel.pop(1_030) == [8]


def test_a_few_at_a_time_and_in_the_end_all() -> None:
    wheel = Wheel()
    for key in range(25):
        wheel.put(key, key)
    popped = [wheel.pop(10_000, most=10) for _ in range(4)]

    assert [len(one) for one in popped] == [10, 10, 5, 0]
    assert {key for one in popped for key in one} == set(range(25))
