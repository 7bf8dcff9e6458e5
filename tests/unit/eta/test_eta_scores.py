"""Scores against values worked out by hand, and calendars of both ends."""

from __future__ import annotations

from datetime import date

import pytest

from milepost.eta.calendars import after_working_days, is_working_day
from milepost.eta.judge.scores import auc, average_precision, mcc


def test_auc() -> None:
    assert auc([False, True, False, True], [0.1, 0.4, 0.35, 0.8]) == 1.0
    assert auc([False, True, False, True], [0.1, 0.3, 0.35, 0.8]) == 0.75
    assert auc([True, False], [0.5, 0.5]) == 0.5
    assert auc([True, True], [0.1, 0.2]) is None


def test_average_precision() -> None:
    assert average_precision([True, False, True], [0.9, 0.8, 0.7]) == pytest.approx(5 / 6)
    assert average_precision([True, False], [0.5, 0.5]) == 0.5
    assert average_precision([False], [0.5]) is None


def test_mcc() -> None:
    assert mcc([True, False, True, False], [True, False, True, False]) == 1.0
    assert mcc([True, False], [False, True]) == -1.0
    assert mcc([True, False], [True, True]) == 0.0


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("DE", date(2026, 10, 3), False),
        ("DE", date(2026, 12, 24), True),
        ("DE", date(2026, 12, 25), False),
        ("SA", date(2026, 11, 20), False),  # a Friday
        ("SA", date(2026, 11, 22), True),  # a Sunday
        ("CN", date(2025, 10, 1), False),
        ("CN", date(2025, 9, 28), True),  # a Sunday worked for the holiday week
        (None, date(2026, 11, 21), False),
        ("ZZ", date(2026, 12, 25), True),  # of an unknown country only weekends are known
    ],
)
def test_working_days(country: str | None, day: date, works: bool) -> None:
    assert is_working_day(country, day) is works


def test_far_years_of_china_have_weekends() -> None:
    assert not is_working_day("CN", date(2080, 1, 6))


def test_working_days_are_counted() -> None:
    assert after_working_days("DE", date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert after_working_days("DE", date(2026, 11, 20), 0) == date(2026, 11, 20)
