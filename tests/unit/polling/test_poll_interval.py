"""The pace of questions, and what a source is owed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milepost.engine.polling import Standing
from milepost.intake.poll.interval import DAY_S, HOUR_S, USUAL, Pace, interval_s, why_ended
from milepost.intake.poll.politeness import LONGEST_WAIT_S, Breaker, Bucket, backoff_s

NOW = 1_800_000_000
ago = st.integers(0, 90 * DAY_S)
standings = st.builds(
    Standing,
    since_s=ago.map(lambda one: NOW - one),
    main=st.sampled_from(["unknown", "in_transit", "out_for_delivery", "exception"]),
    changed_s=st.none() | ago.map(lambda one: NOW - one),
    earliest_s=st.none() | st.integers(-5 * DAY_S, 5 * DAY_S).map(lambda one: NOW + one),
    latest_s=st.none() | st.integers(-5 * DAY_S, 5 * DAY_S).map(lambda one: NOW + one),
)
paces = st.builds(Pace, shortest_s=st.integers(1, 2 * DAY_S), longest_s=st.integers(1, 2 * DAY_S))


@given(standings, paces)
def test_never_sooner_than_the_shortest_nor_later_than_the_longest(
    one: Standing, pace: Pace
) -> None:
    wait_s = interval_s(one, NOW, pace)

    if wait_s is not None:
        assert pace.shortest_s <= wait_s <= max(pace.shortest_s, pace.longest_s)


@given(standings, st.integers(0, 30 * DAY_S))
def test_quiet_numbers_are_not_asked_for_more_often(one: Standing, later_s: int) -> None:
    plain = Standing(since_s=one.since_s, changed_s=one.changed_s, main="in_transit")
    before, after = interval_s(plain, NOW), interval_s(plain, NOW + later_s)

    if before is None:
        assert after is None
    elif after is not None:
        assert after >= before


@given(standings)
def test_a_window_never_makes_it_rarer(one: Standing) -> None:
    bare = Standing(since_s=one.since_s, main=one.main, changed_s=one.changed_s)
    with_window, without = interval_s(one, NOW), interval_s(bare, NOW)

    assert (with_window is None) == (without is None)
    if with_window is not None and without is not None:
        assert with_window <= without


@given(standings, st.integers(0, 10 * DAY_S))
def test_after_the_end_it_stops_once_the_grace_is_over(one: Standing, closed_for_s: int) -> None:
    closed = Standing(since_s=one.since_s, main="delivered", closed_s=NOW - closed_for_s)

    assert (interval_s(closed, NOW) is None) == (closed_for_s >= USUAL.grace_s)
    assert why_ended(closed) == "closed"


def test_soon_after_a_change_and_near_the_window_rarely_when_quiet() -> None:
    fresh = Standing(since_s=NOW - 9 * DAY_S, main="in_transit", changed_s=NOW - 60)
    quiet = Standing(since_s=NOW - 9 * DAY_S, main="in_transit", changed_s=NOW - 5 * DAY_S)
    today = Standing(
        since_s=NOW - 9 * DAY_S, main="in_transit", changed_s=NOW - 5 * DAY_S,
        earliest_s=NOW + HOUR_S, latest_s=NOW + 5 * HOUR_S,
    )  # fmt: skip
    forgotten = Standing(since_s=NOW - 90 * DAY_S)

    assert interval_s(fresh, NOW) == USUAL.shortest_s
    assert interval_s(quiet, NOW) == USUAL.longest_s
    assert interval_s(today, NOW) == USUAL.near_s
    assert interval_s(forgotten, NOW) is None
    assert why_ended(forgotten) == "quiet"


@given(st.integers(1, 1_000), st.floats(0, 0.999))
def test_waits_grow_to_a_limit_and_are_never_zero(failures: int, chance: float) -> None:
    wait_s = backoff_s(failures, lambda: chance)

    assert 2.5 <= wait_s <= LONGEST_WAIT_S
    assert backoff_s(failures + 1, lambda: chance) >= wait_s


@given(st.floats(0.1, 50), st.lists(st.floats(0, 5), min_size=2, max_size=60))
def test_a_bucket_never_lets_more_through_than_its_rate(rate: float, gaps: list[float]) -> None:
    bucket, now, used = Bucket(rate), 0.0, []
    for gap in gaps:
        now += gap
        used.append(now + bucket.take(now))

    for first in range(len(used)):
        for last in range(first, len(used)):
            # One token may be left over, and one is used at the first moment.
            assert last - first <= (used[last] - used[first]) * rate + 1 + 1e-6


def test_a_breaker_opens_lets_one_through_and_closes() -> None:
    breaker = Breaker(lambda: 0.0, after=3)
    for _ in range(3):
        assert breaker.wait_s(0.0) == 0.0
        breaker.begun()
        breaker.failed(0.0)
    assert breaker.state == "open"
    wait_s = breaker.wait_s(1.0)
    assert wait_s > 0

    assert breaker.wait_s(1.0 + wait_s) == 0.0
    assert breaker.state == "half-open"
    breaker.begun()
    assert breaker.wait_s(1.0 + wait_s) > 0  # only one

    breaker.failed(20.0)
    longer_s = breaker.wait_s(20.0)
    assert longer_s > wait_s

    assert breaker.wait_s(20.0 + longer_s) == 0.0
    breaker.begun()
    breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.wait_s(20.0 + longer_s) == 0.0
