"""Listeners on server-sent events: thousands of them, with as little work each as can be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, cast

_AT_ONCE = 50
_WAIT_S = 120


class _Listener(asyncio.Protocol):
    """One stream. Calls `heard` for every event of the name `track`."""

    def __init__(self, request: bytes, owner: Listeners) -> None:
        self._request, self._owner = request, owner
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        seen = self._tail + data
        for _ in range(seen.count(b"event: track")):
            self._owner.heard()
        # An event's name may be cut in two; more than its length must not be seen twice.
        self._tail = seen[-11:]

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.lost += 1


class Listeners:
    """All listeners of one process; knows when each of them has heard of a change."""

    def __init__(self) -> None:
        self._open: list[_Listener] = []
        self._heard_at: list[float] = []
        self._missing = 0
        self._all = asyncio.Event()
        self.lost = 0

    def heard(self) -> None:
        """One listener has got one event."""
        self._heard_at.append(time.perf_counter())
        self._missing -= 1
        if self._missing <= 0:
            self._all.set()

    async def open(self, host: str, port: int, path: str, key: str, count: int) -> dict[str, Any]:
        """Open `count` streams; done when each has its first event."""
        request = (
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\r\n"
        ).encode()
        self._expect(count)
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        for start in range(0, count, _AT_ONCE):
            made = (
                loop.create_connection(lambda: _Listener(request, self), host, port)
                for _ in range(start, min(start + _AT_ONCE, count))
            )
            self._open += [listener for _, listener in await asyncio.gather(*made)]
        await self._wait()
        return {"open": len(self._open), "taken_s": time.perf_counter() - began}

    async def hear(self, change: Awaitable[tuple[int, bytes]]) -> dict[str, Any]:
        """Cause a change; how long after its request each listener had it."""
        self._expect(len(self._open))
        began = time.perf_counter()
        status, answer = await change
        if status not in {200, 202}:
            raise RuntimeError(f"{status}: {answer[:300]!r}")
        answered_ms = (time.perf_counter() - began) * 1e3
        await self._wait()
        times_ms = [(at - began) * 1e3 for at in self._heard_at]
        return {"times_ms": times_ms, "answered_ms": answered_ms, "lost": self.lost}

    async def close(self) -> dict[str, Any]:
        """Hang up."""
        for listener in self._open:
            listener.transport.abort()
        count, self._open = len(self._open), []
        await asyncio.sleep(0.2)
        return {"closed": count}

    def _expect(self, count: int) -> None:
        self._heard_at, self._missing = [], count
        self._all.clear()

    async def _wait(self) -> None:
        async with asyncio.timeout(_WAIT_S):
            await self._all.wait()
