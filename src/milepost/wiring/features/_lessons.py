"""Roads as lessons: the newest of the past, and those that are looked at again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator

from milepost.engine.ports import ListFilter, ShipmentRow
from milepost.wiring.feature import Context

PAGE = 200
# Work that nobody waits for gives way after so long, and rests so many times as long.
SLICE_S = 0.001
REST = 9.0
# So many times slower lessons are learned while many scans come in.
SLOWLY = 5


async def newest(
    context: Context, most: int, per_s: float, main: str | None = None
) -> AsyncIterator[list[ShipmentRow]]:
    """The newest roads of every tenant, so slowly that what happens meanwhile comes first."""
    for tenant, _ in await context.milepost.store.accounts.tenants():
        after, left = None, most
        while left > 0:
            wanted = ListFilter(main=main, limit=PAGE, after=after)
            rows = await context.ledger.list_shipments(tenant, wanted)
            if not rows:
                break
            after, left = (rows[-1].last_s, rows[-1].id), left - len(rows)
            yield rows
            await asyncio.sleep(len(rows) / per_s)


async def gently(steps: Iterator[None]) -> None:
    """Go through small steps of pure work with a tenth of one core at most."""
    began = time.perf_counter()
    for _ in steps:
        took = time.perf_counter() - began
        if took >= SLICE_S:
            await asyncio.sleep(REST * took)
            began = time.perf_counter()


class Rounds:
    """Roads that are looked at once soon, and then again after a while each.

    All wait equally long, so the order in which they were looked at is that in which they are due.
    """

    def __init__(self, again_s: int, most: int) -> None:
        self._again_s = again_s
        self._most = most
        self._new: dict[int, None] = {}
        self._due_s: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._new) + len(self._due_s)

    def add(self, road: int) -> None:
        """Look at this road soon; beyond the most that are watched, at no further ones."""
        if len(self) < self._most:
            self._due_s.pop(road, None)
            self._new[road] = None

    def drop(self, road: int) -> None:
        self._new.pop(road, None)
        self._due_s.pop(road, None)

    def take(self, most: int, now_s: int) -> list[int]:
        """Some of those that are due; they are due again after a while."""
        taken = list(_first(self._new, most))
        for road, due_s in self._due_s.items():
            if len(taken) == most or due_s > now_s:
                break
            taken.append(road)
        for road in taken:
            self.drop(road)
            self._due_s[road] = now_s + self._again_s
        return taken


def _first(roads: Iterable[int], most: int) -> Iterable[int]:
    return (road for road, _ in zip(roads, range(most), strict=False))
