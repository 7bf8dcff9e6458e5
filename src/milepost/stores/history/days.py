"""Days as the index keeps them: 16 bits since 1970, good until 2149."""

from __future__ import annotations

from datetime import date, timedelta

_EPOCH = date(1970, 1, 1)
_MOST = 0xFFFF


def number_of(day: date) -> int:
    """Days since 1970; ValueError where 16 bits do not hold it."""
    number = (day - _EPOCH).days
    if not 0 <= number <= _MOST:
        raise ValueError(f"{day} cannot be a sealed day")
    return number


def day_of(number: int) -> date:
    """The day behind a number of `number_of`."""
    return _EPOCH + timedelta(days=number)


def month_of(number: int) -> str:
    """The calendar month, `2026-01`."""
    return f"{day_of(number):%Y-%m}"
