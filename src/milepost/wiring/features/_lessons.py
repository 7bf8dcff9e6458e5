"""Roads that are looked at again and again, and work that nobody waits for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator

# Work that nobody waits for gives way after so long, and rests so many times as long.
SLICE_S = 0.001
REST = 9.0
# So many times slower lessons are learned while many scans come in.
SLOWLY = 5


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

    def again(self) -> None:
        """Look at all of them soon: what they rest on has changed."""
        self._new |= dict.fromkeys(self._due_s)
        self._due_s = {}

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
