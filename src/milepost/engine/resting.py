"""Roads that have left memory because they are over: eight bytes each, and how they wake up."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Sequence

from milepost.engine.rows import Row
from milepost.engine.shard import Shard

States = Callable[[Sequence[int]], Awaitable[dict[int, bytes]]]
MOST_FRESH = 20_000


class Keys:
    """A set of 64-bit keys: a sorted array, and a small set of what came since it was sorted."""

    def __init__(self) -> None:
        self._sorted: array[int] = array("q")
        self._fresh: set[int] = set()
        self._gone: set[int] = set()

    def add(self, keys: Iterable[int]) -> None:
        for key in keys:
            self._gone.discard(key)
            self._fresh.add(key)
        if len(self._fresh) > MOST_FRESH:
            self._settle()

    def discard(self, key: int) -> None:
        self._fresh.discard(key)
        if key in self:
            self._gone.add(key)

    def __contains__(self, key: int) -> bool:
        if key in self._fresh:
            return True
        at = bisect_left(self._sorted, key)
        found = at < len(self._sorted) and self._sorted[at] == key
        return found and key not in self._gone

    def __len__(self) -> int:
        return len(self._sorted) + len(self._fresh) - len(self._gone)

    def _settle(self) -> None:
        kept = [key for key in self._sorted if key not in self._gone]
        self._sorted = array("q", sorted({*kept, *self._fresh}))
        self._fresh, self._gone = set(), set()


class Resting:
    """Sealed roads of a shard. A scan for one of them brings its state back first."""

    def __init__(self, shard: Shard, states: States) -> None:
        self.keys = Keys()
        self._shard = shard
        self._states = states

    async def wake(self, rows: Iterable[tuple[int, Row]]) -> None:
        """Make sure that no road of these rows is resting: one look-up for the batch."""
        if not len(self.keys):
            return
        states, road_of = self._shard.states, self._shard.road_of
        roads = {road_of(row.event.parcel) for _, row in rows}
        asleep = [road for road in roads if road not in states and road in self.keys]
        if not asleep:
            return
        for road, state in (await self._states(asleep)).items():
            self._shard.absorb(road, state)
            self.keys.discard(road)
