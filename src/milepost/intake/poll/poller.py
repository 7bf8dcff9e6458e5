"""All connections being asked, each by one process at a time and none in the way of another."""

from __future__ import annotations

import asyncio
import traceback
from contextlib import suppress
from uuid import uuid4

import structlog

from milepost.engine.polling import Connection
from milepost.intake.poll.lane import Lane
from milepost.intake.poll.tools import Tools

log = structlog.get_logger()

LOOK_EVERY_S = 2.0
# A process that died is followed by another after so many seconds at most.
HOLD_S = 15.0
GATHER_EVERY_S = 5.0
# Looking for new shipments may take a twentieth of the time, however many there are.
GATHER_SHARE = 20.0
REST_S = 1.0


class Poller:
    """Keeps a lane for each connection that this process holds."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._holder = uuid4().hex
        self._lanes: dict[int, tuple[Connection, asyncio.Task[None]]] = {}
        self._held_until: dict[int, float] = {}
        self._changed = asyncio.Event()
        self._seen: list[Connection] = []

    def down(self, tenant: int, carrier: str) -> bool:
        """Whether a tenant asks for this carrier, and none of the sources it asks answers now."""
        asked = [one for one in self._seen if one.tenant == tenant and self._covers(one, carrier)]
        return bool(asked) and all(one.state == "failing" for one in asked)

    def _covers(self, one: Connection, carrier: str) -> bool:
        source = self._tools.sources.get(one.source)
        named = one.carriers or (() if source and source.AGGREGATOR else (one.source,))
        return not named or carrier in named

    async def run(self) -> None:
        """Look after the lanes until cancelled."""
        try:
            while True:
                self._changed.clear()
                with suppress(ConnectionError):
                    await self.look()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), LOOK_EVERY_S)
        finally:
            await self._close()

    def wake(self) -> None:
        """A connection was added or changed."""
        self._changed.set()

    async def look(self) -> None:
        """Start and end lanes as connections come, change and go."""
        self._seen = await self._tools.store.all()
        found = {one.id: one for one in self._seen}
        for known, task in list(self._lanes.values()):
            wanted = found.get(known.id)
            if wanted is None or wanted.updated_us != known.updated_us or task.done():
                await self._end(known.id)
        for connection in found.values():
            await self._hold(connection)

    async def _hold(self, connection: Connection) -> None:
        began = self._tools.wall()
        if not await self._tools.store.hold(connection.id, self._holder, HOLD_S):
            if connection.id in self._lanes:
                await self._end(connection.id)
            return
        self._held_until[connection.id] = began + HOLD_S
        source = self._tools.sources.get(connection.source)
        if connection.id not in self._lanes and source is not None:
            lane = Lane(connection, source, self._tools)
            task = asyncio.create_task(self._keep(lane))
            self._lanes[connection.id] = connection, task

    async def _keep(self, lane: Lane) -> None:
        gather_at = 0.0
        try:
            while self._tools.wall() < self._held_until[lane.connection.id]:
                try:
                    if self._tools.wall() >= gather_at:
                        gather_at = await self._gather(lane.connection)
                    await asyncio.sleep(min(REST_S, await lane.turn()))
                except ConnectionError:
                    await asyncio.sleep(REST_S)
                except Exception as error:
                    # Not log.exception: renderers may show local variables, and those hold secrets.
                    text = "".join(traceback.format_exception(error))
                    log.error("poll_failed", connection=lane.connection.id, error=text)
                    await asyncio.sleep(10 * REST_S)
        finally:
            await lane.close()

    async def _gather(self, connection: Connection) -> float:
        """Follow new shipments; when to look for them again."""
        began = self._tools.wall()
        source = self._tools.sources[connection.source]
        carriers = connection.carriers or (() if source.AGGREGATOR else (connection.source,))
        await self._tools.store.gather(connection, carriers, self._tools.now_us())
        took_s = self._tools.wall() - began
        return began + max(GATHER_EVERY_S, GATHER_SHARE * took_s)

    async def _end(self, connection: int) -> None:
        _, task = self._lanes.pop(connection)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _close(self) -> None:
        for connection in list(self._lanes):
            await self._end(connection)
            with suppress(ConnectionError):
                await self._tools.store.let_go(connection, self._holder)
