"""The buyer's pages are made ready beside the start, so that the first reader waits no longer
than the others.
"""

from __future__ import annotations

import asyncio

from milepost.pages.rendering import warm
from milepost.wiring.feature import Context, Feature


class FirstPage(Feature):
    async def start(self) -> None:
        self._warming = asyncio.create_task(asyncio.to_thread(warm))

    async def stop(self) -> None:
        await self._warming


def open_feature(_: Context) -> Feature:
    return FirstPage()
