"""Numbers that come late are seen, and seen once."""

from __future__ import annotations

from milepost.analytics.feed import SETTLED_S, Numbers


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def take(numbers: Numbers, there: list[int]) -> list[int]:
    fresh = numbers.fresh(there)
    numbers.know(fresh)
    return fresh


def test_a_number_that_comes_late_is_seen_once() -> None:
    numbers = Numbers(10, Clock())

    assert take(numbers, [11, 12, 14]) == [11, 12, 14]
    assert numbers.floor == 12
    assert take(numbers, [13, 14, 15]) == [13, 15]
    assert numbers.floor == 15
    assert take(numbers, [14, 15]) == []


def test_a_gap_is_given_up_when_nothing_can_be_under_way_any_more() -> None:
    clock = Clock()
    numbers = Numbers(0, clock)
    take(numbers, [2, 3])
    assert numbers.floor == 0

    clock.now_s = SETTLED_S + 1
    take(numbers, [7])
    assert numbers.floor == 3
    assert take(numbers, [7, 8]) == [8]
