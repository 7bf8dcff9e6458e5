"""Ids for raw payloads, reserved a thousand at a time so that none costs a round trip."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class RawIds:
    """Hands out ids that no other process will ever hand out."""

    def __init__(self, reserve: Callable[[], Awaitable[range]]) -> None:
        self._reserve = reserve
        self._left = iter(range(0))
        self._lock = asyncio.Lock()

    async def take(self) -> int:
        """The next id."""
        found = next(self._left, None)
        while found is None:
            async with self._lock:
                found = next(self._left, None)
                if found is None:
                    self._left = iter(await self._reserve())
                    found = next(self._left, None)
        return found
