"""Keeps where shipments go and when they come, for the console's lists, behind their changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from itertools import islice

import structlog

from milepost.engine.outlook import Outlook, outlook_of
from milepost.engine.rows import Group
from milepost.engine.secondlook import Looked
from milepost.eta.facts import Window
from milepost.runners.inline import Inline
from milepost.stores.postgres.console.outlooks import FIRST_ROAD, Outlooks
from milepost.wiring.feature import Context
from milepost.wiring.features._windows import windows_of

log = structlog.get_logger()
PAUSE_S = 0.5
MOST_AT_ONCE, SLICE = 50, 8
MOST_WAITING = 200_000
# Of the time of one core; so much less while many scans come in.
DUTY, BUSY_DUTY = 0.5, 0.03
# The read model writes a line some seconds after its scans; then nobody waits for it any more.
MOST_TRIES = 30
# Windows that have passed are looked at again, as often as this by the engine's clock.
AGAIN_S = 3_600
PASSED_EVERY_S = 30.0
SWEEP = 5_000


class LookingAhead:
    """One background task. Which roads wait is lost with the process; a sweep finds them again."""

    def __init__(self, context: Context, outlooks: Outlooks) -> None:
        self._context = context
        self._engine: Inline = context.engine
        self._outlooks = outlooks
        self._waiting: dict[int, int] = {}
        self._sweep: int | None = FIRST_ROAD
        self._passed_at = 0.0

    def note(self, group: Group) -> None:
        """After every commit, so on the hot path."""
        waiting, road_of = self._waiting, self._engine.shard.road_of
        if len(waiting) > MOST_WAITING:
            self.sweep()
            return
        for row in group.rows:
            waiting[road_of(row.event.parcel)] = 0
        for fact in group.facts:
            waiting[road_of(fact.parcel)] = 0
        for alert in group.alerts:
            waiting[alert.shipment] = 0

    def sweep(self) -> None:
        """Look for what is missing or behind, from the first road on."""
        self._sweep = FIRST_ROAD

    def ask(self, roads: Iterable[int]) -> None:
        """Somebody looks at these: what is told of them is made anew."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.update(dict.fromkeys(roads, 0))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(PAUSE_S)
            try:
                await self._find()
                while self._waiting and not self._engine.pressed:
                    began = time.perf_counter()
                    done = await self.cycle()
                    took = time.perf_counter() - began
                    duty = BUSY_DUTY if self._engine.busy else DUTY
                    await asyncio.sleep(took * (1 / duty - 1))
                    if not done:  # only lines that are not written yet
                        break
            except Exception as error:  # the next turn begins anew
                log.warning("outlook_retry", error=repr(error))

    async def cycle(self) -> int:
        """Some of those that wait; how many were kept."""
        taken = dict(islice(self._waiting.items(), MOST_AT_ONCE))
        for road in taken:
            del self._waiting[road]
        try:
            found = await self._looked(list(taken))
            kept = await self._outlooks.save(found, self._now_s())
        except BaseException:
            self._waiting = taken | self._waiting
            raise
        for road in found.keys() - kept:
            if taken[road] < MOST_TRIES:
                self._waiting.setdefault(road, taken[road] + 1)
        return len(kept)

    async def _looked(self, roads: Sequence[int]) -> dict[int, Outlook]:
        mine = [road for road in roads if self._engine.owns(road)]
        looks = await self._engine.queries.wholes(mine)
        known = {road: one for road, one in looks.items() if one.whole.events}
        windows = windows_of(self._engine.queries, known.values(), self._now_s())
        found: dict[int, Outlook] = {}
        for (road, looked), window in zip(known.items(), windows, strict=True):
            if len(found) % SLICE == 0:  # questions come in between
                await asyncio.sleep(0)
            found[road] = self._of(road, looked, window)
        return found

    def _of(self, road: int, looked: Looked, window: Window | None) -> Outlook:
        shard = self._engine.shard
        alerts = bool(shard.open.get(road) or shard.more_alerts.get(road))
        return outlook_of(looked.whole, window, self._now_s(), alerts=alerts)

    async def _find(self) -> None:
        """What was missed before this process began, and windows that have passed."""
        if len(self._waiting) > MOST_WAITING // 2 or self._engine.busy:
            return
        if self._sweep is not None:
            roads, self._sweep = await self._outlooks.behind(self._sweep, SWEEP)
            self.ask(roads)
        if time.monotonic() - self._passed_at > PASSED_EVERY_S:
            self._passed_at = time.monotonic()
            await self._ask_passed()

    async def _ask_passed(self) -> None:
        now_s = self._now_s()
        for tenant, _ in await self._context.milepost.store.accounts.tenants():
            self.ask(await self._outlooks.passed(tenant, now_s, now_s - AGAIN_S, MOST_AT_ONCE))

    def _now_s(self) -> int:
        return self._context.now_us() // 1_000_000
