"""Who watches which road now: wakes server-sent event streams after a commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable


class Live:
    """Listeners by road. A waiter is woken once for any number of changes.

    `interest` is told when the first listener comes and when the last has gone.
    """

    def __init__(self, interest: Callable[[bool], None] | None = None) -> None:
        self._listeners: dict[int, set[asyncio.Event]] = {}
        self._interest = interest

    def listen(self, road: int) -> asyncio.Event:
        """An event that is set at every change of the road, until `leave`."""
        event = asyncio.Event()
        if not self._listeners and self._interest is not None:
            self._interest(True)
        self._listeners.setdefault(road, set()).add(event)
        return event

    def leave(self, road: int, event: asyncio.Event) -> None:
        waiting = self._listeners.get(road, set())
        waiting.discard(event)
        if not waiting:
            self._listeners.pop(road, None)
        if not self._listeners and self._interest is not None:
            self._interest(False)

    def publish(self, roads: Iterable[int]) -> None:
        """Wake whoever listens to one of these roads."""
        if not self._listeners:
            return
        for road in roads:
            for event in self._listeners.get(road, ()):
                event.set()

    def __len__(self) -> int:
        return sum(len(events) for events in self._listeners.values())
