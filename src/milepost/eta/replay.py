"""Replays roads under the label clock: quotes as a live system would have made them.

Nothing but the clock decides what is known: a road teaches at its delivery, an open one counts as
open, and the table is refreshed once a day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush

from milepost.eta.estimate import estimate
from milepost.eta.facts import DAY_US, Road, Window
from milepost.eta.learning import Quote, follow, learn, quote, refresh
from milepost.eta.ports import Situation
from milepost.eta.stages import standings
from milepost.eta.table import Table


def replay(
    roads: Sequence[Road], table: Table, *, from_us: int = 0,
    every_days: int = 1, tick: Callable[[int], None] = lambda _: None,
    begun: Callable[[int, Window], None] = lambda *_: None,
    scanned: Callable[[int, int, Situation], None] | None = None,
) -> dict[int, Window]:  # fmt: skip
    """The window of each road (by index) as it began, for those that began at `from_us` or later.

    Roads may come in any order; those that are not delivered stay open to the end. `begun` is told
    of each window while the table still stands as it stood then, `scanned` of each scan of a road
    that is delivered in the end: its index, the instant, and where it stood.
    """
    state = _State(roads, table)
    windows: dict[int, Window] = {}
    next_refresh = 0
    for at_us, index, where in _instants(roads, with_scans=scanned is not None):
        facts = roads[index].facts
        if at_us >= next_refresh:
            day = at_us // DAY_US
            state.up_to(day * DAY_US)
            next_refresh = (day + every_days) * DAY_US
            tick(index)
        if where is not None:
            if scanned is not None:
                scanned(index, at_us, where)
            continue
        if facts.created_us >= from_us:
            windows[index] = estimate(facts, (), facts.created_us, table)
            begun(index, windows[index])
        state.begin(index)
    return windows


def _instants(
    roads: Sequence[Road], *, with_scans: bool
) -> list[tuple[int, int, Situation | None]]:
    """Beginnings (without a situation) and scans, in the order of time."""
    found: list[tuple[int, int, Situation | None]] = [
        (road.facts.created_us, index, None) for index, road in enumerate(roads)
    ]
    if with_scans:
        found += [
            (at_us, index, where)
            for index, road in enumerate(roads) for at_us, where in standings(road)
        ]  # fmt: skip
    return sorted(found, key=lambda one: (one[0], one[2] is not None, one[1]))


class _State:
    """What is open, and when each open road ends."""

    def __init__(self, roads: Sequence[Road], table: Table) -> None:
        self._roads, self._table = roads, table
        self._quotes: dict[int, Quote] = {}
        self._endings: list[tuple[int, int]] = []

    def begin(self, index: int) -> None:
        road = self._roads[index]
        self._quotes[index] = quote(road.facts, self._table)
        if road.delivered_us is not None:
            heappush(self._endings, (road.delivered_us, index))

    def up_to(self, now_us: int) -> None:
        while self._endings and self._endings[0][0] < now_us:
            index = heappop(self._endings)[1]
            learn(self._roads[index], self._quotes.pop(index), self._table)
        still = []
        for index, kept in self._quotes.items():
            road = self._open(index, now_us)
            self._quotes[index] = said = follow(road, kept, self._table)
            still.append((road, said))
        refresh(still, now_us, self._table)

    def _open(self, index: int, now_us: int) -> Road:
        road = self._roads[index]
        events = tuple(event for event in road.events if event.occurred_us < now_us)
        return Road(facts=road.facts, events=events)
