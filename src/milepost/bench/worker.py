"""The load generator: a process of its own that takes orders as JSON lines and answers each.

It is started by `generator.py`. The first line says whom to load: {host, port, key, size, roads,
seed}. Every further line is {"do": name, ...}; the names are the methods of `Worker`.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from milepost.bench.asking import ask, repeat
from milepost.bench.listening import Listeners
from milepost.bench.load import Connection, batches
from milepost.bench.tally import Tally


class Target(msgspec.Struct):
    """Whom to load, with batches of `size` scans of `roads` parcels at once."""

    host: str
    port: int
    key: str
    size: int
    roads: int
    seed: int


class Worker:
    """Connections to one server, and what can be done with them."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._fresh = batches(target.size, roads=target.roads, seed=target.seed)
        self._ready: deque[bytes] = deque()
        self._pacing: asyncio.Task[dict[str, Any]] | None = None
        self._stop_pacing = False
        self._listeners = Listeners()

    def connection(self) -> Connection:
        return Connection(self._target.host, self._target.port, self._target.key)

    async def prepare(self, batches: int) -> dict[str, Any]:
        """Make batches now, so that making them takes no time later."""
        self._ready += [next(self._fresh) for _ in range(batches - len(self._ready))]
        gc.collect()
        gc.freeze()
        return {"ready": len(self._ready)}

    async def flood(
        self, seconds: float, connections: int, most: int | None = None
    ) -> dict[str, Any]:
        """Send as fast as answers come, over some connections, until time or `most` scans are up.

        `taken_s` runs until the last answer, so that nothing unanswered is counted.
        """
        began = time.perf_counter()
        until = began + seconds
        tally = Tally()

        def wanted() -> bool:
            return time.perf_counter() < until and (most is None or tally.sent < most)

        await asyncio.gather(*(self._send(tally, wanted) for _ in range(connections)))
        return tally.result(time.perf_counter() - began)

    async def pace(self, per_s: float, connections: int) -> dict[str, Any]:
        """Begin to send at a steady rate; goes on until `rest`."""
        self._stop_pacing = False
        self._pacing = asyncio.create_task(self._steadily(per_s, connections))
        return {}

    async def rest(self) -> dict[str, Any]:
        """End `pace`; what it has sent."""
        assert self._pacing is not None
        self._stop_pacing = True
        return await self._pacing

    async def ask(self, **order: Any) -> dict[str, Any]:
        return await ask(self.connection, **order)

    async def repeat(self, **order: Any) -> dict[str, Any]:
        return await repeat(self.connection, **order)

    async def get(self, path: str) -> dict[str, Any]:
        return await self._once("GET", path, b"")

    async def put(self, method: str, path: str, body: str) -> dict[str, Any]:
        return await self._once(method, path, body.encode())

    async def listen(self, port: int, path: str, count: int) -> dict[str, Any]:
        target = self._target
        return await self._listeners.open(target.host, port, path, target.key, count)

    async def heard(self, port: int, method: str, path: str, body: str) -> dict[str, Any]:
        """Cause one change and wait until all listeners have it."""
        caller = Connection(self._target.host, port, self._target.key)
        await caller.open()
        try:
            return await self._listeners.hear(caller.request(method, path, body.encode()))
        finally:
            caller.close()

    async def leave(self) -> dict[str, Any]:
        return await self._listeners.close()

    async def _once(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        connection = self.connection()
        await connection.open()
        try:
            status, answer = await connection.request(method, path, body)
        finally:
            connection.close()
        return {"status": status, "bytes": len(answer), "body": answer.decode(errors="replace")}

    def _body(self) -> bytes:
        return self._ready.popleft() if self._ready else next(self._fresh)

    async def _send(self, tally: Tally, wanted: Callable[[], bool]) -> None:
        connection = self.connection()
        await connection.open()
        try:
            while wanted():
                body = self._body()
                tally.sent += self._target.size
                await tally.take(connection, body)
        finally:
            connection.close()

    async def _steadily(self, per_s: float, connections: int) -> dict[str, Any]:
        """Batches at even distances. A connection sends late batches as soon as it is free."""
        began = time.perf_counter()
        tally = Tally()
        pause_s = self._target.size / per_s

        def due() -> float:
            return began + tally.sent / self._target.size * pause_s - time.perf_counter()

        async def one() -> None:
            connection = self.connection()
            await connection.open()
            while not self._stop_pacing:
                wait_s = due()
                if wait_s > 0:
                    await asyncio.sleep(wait_s)
                    continue
                tally.sent += self._target.size
                await tally.take(connection, self._body())
            connection.close()

        await asyncio.gather(*(one() for _ in range(connections)))
        return tally.result(time.perf_counter() - began)


async def _work() -> None:
    lines = asyncio.StreamReader(limit=2**26)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    worker = Worker(msgspec.json.decode(await lines.readline(), type=Target))
    while line := await lines.readline():
        order = msgspec.json.decode(line)
        method: Callable[..., Awaitable[dict[str, Any]]] = getattr(worker, order.pop("do"))
        try:
            answer = await method(**order)
        except Exception as error:
            answer = {"error": repr(error)}
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(_work())
