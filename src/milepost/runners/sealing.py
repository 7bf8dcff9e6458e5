"""Closed roads leave the journal and memory: sealed into the history day by day.

The order makes a crash harmless at any point: sealed first, then marked, then out of memory; a
partition of the journal is dropped only when everything in it is marked. What is sealed twice is
read once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import structlog
from msgspec import Struct

from milepost.domain.event import Event
from milepost.engine.readmodel import first_day
from milepost.engine.resting import Resting
from milepost.engine.rows import Row
from milepost.engine.shard import Shard
from milepost.stores.history import History, SealedRow
from milepost.stores.postgres.closing import Closed, Closing

log = structlog.get_logger()
EVERY_S = 600.0
CHUNK = 2_000
DAY_S = 86_400


class Archive(Struct):
    """Where closed roads go, after how many days, and for how many days they are kept."""

    closing: Closing
    history: History
    rest_days: int
    keep_days: int
    shard: tuple[int, int] = (0, 1)


class SealedRoads:
    """The history as queries ask it. See `engine.queries.Sealed`."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def events(self, tenant: int, parcels: Sequence[int]) -> list[Event]:
        days = {day for parcel in parcels for day in self._history.days_of(parcel)}
        if not days:
            return []
        rows = await asyncio.to_thread(
            self._history.read, list(parcels), tenant=tenant, days=sorted(days)
        )
        return [row.event for row in rows]


class Sealing:
    """Seals the closed roads of one shard, and keeps to the retention."""

    def __init__(
        self,
        shard: Shard,
        resting: Resting,
        archive: Archive,
        now_us: Callable[[], int],
        *,
        owns: Callable[[int], bool],
    ) -> None:
        self._shard = shard
        self._resting = resting
        self._closing = archive.closing
        self._history = archive.history
        self._now_us = now_us
        self._owns = owns
        self._shard_of = archive.shard
        self._rest_days = archive.rest_days
        self._keep_days = archive.keep_days

    async def load(self) -> None:
        """Know which roads are resting."""
        async for keys in self._closing.resting():
            self._resting.keys.add(key for key in keys if self._owns(key))

    async def run(self) -> None:
        """Seal, again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.seal()
                await self.tidy()
            except (ConnectionError, BlockingIOError) as error:
                log.warning("sealing_later", error=repr(error))

    async def seal(self) -> int:
        """Seal all that has been closed for long enough; how many roads."""
        count = 0
        before_s = self._now_us() // 1_000_000 - self._rest_days * DAY_S
        while closed := await self._closing.sealable(before_s, CHUNK, self._shard_of):
            mine = [one for one in closed if self._ready(one)]
            if not mine:
                return count
            count += await self._seal(mine)
        return count

    async def tidy(self) -> None:
        """Drop what nobody needs any more."""
        today = self._today()
        await self._closing.drop_sealed(today - timedelta(days=self._rest_days))
        oldest = today - timedelta(days=self._keep_days)
        await asyncio.to_thread(self._history.drop_before, oldest)
        await self._closing.forget_before(oldest)

    def _ready(self, one: Closed) -> bool:
        road = one.road
        return self._owns(road) and road in self._shard.states and road not in self._shard.dirty

    async def _seal(self, closed: Sequence[Closed]) -> int:
        states = {one.road: self._shard.states[one.road] for one in closed}
        since = min(first_day(state) for state in states.values())
        parcels = [parcel for one in closed for parcel in one.parcels]
        found = await self._closing.events(parcels, since)
        today = self._today()
        rows = [_sealed(seq, row) for seq, row in found]
        await asyncio.to_thread(self._history.seal, today, rows)
        # Whatever got a scan meanwhile stays on the road and is sealed again another time.
        still = [road for road, state in states.items() if self._shard.states.get(road) is state]
        await self._closing.mark_sealed(still, today)
        for road in still:
            if self._shard.states.get(road) is states[road] and road not in self._shard.dirty:
                del self._shard.states[road]
                self._resting.keys.add([road])
        return len(still)

    def _today(self) -> date:
        return datetime.fromtimestamp(self._now_us() // 1_000_000, UTC).date()


def _sealed(seq: int, row: Row) -> SealedRow:
    return SealedRow(event=row.event, tenant=row.tenant, seq=seq, raw=row.raw)
