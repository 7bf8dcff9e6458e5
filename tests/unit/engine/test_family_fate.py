"""Engine processes that end: at once again, unless they never come up."""

from __future__ import annotations

from milepost.runners.family import Fate


def test_one_that_ran_for_long_is_started_at_once() -> None:
    fate = Fate()
    fate.begin(0)
    assert fate.again(60)


def test_one_that_never_comes_up_is_tried_ever_more_seldom() -> None:
    fate, now, waits = Fate(), 0.0, []
    fate.begin(now)
    for _ in range(9):
        ended = now = now + 1
        while not fate.again(now):
            now += 0.25
        waits.append(now - ended)
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_after_a_long_run_the_waits_begin_anew() -> None:
    fate = Fate()
    fate.begin(0)
    assert not fate.again(1)
    assert fate.again(1.5)
    assert fate.again(100)
    assert not fate.again(101)
    assert fate.again(101.5)
