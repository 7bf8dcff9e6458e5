"""Answers kept ready are forgotten as soon as something they rest on changes."""

from __future__ import annotations

from msgspec import Struct

from milepost.domain.track import StatusView, Track
from milepost.engine.answers import GOOD_FOR_S, Answers, Question

QUESTION = Question(1, "YT0000000000011", True)


def track(main: str = "in_transit") -> Track:
    status = StatusView(main=main, sub="in_transit.moving", since=None, because=[])
    empty: dict[str, list[Struct]] = {
        name: [] for name in ("milestones", "legs", "parcels", "alerts", "events")
    }
    return Track(
        number=QUESTION.number, carrier="yto", shipment="s", order_number=None, status=status,
        arrival=None, **empty,
    )  # fmt: skip


def told(answers: Answers, keys: list[int], now_s: int = 0, question: Question = QUESTION) -> None:
    answers.end(answers.begin(keys), question, track(), now_s)


def test_an_answer_is_found_again_with_its_bytes() -> None:
    answers = Answers()
    told(answers, [7])
    found = answers.find(QUESTION, 1)
    assert found is not None
    assert found.json() is found.json()
    assert b'"in_transit.moving"' in found.json()


def test_whatever_it_rests_on_makes_it_forgotten() -> None:
    for changed in (7, 8):
        answers = Answers()
        told(answers, [7, 8])
        answers.forget([changed])
        assert answers.find(QUESTION, 1) is None


def test_another_road_leaves_it_alone() -> None:
    answers = Answers()
    told(answers, [7])
    answers.forget([9])
    assert answers.find(QUESTION, 1) is not None


def test_what_changed_while_it_was_read_is_given_but_not_kept() -> None:
    answers = Answers()
    reading = answers.begin([7])
    answers.forget([7])
    assert answers.end(reading, QUESTION, track(), 0) is not None
    assert answers.find(QUESTION, 1) is None


def test_a_later_reading_of_the_same_road_is_kept() -> None:
    answers = Answers()
    early = answers.begin([7])
    answers.forget([7])
    late = answers.begin([7])
    answers.end(late, QUESTION, track("delivered"), 0)
    answers.end(early, QUESTION, track(), 0)
    found = answers.find(QUESTION, 1)
    assert found is not None
    assert found.track.status.main == "delivered"


def test_time_bounds_it() -> None:
    answers = Answers()
    told(answers, [7], now_s=100)
    assert answers.find(QUESTION, 100 + GOOD_FOR_S - 1) is not None
    assert answers.find(QUESTION, 100 + GOOD_FOR_S) is None


def test_the_oldest_asked_for_leaves_first() -> None:
    answers = Answers(most=2)
    one, two, three = (QUESTION._replace(number=name) for name in "ABC")
    told(answers, [1], question=one)
    told(answers, [2], question=two)
    answers.find(one, 1)
    told(answers, [3], question=three)
    assert answers.find(two, 1) is None
    assert answers.find(one, 1) is not None


def test_clearing_reaches_readings_too() -> None:
    answers = Answers()
    told(answers, [7])
    reading = answers.begin([8])
    answers.clear()
    assert answers.find(QUESTION, 1) is None
    answers.end(reading, QUESTION, track(), 0)
    assert answers.find(QUESTION, 1) is None
