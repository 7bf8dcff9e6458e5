"""What dialects do by the clock alone: numbers are stopped, subscriptions given up."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from milepost.compat.core.upkeep import Upkeep
from milepost.wiring.feature import Context, Feature

LOOK_EVERY_S = 1.0


class DialectUpkeep(Feature):
    """What `open_feature` gives."""

    def __init__(self, context: Context) -> None:
        # Of several processes one is enough.
        self._mine = context.settings.shard in (None, 0)
        self.upkeep = Upkeep(context.milepost.telling.dialects.services())

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while self._mine:
            with suppress(ConnectionError):
                await self.upkeep.turn()
            await asyncio.sleep(LOOK_EVERY_S)


def open_feature(context: Context) -> Feature:
    return DialectUpkeep(context)
