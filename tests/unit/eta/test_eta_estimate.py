"""Arrival windows: honest whatever comes in."""

from __future__ import annotations

from eta_samples import BEGIN_US, facts, roads
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.status import MAINS
from milepost.eta import (
    DAY_US,
    Facts,
    Seen,
    Spot,
    Table,
    estimate,
    learn,
    quote,
    refresh,
)

COLD = Table()


def _learned(count: int = 400) -> Table:
    table = Table()
    for road in roads(count):
        learn(road, quote(road.facts, table), table)
    refresh([], BEGIN_US + 40 * DAY_US, table)
    return table


WARM = _learned()
NOW = BEGIN_US + 40 * DAY_US

numbers = st.none() | st.floats()
texts = st.none() | st.sampled_from(["DE", "CN", "US", "XX", "", "Atlantis", "SA"])
spots = st.builds(Spot, place=texts, region=texts, country=texts, lat=numbers, lng=numbers)
instants = st.integers(-(2**62), 2**62)
near = st.integers(NOW - 60 * DAY_US, NOW + 60 * DAY_US)
anything = st.builds(
    Facts, created_us=near | instants, carrier=st.sampled_from(["", "swift", "?"]),
    mode=st.sampled_from(["", "sea", "road", "warp"]), origin=spots, destination=spots,
    promised_us=st.none() | near | instants, offset_s=st.integers(-100_000, 100_000),
    weight_g=st.none() | st.integers(-5, 10**9),
)  # fmt: skip
scans = st.lists(
    st.builds(Seen, near | instants, st.sampled_from([*MAINS, "nonsense"])), max_size=6
)


@settings(max_examples=200)
@given(anything, scans, near)
def test_never_an_exception_and_always_in_order(
    about: Facts, events: list[Seen], now_us: int
) -> None:
    for table in (COLD, WARM):
        window = estimate(about, events, now_us, table)

        assert window.p10_us <= window.p50_us <= window.p90_us
        assert window.late_odds is None or 0 <= window.late_odds <= 1
        assert window.reason
        if window.predictor != "scan":
            assert window.p10_us >= now_us
            assert window.p90_us - window.p10_us >= 3_600_000_000


@given(scans, st.randoms())
def test_the_order_of_events_changes_nothing(events: list[Seen], draw: object) -> None:
    mixed = list(events)
    draw.shuffle(mixed)  # type: ignore[attr-defined]
    kept = {event.occurred_us: event for event in events}
    first = estimate(facts(), sorted(kept.values(), key=lambda e: e.occurred_us), NOW, WARM)
    unique = [event for event in mixed if kept[event.occurred_us] is event]

    assert estimate(facts(), unique, NOW, WARM) == first


def test_without_history_it_says_that_it_is_a_guess() -> None:
    window = estimate(facts(), (), facts().created_us, COLD)

    assert window.guess
    assert window.predictor == "guess"
    assert "no history" in window.reason


def test_a_missing_coordinate_widens_the_guess() -> None:
    known = estimate(facts(), (), BEGIN_US, COLD)
    blind = estimate(facts(destination=Spot(country="DE")), (), BEGIN_US, COLD)

    assert _relative_width(blind) > _relative_width(known)


def _relative_width(window: object) -> float:
    return (window.p90_us - BEGIN_US) / (window.p50_us - BEGIN_US)  # type: ignore[attr-defined]


def test_abroad_takes_longer_than_at_home() -> None:
    far = facts(destination=Spot(country="BR", lat=-23.5, lng=-46.6))

    assert estimate(far, (), BEGIN_US, COLD).p50_us > estimate(facts(), (), BEGIN_US, COLD).p50_us


def test_only_a_promise_is_a_guess_too() -> None:
    window = estimate(facts(promised_us=BEGIN_US + 5 * DAY_US), (), BEGIN_US, COLD)

    assert window.predictor == "promise"
    assert window.guess
    assert window.late_odds is not None


def test_history_speaks_for_its_lane() -> None:
    quick, slow = (estimate(facts(800 + lane), (), facts(800 + lane).created_us, WARM)
                   for lane in (0, 3))  # fmt: skip

    assert not quick.guess
    assert quick.predictor == "lanes"
    assert slow.p50_us - facts(803).created_us > 2 * (quick.p50_us - facts(800).created_us)


def test_a_scan_makes_it_more_certain() -> None:
    about = facts(803)
    begun = estimate(about, (), about.created_us, WARM)
    scanned = about.created_us + DAY_US
    later = estimate(about, [Seen(scanned, "in_transit")], scanned, WARM)

    assert "in transit" in later.reason
    assert later.p90_us - later.p10_us <= (begun.p90_us - begun.p10_us) * 1.2


def test_silence_moves_it_back() -> None:
    about = facts(800)
    event = Seen(about.created_us, "in_transit")
    fresh = estimate(about, [event], about.created_us, WARM)
    stale = estimate(about, [event], about.created_us + 20 * DAY_US, WARM)

    assert stale.p50_us > fresh.p50_us + 15 * DAY_US


def test_late_odds_grow_as_the_promise_comes_nearer() -> None:
    about = facts(803)
    odds = [
        estimate(facts(803, promised_us=about.created_us + days * DAY_US), (), about.created_us,
                 WARM).late_odds
        for days in (20, 6, 4, 1)
    ]  # fmt: skip

    assert all(one is not None for one in odds)
    assert odds == sorted(odds)
    assert odds[0] < 0.1
    assert odds[-1] > 0.9


def test_a_broken_promise_is_certain() -> None:
    about = facts(promised_us=BEGIN_US + DAY_US)

    assert estimate(about, (), BEGIN_US + 2 * DAY_US, WARM).late_odds == 1.0


def test_what_has_arrived_is_no_forecast() -> None:
    about = facts(promised_us=BEGIN_US + DAY_US)
    window = estimate(about, [Seen(BEGIN_US + 2 * DAY_US, "delivered")], NOW, WARM)

    assert window.p10_us == window.p90_us == BEGIN_US + 2 * DAY_US
    assert window.probability == 1.0
    assert window.late_odds == 1.0


def test_a_lane_never_seen_is_as_wide_as_the_distance_and_the_others_say() -> None:
    fiji = Spot(country="FJ", place="Suva", lat=-18.1, lng=178.4)
    nuuk = Spot(country="GL", place="Nuuk", lat=64.2, lng=-51.7)
    far = facts(790, origin=fiji, destination=nuuk)
    seen = [Seen(far.created_us + DAY_US // 4, "picked_up")]
    now_us = far.created_us + DAY_US
    cold, at_home = estimate(far, seen, now_us, COLD), estimate(facts(790), seen, now_us, WARM)
    told = estimate(far, seen, now_us, WARM)

    assert told.guess
    assert told.p10_us <= min(cold.p10_us, at_home.p90_us)
    assert told.p90_us >= max(cold.p90_us, at_home.p90_us)
    assert "no history on this lane" in told.reason


def test_what_has_been_silent_for_years_may_be_silent_as_long_again() -> None:
    for years in (1, 2, 20):
        begun_us = NOW - years * 365 * DAY_US
        old = facts(0, created_us=begun_us)
        for table in (WARM, COLD):
            told = estimate(old, [Seen(begun_us, "picked_up")], NOW, table)
            assert told.p10_us >= NOW
            assert told.p50_us - NOW > 50 * DAY_US
            assert told.p90_us - told.p10_us > 100 * DAY_US
