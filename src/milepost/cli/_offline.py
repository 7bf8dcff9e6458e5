"""For commands that work on a store without a server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from milepost.engine.ports import Ledger
from milepost.settings import Settings

Result = TypeVar("Result")
Work = Callable[[Ledger, int, Callable[[int], None]], Awaitable[Result]]


def on_store(settings: Settings, what: str, work: Work[Result]) -> Result:
    """Run work over the store's ledger, showing how many events it has read."""
    return asyncio.run(_on_store(settings, what, work))


async def _on_store(settings: Settings, what: str, work: Work[Result]) -> Result:
    from milepost.wiring import open_store

    store = await open_store(settings)
    columns = (TextColumn("{task.description}: {task.completed} events"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(what, total=None)
            now_s = int(time.time())
            return await work(store.ledger, now_s, lambda count: progress.advance(task, count))
    finally:
        await store.close()
