"""Hands roads that have ended to the features that learn from them; see `wiring.lessons`."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from milepost.wiring.feature import Context, Feature


class LessonsFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._engine = context.engine
        self._lessons = context.lessons

    async def start(self) -> None:
        self._engine.after_commit.append(self._lessons.note)
        self._task: asyncio.Task[None] = asyncio.create_task(self._lessons.run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


def open_feature(context: Context) -> Feature:
    return LessonsFeature(context)
