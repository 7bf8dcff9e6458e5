"""Connections, a small pool a subscription: looking for a free one costs time for each that there
is, and nobody's idle or stuck connections are in the way of another.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from httpcore2 import AsyncConnectionPool, AsyncNetworkBackend
from msgspec import Struct

from milepost.channels.webhook.guard import trusted

IDLE_S = 20.0
# Beyond so many connections idle ones are closed, as a process may have few files open.
MOST_CONNECTIONS = 512
REAP_EVERY_S = 1.0


class _Kept(Struct):
    pool: AsyncConnectionPool
    busy: int = 0
    used_at: float = 0.0


class Pools:
    """Pools by subscription, the least recently used first."""

    def __init__(
        self, network: AsyncNetworkBackend, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._network = network
        self._clock = clock
        self._tls = trusted()
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._reaped_at = 0.0

    @asynccontextmanager
    async def use(self, subscription: int) -> AsyncIterator[AsyncConnectionPool]:
        """The pool of a subscription."""
        kept = self._kept.get(subscription)
        if kept is None:
            kept = self._kept[subscription] = _Kept(self._new())
        self._kept.move_to_end(subscription)
        kept.busy += 1
        try:
            await self._reap()
            yield kept.pool
        finally:
            kept.busy -= 1
            kept.used_at = self._clock()

    async def close(self) -> None:
        for kept in self._kept.values():
            await kept.pool.aclose()
        self._kept.clear()

    @property
    def connections(self) -> int:
        """How many there are, in use or idle."""
        return sum(len(kept.pool.connections) for kept in self._kept.values())

    def _new(self) -> AsyncConnectionPool:
        # A pool knows no proxies, redirects, cookies or decompression, which is what we want.
        return AsyncConnectionPool(
            ssl_context=self._tls,
            max_connections=None,
            keepalive_expiry=IDLE_S,
            network_backend=self._network,
        )

    async def _reap(self) -> None:
        """Close what has long been idle; a pool itself only looks when it is used."""
        now = self._clock()
        if now - self._reaped_at < REAP_EVERY_S:
            return
        self._reaped_at = now
        for kept in self._take_idle(now):
            await kept.pool.aclose()

    def _take_idle(self, now: float) -> list[_Kept]:
        # All are taken out before any is closed: closing gives way to others who look here.
        surplus = self.connections - MOST_CONNECTIONS
        taken = []
        for subscription, kept in list(self._kept.items()):
            if not kept.busy and (surplus > 0 or now - kept.used_at >= IDLE_S):
                surplus -= len(kept.pool.connections)
                taken.append(self._kept.pop(subscription))
        return taken
