"""Times as sources write them."""

# ruff: noqa: DTZ001 - times without a zone are what is tested here

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.carriers.toolkit.collect import ScanError
from milepost.carriers.toolkit.times import best_when, in_zone, join_when, need_when, read_when


def offset(hours: float) -> timezone:
    return timezone(timedelta(hours=hours))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-01-31T12:30:00+08:00", "2026-01-31T12:30:00+08:00"),
        ("2026-01-31T12:30:00+0800", "2026-01-31T12:30:00+08:00"),
        ("2026-01-31T12:30:00-03", "2026-01-31T12:30:00-03:00"),
        ("2026-01-31T12:30:00 +05:30", "2026-01-31T12:30:00+05:30"),
        ("2026-01-31T12:30:00Z", "2026-01-31T12:30:00+00:00"),
        ("2026-01-31T12:30:00.1234567Z", "2026-01-31T12:30:00.123456+00:00"),
        ("2026-01-31T12:30:00 UTC+8", "2026-01-31T12:30:00+08:00"),
        ("2026-01-31T12:30+01:00[Europe/Paris]", "2026-01-31T12:30:00+01:00"),
        ("2026-01-31 12:30:00", "2026-01-31T12:30:00"),
        ("2026-01-31 12:30", "2026-01-31T12:30:00"),
        ("2026/1/31 2:05 PM", "2026-01-31T14:05:00"),
        ("2026/1/31 12:05 AM", "2026-01-31T00:05:00"),
        ("2026年1月31日 12:30", "2026-01-31T12:30:00"),
        ("2026年1月31日12时30分05秒", "2026-01-31T12:30:05"),
        ("20260131123000", "2026-01-31T12:30:00"),
        ("202601311230", "2026-01-31T12:30:00"),
        ("20260131T123000Z", "2026-01-31T12:30:00+00:00"),
        (1769862600, "2026-01-31T12:30:00+00:00"),
        (1769862600000, "2026-01-31T12:30:00+00:00"),
        ("/Date(1769862600000+0100)/", "2026-01-31T13:30:00+01:00"),
        ("/Date(1769862600000)/", "2026-01-31T12:30:00+00:00"),
        (639054594000000000, "2026-01-31T12:30:00"),
        ("Sat, 31 Jan 2026 12:30:00 +0200", "2026-01-31T12:30:00+02:00"),
    ],
)
def test_reads_a_time_with_the_offset_it_has(written: object, expected: str) -> None:
    when = read_when(written)

    assert when is not None
    assert when.at.isoformat() == expected
    assert not when.date_only


@pytest.mark.parametrize("written", ["2026-01-31", "20260131", "2026/1/31", "2026年1月31日"])
def test_a_bare_date_is_a_date(written: str) -> None:
    assert read_when(written) == (datetime(2026, 1, 31), True)


@pytest.mark.parametrize(
    "written",
    [
        None, "", True, [], {}, "soon", "31/01/2026", "01-31-2026", "2026-13-01", "2026-02-30",
        "2026-01-2", "2026-01-31 25:00", "2026-01-31T12:30:00+99:00", "12:30", "1", 0, -1,
        float("nan"), float("inf"), "9" * 40, "2026-01-31 12:30 CST",
    ],
)  # fmt: skip
def test_what_is_no_certain_time_is_none(written: object) -> None:
    assert read_when(written) is None


def test_a_given_form_reads_what_would_be_a_guess() -> None:
    assert read_when("02/01/2026 10:00", ["%d/%m/%Y %H:%M"]) == (datetime(2026, 1, 2, 10), False)
    assert read_when("02/01/2026", ["%d/%m/%Y"]) == (datetime(2026, 1, 2), True)


def test_the_field_with_the_offset_wins() -> None:
    assert best_when("2026-01-31", "2026-01-31 10:00", "2026-01-31T10:00:00+01:00") == (
        datetime(2026, 1, 31, 10, tzinfo=offset(1)),
        False,
    )
    assert best_when("2026-01-31", "2026-01-31 10:00") == (datetime(2026, 1, 31, 10), False)
    assert best_when(None, "never") is None


@pytest.mark.parametrize(
    ("date", "clock", "zone", "expected"),
    [
        ("20260131", "143000", "+02:00", "2026-01-31T14:30:00+02:00"),
        ("2026-01-31", "2:30 PM", "America/New_York", "2026-01-31T14:30:00-05:00"),
        ("2026-07-31", "2:30 PM", "America/New_York", "2026-07-31T14:30:00-04:00"),
        ("2026-01-31", "14:30", "CST", "2026-01-31T14:30:00"),
        ("2026-01-31", "14:30:00Z", "+02:00", "2026-01-31T14:30:00+00:00"),
        ("2026-01-31", "14:30", None, "2026-01-31T14:30:00"),
    ],
)
def test_joins_separate_fields(date: str, clock: str, zone: str | None, expected: str) -> None:
    when = join_when(date, clock, zone)

    assert when is not None
    assert when.at.isoformat() == expected


def test_a_date_without_a_clock_stays_a_date() -> None:
    assert join_when("2026-01-31", None, "+08:00") == (
        datetime(2026, 1, 31, tzinfo=offset(8)),
        True,
    )


def test_an_unreadable_clock_is_not_midnight() -> None:
    assert join_when("2026-01-31", "noonish") is None
    assert join_when("2026-01-31", "25:10") is None


def test_a_known_offset_is_never_replaced() -> None:
    when = read_when("2026-01-31T10:00:00Z")

    assert when is not None
    assert in_zone(when, "+08:00") == when


def test_needing_a_time_says_what_was_there() -> None:
    with pytest.raises(ScanError, match="not a time: yesterday"):
        need_when("", "yesterday")
    with pytest.raises(ScanError, match="no time"):
        need_when(None, "")


@given(
    st.datetimes(
        datetime(1980, 1, 1),
        datetime(2090, 1, 1),
        timezones=st.one_of(
            st.none(),
            st.just(UTC),
            st.integers(-14 * 4, 14 * 4).map(lambda n: timezone(timedelta(minutes=15 * n))),
        ),
    )
)
def test_reads_back_every_iso_time(value: datetime) -> None:
    when = read_when(value.isoformat())

    assert when is not None
    assert (when.at, when.at.utcoffset()) == (value, value.utcoffset())


@given(st.text(max_size=40))
def test_never_raises(text: str) -> None:
    read_when(text)
    join_when("2026-01-31", text, text)
