"""What moved a window: a scan, or the silence after it."""

from __future__ import annotations

from itertools import pairwise

from eta_samples import facts, roads

from milepost.eta import DAY_US, Seen, Table, estimate, learn, quote, refresh
from milepost.eta.facts import Revised
from milepost.eta.many import estimate_each
from milepost.eta.revising import LEAST_US, NOTICE, history, revised


def _table() -> Table:
    table, past = Table(), roads(300)
    for road in past:
        learn(road, quote(road.facts, table), table)
    refresh([], max(road.delivered_us or 0 for road in past), table)
    return table


def _moved(events: list[Seen], now_us: int, table: Table) -> Revised | None:
    about = facts(400)
    return revised(about, events, now_us, table, estimate(about, events, now_us, table))


def test_a_scan_moves_it_and_then_the_silence_does() -> None:
    table, begun_us = _table(), facts(400).created_us
    picked = Seen(begun_us + 20 * DAY_US, "picked_up")  # far later than such roads ever were
    soon = _moved([picked], picked.occurred_us + 60_000_000, table)
    later = _moved([picked], picked.occurred_us + 40 * DAY_US, table)

    assert soon is not None
    assert later is not None
    assert (soon.because, soon.at_us) == ("picked_up", picked.occurred_us)
    assert soon.p50_us > begun_us
    assert (later.because, later.at_us) == ("silence", picked.occurred_us)


def test_nothing_moved_what_was_not_scanned_or_is_over() -> None:
    table, begun_us = _table(), facts(400).created_us
    done = [Seen(begun_us + DAY_US, "picked_up"), Seen(begun_us + 2 * DAY_US, "delivered")]

    assert _moved([], begun_us + DAY_US, table) is None
    assert _moved(done, begun_us + 3 * DAY_US, table) is None


def _road(*days: tuple[float, str]) -> list[Seen]:
    begun_us = facts(400).created_us
    return [Seen(begun_us + round(after * DAY_US), main) for after, main in days]


def test_every_window_that_was_said_has_its_reason() -> None:
    table, about = _table(), facts(400)
    events = _road((1, "picked_up"), (30, "in_transit"), (31, "in_transit"), (32, "customs"))
    told = history(about, events, events[-1].occurred_us + 20 * DAY_US, table)

    assert told[0].because == "created"
    assert told[0].window == estimate(about, [], about.created_us, table)
    assert [one.because for one in told if one.because != "silence"] == [
        "created", "picked_up", "in_transit", "customs",
    ]  # fmt: skip
    # Four weeks without a scan moved it, and it is said since when.
    quiet = [one for one in told if one.because == "silence"]
    assert (events[0].occurred_us, events[1].occurred_us) in [
        (one.since_us, one.at_us) for one in quiet
    ]
    assert quiet[-1].since_us == events[-1].occurred_us
    assert told[-1].window == estimate(about, events, told[-1].at_us, table)
    assert [one.at_us for one in told] == sorted(one.at_us for one in told)
    for before, after in pairwise(told):
        ends = ("p10_us", "p50_us", "p90_us")
        moved = [abs(getattr(before.window, n) - getattr(after.window, n)) for n in ends]
        assert max(moved) >= LEAST_US or after.because != "silence"


def test_order_and_repetition_change_nothing() -> None:
    table, about = _table(), facts(400)
    events = _road((1, "picked_up"), (3, "in_transit"), (3, "exception"), (9, "customs"))
    now_us = events[-1].occurred_us + DAY_US
    once = history(about, events, now_us, table)

    assert history(about, [*reversed(events), *events], now_us, table) == once
    # What is not yet known at a moment says nothing at that moment.
    early = [one for one in once if one.at_us < events[-1].occurred_us and one.because != "silence"]
    assert [one for one in history(about, events[:-1], now_us, table)
            if one in early] == early  # fmt: skip


def test_what_is_over_is_told_until_its_end() -> None:
    table, about = _table(), facts(400)
    events = _road((1, "picked_up"), (2, "in_transit"), (5, "delivered"))
    told = history(about, events, events[-1].occurred_us + 50 * DAY_US, table, DAY_US)

    assert told[-1].at_us <= events[-1].occurred_us
    assert all(one.window.predictor != "scan" for one in told)
    assert "delivered" not in [one.because for one in told]
    assert NOTICE not in [one.because for one in told]


def test_a_delay_is_a_reason_of_its_own() -> None:
    table, about = _table(), facts(400)
    events = _road((1, "picked_up"))
    told = history(about, events, events[0].occurred_us + DAY_US, table, 2 * DAY_US)

    assert told[-1].because == NOTICE
    plain = estimate(about, events, told[-1].at_us, table)
    assert told[-1].window.p50_us - plain.p50_us == 2 * DAY_US


def test_a_scan_with_the_announcement_is_the_first_word() -> None:
    table, about = _table(), facts(400)
    events = _road((0, "info_received"), (0, "picked_up"))
    told = history(about, events, about.created_us + 1, table)

    assert [one.because for one in told] == ["picked_up"]
    assert history(about, [], about.created_us, table)[0].because == "created"


def test_windows_at_their_own_times_are_those_of_one_by_one() -> None:
    table, about = _table(), facts(400)
    events = _road((1, "picked_up"), (4, "in_transit"))
    asked = [(about, events[:n], about.created_us + n * DAY_US, n * 1_000) for n in range(3)]

    assert estimate_each(asked, table) == [
        estimate(facts_, seen, now_us, table, late_us) for facts_, seen, now_us, late_us in asked
    ]
