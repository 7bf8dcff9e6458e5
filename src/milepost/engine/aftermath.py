"""What features are told of a group that has become durable: of a large one, a bit at a time.

A dozen of them look at every event. One after the other they kept the loop busy for 3 ms after a
commit of a few hundred, and whoever had asked something meanwhile waited for all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from milepost.engine.rows import Group
from milepost.engine.turnstile import Turnstile

log = structlog.get_logger()
# So many events are told of at once; of more, for so long in one turn of the event loop ...
FEW = 50
STRETCH_S = 0.0005
# ... unless so many groups wait: then nobody is given way to.
MANY = 8

Told = Callable[[Group], None]


class Aftermath:
    """Tells of every group, in the order of the commits."""

    def __init__(self, told: Sequence[Told], turnstile: Turnstile) -> None:
        self._told = told
        self._turnstile = turnstile
        self._waiting: deque[Group] = deque()
        self._some = asyncio.Event()

    def note(self, group: Group) -> None:
        """A group is durable."""
        if not self._waiting and len(group.rows) <= FEW:
            for one in self._told:
                _tell(one, group)
        else:
            self._waiting.append(group)
            self._some.set()

    async def run(self) -> None:
        """Tell of what waits, until cancelled."""
        while True:
            await self._some.wait()
            while self._waiting:
                await self._tell_all(self._waiting[0])
                self._waiting.popleft()
            self._some.clear()

    async def _tell_all(self, group: Group) -> None:
        until = 0.0
        for one in self._told:
            if time.perf_counter() > until and len(self._waiting) < MANY:
                await self._turnstile.turn()
                until = time.perf_counter() + STRETCH_S
            _tell(one, group)


def _tell(told: Told, group: Group) -> None:
    try:
        told(group)
    except Exception as error:  # one feature's fault is not the others'
        log.exception("after_commit_failed", who=repr(told), error=repr(error))
