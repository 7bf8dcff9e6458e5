"""One slice of a batch for each turn of the event loop, whoever's batch it is.

A question gets its answer in a few turns of the loop. Were each of many batches that came together
to walk a slice in every turn, those few turns would last as long as all their slices.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turnstile:
    """Lets one pass a turn, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = False

    async def turn(self) -> None:
        """Wait until it is ours to keep the loop busy, once and until the next await."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._free, loop)
            return
        place: asyncio.Future[None] = loop.create_future()
        self._waiting.append(place)
        await place

    def _free(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():  # who was cancelled meanwhile needs no turn
                place.set_result(None)
                loop.call_soon(self._free, loop)
                return
        self._taken = False
