"""Connections, and one kind of error for "the server is not there just now"."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
    TimeoutError,
)

Ensure = Callable[[], Awaitable[str]]


class Pool:
    """Connections to one database; starts the embedded server again when it has died."""

    def __init__(self, ensure: Ensure, size: int = 8) -> None:
        self._ensure = ensure
        self._size = size
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        # Connections that the next may have at once: the pool itself takes two turns of the event
        # loop to take one back, and each of them is long while scans come in.
        self._at_hand: list[asyncpg.Connection] = []
        self._wanting = 0
        self.shared: dict[str, Any] = {}  # what all stores of a kind over this pool have in common

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection; ConnectionError where the server went away meanwhile."""
        try:
            # No time limit: it would cost a task for each question, and a dead server refuses.
            pool = self._pool or await self._opened()
            connection = await self._taken(pool)
            try:
                yield connection
            except BaseException:
                await pool.release(connection)
                raise
            if self._wanting or not _alive(connection) or pool is not self._pool:
                await pool.release(connection)
            else:
                self._at_hand.append(connection)
        except GONE as error:
            await self._revive()
            raise ConnectionError(str(error) or repr(error)) from error

    async def _taken(self, pool: asyncpg.Pool) -> asyncpg.Connection:
        while self._at_hand:
            connection = self._at_hand.pop()
            if _alive(connection):
                return connection
            await pool.release(connection)
        self._wanting += 1
        try:
            return await pool.acquire()
        finally:
            self._wanting -= 1

    async def close(self) -> None:
        if self._pool is not None:
            self._at_hand.clear()
            self._pool.terminate()
            self._pool = None

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                url = await self._ensure()
                self._pool = await asyncpg.create_pool(
                    url, min_size=1, max_size=self._size, statement_cache_size=256,
                    max_inactive_connection_lifetime=0, reset=_nothing_to_reset,
                )  # fmt: skip
            return self._pool

    async def _revive(self) -> None:
        """A dead embedded server is started again; live pools drop broken connections alone."""
        try:
            await self._ensure()
        except Exception:
            # The caller tries again; there is nothing better to do than to report the first error.
            return


def _alive(connection: asyncpg.Connection) -> bool:
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back when it broke
        return False


async def _nothing_to_reset(_: asyncpg.Connection) -> None:
    """No query of ours leaves anything in its session, and asking each time costs a round trip."""
