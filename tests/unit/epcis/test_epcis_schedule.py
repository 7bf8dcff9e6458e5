"""When a standing query is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from milepost.epcis.schedule import Schedule, ScheduleError

AT = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("given", "comes"),
    [
        ({"minute": "5", "hour": "1"}, "2026-11-21T01:05:00"),
        ({"second": "0,30"}, "2026-11-20T12:00:30"),
        ({"minute": "0"}, "2026-11-20T13:00:00"),
        ({"hour": "12"}, "2026-11-21T12:00:00"),
        ({"minute": "[10-20],40"}, "2026-11-20T12:10:00"),
        ({"dayOfWeek": "1"}, "2026-11-23T00:00:00"),
        ({"dayOfWeek": "5", "hour": "13"}, "2026-11-20T13:00:00"),
        ({"dayOfMonth": "31", "hour": "6"}, "2026-12-31T06:00:00"),
        ({"month": "2", "dayOfMonth": "29"}, "2028-02-29T00:00:00"),
        ({"month": "3"}, "2027-03-01T00:00:00"),
        ({"second": "59", "minute": "59", "hour": "11"}, "2026-11-21T11:59:59"),
    ],
)
def test_the_next_time(given: dict[str, str], comes: str) -> None:
    found = Schedule(given).next_after(AT)

    assert found == datetime.fromisoformat(comes).replace(tzinfo=UTC)


def test_a_day_that_never_comes() -> None:
    assert Schedule({"month": "2", "dayOfMonth": "30"}).next_after(AT) is None


@pytest.mark.parametrize(
    "given",
    [{}, {"week": "1"}, {"minute": "60"}, {"hour": "x"}, {"hour": "[5-3]"}, {"month": "0"},
     {"minute": ""}],
)  # fmt: skip
def test_what_is_no_schedule(given: dict[str, str]) -> None:
    with pytest.raises(ScheduleError, match="schedule"):
        Schedule(given)
