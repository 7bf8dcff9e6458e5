"""Who watches which road now: wakes server-sent event streams after a commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from itertools import count

MOST_MADE = 1_000


class Live:
    """Listeners by road. A waiter is woken once for any number of changes.

    `interest` is told when the first listener comes and when the last has gone.
    """

    def __init__(self, interest: Callable[[bool], None] | None = None) -> None:
        self._listeners: dict[int, set[asyncio.Event]] = {}
        self._interest = interest
        self._count = count(1)
        self._versions: dict[int, int] = {}
        self._made: dict[object, tuple[int, asyncio.Task[bytes]]] = {}

    @contextmanager
    def watch(self, roads_of: Callable[[], Iterable[int]]) -> Iterator[Watch]:
        """Listen to several roads; which they are may change (numbers join)."""
        watch = Watch(self, roads_of)
        try:
            watch.follow()
            yield watch
        finally:
            watch.end()

    def listen(self, road: int, event: asyncio.Event | None = None) -> asyncio.Event:
        """An event that is set at every change of the road, until `leave`."""
        event = event or asyncio.Event()
        if not self._listeners and self._interest is not None:
            self._interest(True)
        self._listeners.setdefault(road, set()).add(event)
        return event

    def leave(self, road: int, event: asyncio.Event) -> None:
        waiting = self._listeners.get(road, set())
        waiting.discard(event)
        if not waiting:
            self._listeners.pop(road, None)
            self._versions.pop(road, None)
        if not self._listeners and self._interest is not None:
            self._interest(False)

    def publish(self, roads: Iterable[int]) -> None:
        """Wake whoever listens to one of these roads."""
        if not self._listeners:
            return
        for road in roads:
            listeners = self._listeners.get(road)
            if listeners:
                self._versions[road] = next(self._count)
                for event in listeners:
                    event.set()

    def version(self, roads: Iterable[int]) -> int:
        """Which change of some roads was the last; 0 where none has been seen."""
        return max((self._versions.get(road, 0) for road in roads), default=0)

    async def shared(
        self, key: object, version: int, make: Callable[[], Coroutine[None, None, bytes]]
    ) -> bytes:
        """What `make` gives, made once for all who were woken by the same change."""
        if version == 0:
            return await make()
        known = self._made.get(key)
        if known is None or known[0] != version:
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            known = self._made[key] = (version, asyncio.create_task(make()))
        return await asyncio.shield(known[1])

    def __len__(self) -> int:
        return len({id(event) for events in self._listeners.values() for event in events})


class Watch:
    """A listener to all roads of one shipment. `changed` is set at a change of any of them."""

    def __init__(self, live: Live, roads_of: Callable[[], Iterable[int]]) -> None:
        self.changed = asyncio.Event()
        self._live = live
        self._roads_of = roads_of
        self._roads: set[int] = set()

    def follow(self) -> None:
        """Listen to the roads that the shipment has now."""
        for road in set(self._roads_of()) - self._roads:
            self._live.listen(road, self.changed)
            self._roads.add(road)

    @property
    def version(self) -> int:
        """Which change was the last."""
        return self._live.version(self._roads)

    def end(self) -> None:
        for road in self._roads:
            self._live.leave(road, self.changed)
