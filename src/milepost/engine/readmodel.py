"""The list of shipments, written behind the journal: coalesced, throttled, rebuilt after a crash.

A cycle takes the states as they are, waits until every event in them is durable, writes the rows,
and then says up to which commit they are complete. What came later is replayed after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

import structlog

from milepost.domain.marks import HEADER, MARK, header_of
from milepost.domain.status import BY_CODE, MAIN_CODE
from milepost.engine.ports import Ledger
from milepost.engine.rows import ShipmentRow
from milepost.engine.shard import Dirty, Shard

log = structlog.get_logger()
PAUSE_S = 1.0
CHUNK = 100
# The share of the time that the writers of all processes together may keep the database busy while
# scans come in.
DUTY = 0.25


class ReadModel:
    """Keeps the `shipment` rows of one shard up to date."""

    def __init__(
        self,
        shard: Shard,
        ledger: Ledger,
        number: int,
        durable: Callable[[], Awaitable[int]],
        writers: int = 1,
    ) -> None:
        """`writers`: how many processes keep the rows of one database."""
        self._duty = DUTY / writers
        self._shard = shard
        self._ledger = ledger
        self._number = number
        self._durable = durable
        self.gone: list[int] = []
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Write cycle after cycle until cancelled."""
        while True:
            await asyncio.sleep(PAUSE_S)
            if self._shard.dirty or self.gone:
                try:
                    await self.cycle()
                except Exception as error:  # what was not written stays dirty
                    log.warning("read_model_retry", error=repr(error))

    async def cycle(self, *, hurry: bool = False) -> None:
        """Bring the rows up to date with what is in memory now."""
        # Two at once could write an older state over a newer one.
        async with self._turn:
            await self._cycle(hurry=hurry)

    async def _cycle(self, *, hurry: bool) -> None:
        dirty, self._shard.dirty = self._shard.dirty, {}
        self._shard.being_written = dirty
        gone, self.gone = self.gone, []
        # States as they are now: what comes later may not be durable yet.
        taken = zip(dirty.items(), list(map(self._shard.states.get, dirty)), strict=True)
        try:
            seq = await self._durable()
            # Rows are made a few at a time, so that nobody has to wait for all of them.
            while part := list(islice(taken, CHUNK)):
                rows = [self._row(*one, state, seq) for one, state in part if state is not None]
                await self._write(rows, hurry=hurry)
            await self._ledger.save_shipments([], gone)
            await self._ledger.save_checkpoint(self._number, seq)
        except BaseException:
            self._shard.dirty = {**dirty, **self._shard.dirty}
            self.gone = gone + self.gone
            raise
        finally:
            self._shard.being_written = {}

    async def _write(self, chunk: list[ShipmentRow], *, hurry: bool) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._ledger.save_shipments(chunk, [])
        if not hurry:
            await asyncio.sleep((loop.time() - began) * (1 / self._duty - 1))

    def _row(self, road: int, what: Dirty, state: bytes, seq: int) -> ShipmentRow:
        header = header_of(state)
        main = MAIN_CODE[BY_CODE[header.code].main]
        alerts = len(self._shard.open.get(road, ())) + self._shard.more_alerts.get(road, 0)
        return ShipmentRow(
            road, what.tenant, what.number, what.carrier, what.order_number, main, header.code,
            header.since_s, header.last_s, first_day(state), alerts, state, seq, what.received_us,
        )  # fmt: skip


def first_day(state: bytes | None) -> date:
    """A day before which no event of this state can have come in.

    Ingest is at most a day before the event itself (clocks run ahead), and never earlier.
    """
    if state is None or len(state) < HEADER.size + MARK.size:
        return date(2000, 1, 1)
    at_s = MARK.unpack_from(state, HEADER.size)[1]
    return _two_days_before(at_s // 86_400)


@lru_cache(maxsize=1024)
def _two_days_before(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day - 2)
