"""Working days of a country: weekends, public holidays, and China's days worked instead."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

# Where the weekend is not Saturday and Sunday (Monday is 0).
_WEEKENDS = {
    country: frozenset({4, 5})
    for country in ("BH", "DZ", "EG", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "SD", "SY", "YE")
} | {"AF": frozenset({3, 4}), "IR": frozenset({4}), "IL": frozenset({4, 5})}
_USUAL = frozenset({5, 6})


@lru_cache(maxsize=65_536)
def is_working_day(country: str | None, day: date) -> bool:
    """Whether people work there on that day; without a known country only weekends are free."""
    if country == "CN":
        # Half a second of import that only a server with guesses to make should pay.
        import chinese_calendar  # type: ignore[import-untyped]

        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            pass  # a year not announced yet: weekends and fixed holidays
    if day.weekday() in _WEEKENDS.get(country or "", _USUAL):
        return False
    return day not in _public(country or "", day.year)


@lru_cache(maxsize=2_048)
def _public(country: str, year: int) -> frozenset[date]:
    """Public holidays; none of a country that is not known."""
    import holidays

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def after_working_days(country: str | None, day: date, count: int) -> date:
    """The day on which `count` working days have passed since `day` (bounded to a year)."""
    for _ in range(366):
        if count <= 0:
            break
        day += timedelta(days=1)
        count -= is_working_day(country, day)
    return day
