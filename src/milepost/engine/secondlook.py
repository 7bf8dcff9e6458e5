"""The second look: rules that need the whole road are asked after the commit, off the hot path.

Which roads are looked at: those whose goods need care, and those whose scans bring what such a rule
looks at (a position at delivery, evidence, a clock that runs ahead). Looking is a function of the
road's events and facts, so to look once too often does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

import structlog

from milepost.domain.event import Event
from milepost.domain.moment import TimeQuality
from milepost.domain.place import Place
from milepost.domain.status import BY_CODE
from milepost.domain.whole import Whole
from milepost.engine.desk import Desk
from milepost.engine.policies import Policies
from milepost.engine.ports import Group
from milepost.engine.wheel import Wheel
from milepost.rules.whole import all_rules, findings, next_due

log = structlog.get_logger()
PAUSE_S = 0.2
MOST = 100
AHEAD_US = 60_000_000
_EXACT = int(TimeQuality.exact)
_DELIVERED = frozenset(code for code, one in BY_CODE.items() if one.main == "delivered")


class Looked(NamedTuple):
    """A road with the names it goes by."""

    tenant: int
    number: str
    whole: Whole


class SecondLook:
    """Takes note of roads at every commit, and looks at them a moment later."""

    def __init__(
        self,
        roads: Callable[[Sequence[int]], Awaitable[dict[int, Looked]]],
        desk: Desk,
        policies: Policies,
        road_of: Callable[[int], int],
        now_us: Callable[[], int],
    ) -> None:
        self._wholes = roads
        self._desk = desk
        self._policies = policies
        self._road_of = road_of
        self._now_us = now_us
        self._waiting: dict[int, None] = {}
        self._wheel = Wheel()

    def note(self, group: Group) -> None:
        """After a commit: what of it deserves a second look. On the hot path."""
        profiled, road_of = self._policies.profiled, self._road_of
        for row in group.rows:
            event = row[2]
            if striking(event) or (profiled and road_of(event.parcel) in profiled):
                self._waiting[road_of(event.parcel)] = None

    def ask(self, roads: Iterable[int]) -> None:
        """Look at these soon."""
        self._waiting.update(dict.fromkeys(roads))

    async def run(self) -> None:
        """Look at what waits until cancelled."""
        while True:
            await asyncio.sleep(PAUSE_S)
            self.ask(self._wheel.pop(self._now_us() // 1_000_000, MOST))
            while self._waiting:
                try:
                    await self.look(MOST)
                except ConnectionError as error:
                    log.warning("second_look_retry", error=repr(error))
                    break

    async def look(self, most: int = MOST) -> None:
        """Look at some of those that wait."""
        roads = list(self._waiting)[:most]
        for road in roads:
            del self._waiting[road]
        try:
            found = await self._wholes(roads)
        except ConnectionError:
            self.ask(roads)
            raise
        for road, looked in found.items():
            self._look_at(road, looked)

    def _look_at(self, road: int, looked: Looked) -> None:
        now_s = self._now_us() // 1_000_000
        policy = self._policies(looked.tenant, road)
        found = findings(looked.whole, now_s, policy)
        self._desk.settle(looked.tenant, road, looked.number, all_rules(), found)
        due_s = next_due(looked.whole, now_s, policy)
        if due_s is not None:
            self._wheel.put(road, due_s)


def striking(event: Event) -> bool:
    """Whether a scan brings something that a rule over the whole road looks at."""
    if event.code in _DELIVERED:
        place = event.body.place
        if isinstance(place, Place) and place.latitude is not None:
            return True
    return event.at_us > event.received_us + AHEAD_US and event.quality == _EXACT
