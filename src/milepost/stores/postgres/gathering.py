"""Many small writers, few transactions: while one batch is written, the next one fills."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Batch(Generic[Item, Answer]):
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.done: asyncio.Task[Sequence[Answer]] | None = None


class Gathering(Generic[Item, Answer]):
    """`write` takes all items of a batch in one transaction and gives an answer for each."""

    def __init__(self, write: Callable[[list[Item]], Awaitable[Sequence[Answer]]]) -> None:
        self._write = write
        self._turn = asyncio.Lock()
        self._filling: _Batch[Item, Answer] = _Batch()

    async def add(self, item: Item) -> Answer:
        """Written, with its answer; what went wrong for the batch is raised for each of it."""
        batch = self._filling
        place = len(batch.items)
        batch.items.append(item)
        if batch.done is None:
            batch.done = asyncio.create_task(self._write_batch(batch))
            batch.done.add_done_callback(_seen)
        # Shielded: who goes away must not take down the others' batch.
        return (await asyncio.shield(batch.done))[place]

    async def _write_batch(self, batch: _Batch[Item, Answer]) -> Sequence[Answer]:
        async with self._turn:
            self._filling = _Batch()
            return await self._write(batch.items)


def _seen(task: asyncio.Task[object]) -> None:
    """Nobody may be left to take the exception."""
    if not task.cancelled():
        task.exception()
