"""Open cases are replaced in steps, and show all at once."""

from __future__ import annotations

from milepost.eta.survival import HazardTable

LANE = (("CN",), ("CN", "BR"))


def table() -> HazardTable:
    made = HazardTable()
    for days in (4.0, 5.0, 6.0, 7.0):
        made.learn(LANE, days, 100.0)
    made.replace_open([(LANE, 20.0)] * 3)
    made.settle(100.0)
    return made


def median(made: HazardTable) -> float:
    made.settle(100.0)
    curve = made.curve(LANE)
    assert curve is not None
    return curve.quantile(0.5)


def test_until_the_last_step_the_open_cases_of_before_count() -> None:
    made, other = table(), table()
    before = median(made)
    steps = made.replacing_open([(LANE, 60.0)] * 9)
    for _ in range(9):
        next(steps)
        assert median(made) == before
    assert next(steps, "over") == "over"

    other.replace_open([(LANE, 60.0)] * 9)
    assert median(made) == median(other) > before


def test_no_case_stays_open_that_is_not_named_again() -> None:
    made, other = table(), HazardTable()
    for days in (4.0, 5.0, 6.0, 7.0):
        other.learn(LANE, days, 100.0)
    made.replace_open([])

    assert median(made) == median(other)
