"""Roads that are watched: each in its turn, none twice before it is due."""

from __future__ import annotations

from milepost.wiring.features._lessons import Rounds


def test_new_ones_come_first_and_all_come_again() -> None:
    rounds = Rounds(again_s=100, most=10)
    for road in (1, 2, 3):
        rounds.add(road)
    assert rounds.take(2, 0) == [1, 2]
    assert rounds.take(2, 1) == [3]
    assert rounds.take(2, 50) == []
    rounds.add(4)
    assert rounds.take(9, 100) == [4, 1, 2]
    assert rounds.take(9, 101) == [3]
    assert rounds.take(9, 200) == [4, 1, 2]


def test_news_of_a_road_brings_it_forward() -> None:
    rounds = Rounds(again_s=100, most=10)
    rounds.add(1)
    assert rounds.take(1, 0) == [1]
    rounds.add(1)
    assert len(rounds) == 1
    assert rounds.take(1, 1) == [1]


def test_what_is_dropped_is_not_looked_at_and_there_is_a_limit() -> None:
    rounds = Rounds(again_s=1, most=2)
    for road in (1, 2, 3):
        rounds.add(road)
    rounds.drop(1)
    assert rounds.take(9, 0) == [2]
    rounds.drop(2)
    assert rounds.take(9, 10) == []
