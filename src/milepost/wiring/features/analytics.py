"""Reports over all history. The first process keeps the journey table; every one answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog

from milepost.analytics.builder import keep
from milepost.analytics.prepared import Prepared
from milepost.analytics.records import Lanes
from milepost.api import reports
from milepost.domain.status import OVER
from milepost.engine.secondlook import Looked
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features._reporting import open_parts

log = structlog.get_logger()
EVERY_S = 15.0
# At most a third of a core, however many roads end: the rest is for scans and questions; a tenth
# while many scans come in.
REST, BUSY_REST = 2.0, 9.0
# A question waits no longer than that for what was committed just before it.
WAIT_S = 2.0
# So many lines of the read model are written at once for a question.
FEW = 2_000


class Analytics(Feature):
    """Endpoints, the task that keeps the table, and lanes' records for whoever wants them."""

    def __init__(self, context: Context) -> None:
        settings = context.settings
        self._mine = settings.shard in (None, 0)
        self._keep_days = settings.keep_days
        self._context = context
        self._milepost = context.milepost
        self._engine = context.engine
        self._now_us = context.now_us
        self._task: asyncio.Task[None] | None = None
        self._turning: asyncio.Task[None] | None = None

    async def start(self) -> None:
        one = self._context
        self._prepared = Prepared(self._engine.shard.links.get, one.lessons.awaits)
        self.parts = await open_parts(
            one.settings.data, one.pool, one.ledger, one.now_us, self._rest, self._prepared,
            keeps=self._mine,
        )  # fmt: skip
        self.lanes = Lanes(self.parts.reports)
        self._milepost.lane_records = self.lanes  # type: ignore[attr-defined]
        self._milepost.lane_usuals = self.lanes  # type: ignore[attr-defined]
        if self._mine:
            # What was before the start stands in the table, or how far that has come.
            one.lessons.join(self._learn, OVER)
            turn = keep(self.parts.builder, EVERY_S, _told, self._oldest_month)
            self._task = asyncio.create_task(turn)

    def _learn(self, road: int, looked: Looked) -> None:
        self._prepared.put(looked.tenant, road, looked.number, looked.whole)

    def _rest(self) -> float:
        return BUSY_REST if self._engine.busy else REST

    async def stop(self) -> None:
        for task in (self._task, self._turning):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await self.lanes.close()
        self.parts.history.close()

    def endpoints(self) -> Sequence[Endpoint]:
        running = self._milepost
        return reports.endpoints(
            reports.ReportServices(
                self.parts.reports, self._fresh, lambda tenant: tenant in running.synthetic
            )
        )

    def _oldest_month(self) -> str:
        """Retention: what began before it is over is kept as long as the sealed days."""
        now = datetime.fromtimestamp(self._now_us() // 1_000_000, UTC)
        return f"{now - timedelta(days=self._keep_days):%Y-%m}"

    async def _fresh(self) -> None:
        if self._mine:
            if self._turning is None or self._turning.done():
                self._turning = asyncio.create_task(self._catch_up())
            await asyncio.wait({self._turning}, timeout=WAIT_S)

    async def _catch_up(self) -> None:
        try:
            # What is being written now is not written yet, though it is not dirty any more.
            shard = self._engine.shard
            if 0 < len(shard.dirty) + len(shard.being_written) <= FEW:
                await self._engine.read_model.cycle(hurry=True)
            await self.parts.builder.turn()
        except BlockingIOError:
            return  # another process writes the table
        except Exception as error:  # the answer is then of a moment ago
            _told(error)


def _told(error: Exception) -> None:
    log.warning("analytics_later", error=repr(error))


def open_feature(context: Context) -> Feature:
    return Analytics(context)
