"""Watches' own callbacks: a URL is told through one subscription, however many watches name it."""

from __future__ import annotations

from milepost.engine.dialects import TooManyWatchedError, Watch
from milepost.stores.postgres.dialects.rows import Around, SubscribingStore


class CallbackStore(SubscribingStore):
    """`most_callbacks`: so many URLs a tenant may have in one dialect."""

    def __init__(self, around: Around, most_callbacks: int) -> None:
        super().__init__(around)
        self._most_callbacks = most_callbacks

    async def _subscribe(self, watch: Watch) -> int | None:
        """The subscription that stands for a watch's own callback."""
        if watch.callback is None:
            return None
        self._check_url(watch.callback)
        async with self._pool.connection() as connection:
            made = await self._subscription(
                connection, watch, watch.callback, most=self._most_callbacks
            )
        if made is None:
            raise TooManyWatchedError(f"{self._most_callbacks} callbacks are in use already")
        if made.fresh:
            await self._changed(made.id)
        return made.id

    async def _known_subscription(self, watch: Watch) -> int | None:
        async with self._pool.connection() as connection:
            found: int | None = await connection.fetchval(
                "SELECT id FROM subscription "
                "WHERE tenant = $1 AND dialect = $2 AND url = $3 AND NOT account",
                watch.tenant, watch.dialect, watch.callback,
            )  # fmt: skip
        return found
