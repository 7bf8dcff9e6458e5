"""What the first would wait for is made ready beside the start: the reader of the first scan text
has its weights, the first buyer's page its templates and languages.
"""

from __future__ import annotations

import asyncio

from milepost import reading
from milepost.pages import rendering
from milepost.wiring.feature import Context, Feature


class Warming(Feature):
    async def start(self) -> None:
        self._warming = asyncio.create_task(asyncio.to_thread(_warm))

    async def stop(self) -> None:
        await self._warming


def _warm() -> None:
    reading.warm()
    rendering.warm()


def open_feature(_: Context) -> Feature:
    return Warming()
