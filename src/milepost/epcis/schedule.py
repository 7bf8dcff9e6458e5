"""When a standing query is asked: the standard's query schedule, in UTC.

https://ref.gs1.org/standards/epcis/ (query-schedule.json)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

# Fields from the finest to the coarsest, with the least and the greatest value. Monday is 1.
FIELDS = {
    "second": (0, 59), "minute": (0, 59), "hour": (0, 23), "dayOfMonth": (1, 31), "month": (1, 12),
    "dayOfWeek": (1, 7),
}  # fmt: skip
_CLOCK = ("hour", "minute", "second")
_PART = re.compile(r"(\d{1,2})|\[?(\d{1,2})-(\d{1,2})\]?", re.ASCII)
# 29 February on a given weekday comes again after 40 years at most.
_LONGEST = timedelta(days=41 * 366)


class ScheduleError(ValueError):
    """A schedule that cannot be kept; the text says why."""


class Schedule:
    """A query's times. Fields finer than the finest given count as their least value, so that
    `hour` alone is once a day; coarser ones that are not given do not matter.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        """Raises ScheduleError."""
        unknown = given.keys() - FIELDS.keys()
        if unknown or not given:
            told = f"schedule: has no field {min(unknown)}" if unknown else "schedule: is empty"
            raise ScheduleError(told)
        names = list(FIELDS)
        finest = min(names.index(name) for name in given)
        self._values = {
            name: _values(name, given[name]) if name in given
            else ([FIELDS[name][0]] if _is_finer(place, finest) else None)
            for place, name in enumerate(names)
        }  # fmt: skip
        self._clock = [self._values[name] or range(FIELDS[name][1] + 1) for name in _CLOCK]

    def next_after(self, at: datetime) -> datetime | None:
        """The first time after an instant, to the second; None if there is none."""
        at = at.astimezone(UTC).replace(microsecond=0)
        day, last = at.date(), at.date() + _LONGEST
        while day <= last:
            if self._fits(day):
                found = self._within(day, at)
                if found is not None:
                    return found
            day += timedelta(days=1)
        return None

    def _fits(self, day: date) -> bool:
        told = {"dayOfMonth": day.day, "month": day.month, "dayOfWeek": day.isoweekday()}
        wanted = {name: self._values[name] for name in told}
        return all(one is None or told[name] in one for name, one in wanted.items())

    def _within(self, day: date, at: datetime) -> datetime | None:
        from_hour = at.hour if day == at.date() else 0
        hours = [one for one in self._clock[0] if one >= from_hour]
        for hour, minute, second in product(hours, *self._clock[1:]):
            found = datetime.combine(day, time(hour, minute, second), UTC)
            if found > at:
                return found
        return None


def _is_finer(place: int, finest: int) -> bool:
    # A day of the week is on any day of the month; but a month alone begins on its first.
    coarse = list(FIELDS).index("dayOfWeek")
    return place < finest and (place < 3 or (place == 3 and finest != coarse))


def _values(name: str, text: str) -> list[int]:
    low, high = FIELDS[name]
    found: set[int] = set()
    for part in str(text).replace(" ", "").split(","):
        one = _PART.fullmatch(part)
        if one is None:
            raise ScheduleError(f"schedule.{name}: '{part[:40]}' is no number, nor [from-to]")
        first, last = int(one[1] or one[2]), int(one[1] or one[3])
        if not low <= first <= last <= high:
            raise ScheduleError(f"schedule.{name}: must be within {low} to {high}")
        found.update(range(first, last + 1))
    return sorted(found)
