"""Times as text are what `datetime` would write, and a table settles as the rules themselves do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from milepost.domain.event import is_status
from milepost.domain.marks import Mark
from milepost.domain.moment import to_text
from milepost.domain.settle import Standing, settle, step
from milepost.domain.status import BY_CODE

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
instants = st.integers(-2_000_000_000_000_000, 4_000_000_000_000_000)
whole_seconds = st.integers(-2_000_000_000, 4_000_000_000).map(lambda at_s: at_s * 1_000_000)


@given(at_us=instants | whole_seconds, offset_min=st.none() | st.integers(-14 * 60, 14 * 60))
def test_it_is_what_datetime_writes(at_us: int, offset_min: int | None) -> None:
    at = EPOCH + timedelta(microseconds=at_us)
    if offset_min is None:
        expected = at.replace(tzinfo=None).isoformat()
    else:
        expected = at.astimezone(timezone(timedelta(minutes=offset_min))).isoformat()
    assert to_text(at_us, offset_min) == expected


marks = st.builds(
    Mark,
    fingerprint=st.integers(1, 1 << 60),
    at_s=st.integers(1_700_000_000, 1_700_100_000),
    leg=st.integers(1, 3),
    code=st.sampled_from([code for code in BY_CODE if is_status(code)]),
    quality=st.just(0),
)


@given(road=st.lists(marks, max_size=30))
def test_the_table_and_the_rules_agree(road: list[Mark]) -> None:
    road.sort(key=lambda mark: mark.order)
    now, legs = Standing(), set[int]()
    for mark in road:
        now = step(now, mark, mark.leg in legs)
        legs.add(mark.leg)
    assert settle(road) == now
