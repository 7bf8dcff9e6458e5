"""Requests that are timed: at a steady rate whatever the answers do, or one after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

from milepost.bench.load import Connection

Connect = Callable[[], Connection]


async def ask(
    connect: Connect, paths: Sequence[str], per_s: float, seconds: float, connections: int = 16
) -> dict[str, Any]:
    """Ask at a steady rate, over connections that wait for work.

    A question's time counts from when it was due, so that waiting for a free connection behind a
    slow answer counts too; only a late timer of this process is left out.
    """
    waiting: asyncio.Queue[tuple[str, float] | None] = asyncio.Queue()
    times_ms: list[float] = []
    workers = [
        asyncio.create_task(_answerer(connect, waiting, times_ms)) for _ in range(connections)
    ]
    began = time.perf_counter()
    supply = cycle(paths)
    for index in range(int(per_s * seconds)):
        await asyncio.sleep(max(0.0, began + index / per_s - time.perf_counter()))
        waiting.put_nowait((next(supply), time.perf_counter()))
    for _ in workers:
        waiting.put_nowait(None)
    await asyncio.gather(*workers)
    return {"times_ms": times_ms}


async def _answerer(
    connect: Connect, waiting: asyncio.Queue[tuple[str, float] | None], times_ms: list[float]
) -> None:
    connection = connect()
    await connection.open()
    try:
        while (question := await waiting.get()) is not None:
            path, due = question
            await _get(connection, path)
            times_ms.append((time.perf_counter() - due) * 1e3)
    finally:
        connection.close()


async def repeat(
    connect: Connect, paths: Sequence[str], count: int, connections: int = 1
) -> dict[str, Any]:
    """Ask `count` times, each connection as soon as it has its answer."""
    supply = cycle(paths)
    times_ms: list[float] = []

    async def one() -> None:
        connection = connect()
        await connection.open()
        for _ in range(count // connections):
            began = time.perf_counter()
            await _get(connection, next(supply))
            times_ms.append((time.perf_counter() - began) * 1e3)
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return {"times_ms": times_ms}


async def _get(connection: Connection, path: str) -> None:
    status, answer = await connection.request("GET", path)
    if status != 200:
        raise RuntimeError(f"{path}: {status} {answer[:300]!r}")
