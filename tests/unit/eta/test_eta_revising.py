"""What moved a window: a scan, or the silence after it."""

from __future__ import annotations

from eta_samples import facts, roads

from milepost.eta import DAY_US, Seen, Table, estimate, learn, quote, refresh
from milepost.eta.facts import Revised
from milepost.eta.revising import revised


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
