"""One slice of a batch for each turn of the event loop, whoever's batch it is, and none while a
question is being answered.

A question gets its answer in a few turns of the loop. Were each of many batches that came together
to walk a slice in every turn, those few turns would last as long as all their slices.
"""

from __future__ import annotations

import asyncio
from collections import deque

# So long a slice gives way to questions; then it passes, however many there are.
HOLD_S = 0.002


class Turnstile:
    """Lets one pass a turn, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = False
        self._questions = 0
        self._held: asyncio.TimerHandle | None = None

    async def turn(self) -> None:
        """Wait until it is ours to keep the loop busy, once and until the next await."""
        loop = asyncio.get_running_loop()
        if not self._taken and not self._questions:
            self._taken = True
            loop.call_soon(self._free, loop)
            return
        place: asyncio.Future[None] = loop.create_future()
        self._waiting.append(place)
        if not self._taken:
            self._taken = True
            self._free(loop)
        await place

    def asked(self) -> None:
        """A question is being answered from now on, until `answered`."""
        self._questions += 1

    def answered(self) -> None:
        self._questions -= 1
        if self._held is not None and not self._questions:
            self._held.cancel()
            self._held = None
            loop = asyncio.get_running_loop()
            loop.call_soon(self._pass, loop)

    def _free(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting and self._questions:
            self._held = loop.call_later(HOLD_S, self._pass, loop)
        else:
            self._pass(loop)

    def _pass(self, loop: asyncio.AbstractEventLoop) -> None:
        self._held = None
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():  # who was cancelled meanwhile needs no turn
                place.set_result(None)
                loop.call_soon(self._free, loop)
                return
        self._taken = False
