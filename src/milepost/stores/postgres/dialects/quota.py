"""How many numbers a tenant watches in a dialect."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from milepost.engine.dialects import TooManyWatchedError

# So many, unless the server is told otherwise.
MOST_WATCHED = 1_000_000
COUNT_EVERY_S = 60.0
Count = Callable[[int, str], Awaitable[int]]


class Quota:
    """The cap. Counting is slow where there are many, so a count is remembered for a while."""

    def __init__(self, most: int, count: Count) -> None:
        self._most = most
        self._count = count
        self._counts: dict[tuple[int, str], tuple[float, int]] = {}

    async def take(self, tenant: int, dialect: str) -> None:
        """One more is watched. Raises TooManyWatchedError."""
        owner = (tenant, dialect)
        at, count = self._counts.get(owner, (-COUNT_EVERY_S, 0))
        if time.monotonic() - at >= COUNT_EVERY_S:
            at, count = time.monotonic(), await self._count(*owner)
        if count >= self._most:
            raise TooManyWatchedError(f"{self._most} numbers are watched already")
        self._counts[owner] = (at, count + 1)
