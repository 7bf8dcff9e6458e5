"""The clock's part in room 6: shipments whose time has come are judged again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from milepost.engine.announce import Audience, announcements
from milepost.engine.commit import Committer
from milepost.engine.ports import Ledger
from milepost.engine.shard import Shard

EVERY_S = 1.0
# Many may come due in one second; between them the loop is everybody's.
HURRY_S = 0.05
MOST = 500
# How long the first row of a shipment may take to be written.
UNWRITTEN_S = 5


class Clockwork:
    """Walks the wheel: rooms 6 to 8 without any event."""

    def __init__(
        self,
        shard: Shard,
        committer: Committer,
        ledger: Ledger,
        audience: Audience,
        now_us: Callable[[], int],
        excuse: Callable[[Mapping[int, tuple[int, str]]], Awaitable[None]] | None = None,
    ) -> None:
        """`excuse` is told which roads (with tenant and number) are about to be looked at."""
        self._shard = shard
        self._committer = committer
        self._ledger = ledger
        self._audience = audience
        self._now_us = now_us
        self._excuse = excuse

    async def run(self) -> None:
        """Tick until cancelled."""
        looked = 0
        while True:
            await asyncio.sleep(HURRY_S if looked == MOST else EVERY_S)
            looked = 0
            with suppress(ConnectionError):  # the wheel still has them
                looked = await self.tick()

    async def tick(self) -> int:
        """Judge some of those that are due; how many were."""
        now_us = self._now_us()
        popped = self._shard.wheel.pop(now_us // 1_000_000, MOST)
        due = [road for road in dict.fromkeys(popped) if road in self._shard.states]
        try:
            names = await self._ledger.names_of(due) if due else {}
            if self._excuse is not None and names:
                await self._excuse(names)
        except ConnectionError:
            for road in due:
                self._shard.wheel.put(road, now_us // 1_000_000)
            raise
        for road in due:
            if road in names:
                self._look(road, *names[road], now_us)
            else:  # its row is not written yet: look again in a while
                self._shard.wheel.put(road, now_us // 1_000_000 + UNWRITTEN_S)
        return len(popped)

    def _look(self, road: int, tenant: int, number: str, now_us: int) -> None:
        group = self._committer.filling
        known = len(group.alerts)
        self._shard.look(tenant, road, number, now_us // 1_000_000, group)
        new = group.alerts[known:]
        if new:
            group.touched.append(road)
            if self._audience:
                group.outbox += announcements(self._audience, (), new, now_us)
            self._committer.ticket()
