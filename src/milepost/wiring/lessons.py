"""Roads that have ended or moved: read and folded once, and handed to all who learn from them.

A learner joins when its feature starts and says after which scans it wants to see a road; nobody
else knows of it. It is not handed a road that went on while it was read: that is read again.

What is learned in memory is gone with the process, so after a start each learner is handed the
newest roads of the past, as many as it wants and each once. Who keeps on disk what it has learned
keeps there too how far it has come, and does not rely on being handed anything.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial, reduce
from itertools import islice
from operator import or_
from typing import Protocol

import structlog

from milepost.domain.place import Place
from milepost.engine.rows import Group
from milepost.engine.secondlook import Looked
from milepost.places import locate
from milepost.wiring.past import Learner, Past, anything

log = structlog.get_logger()
PAUSE_S = 0.5
# So many roads are read with one question.
TOGETHER = 8
# At most a third of a core, however many roads end: the rest is for scans and questions; a tenth
# while many scans come in.
REST, BUSY_REST = 2.0, 9.0
# Beyond these, roads teach nothing any more; more come than can be looked at anyway.
MOST_WAITING = 20_000


class Load(Protocol):
    """How much else there is to do."""

    @property
    def busy(self) -> bool: ...

    @property
    def pressed(self) -> bool: ...


class Lessons:
    """The roads that wait to be read, and who waits for each: a bit for every learner."""

    def __init__(
        self,
        wholes: Callable[[Sequence[int]], Awaitable[dict[int, Looked]]],
        load: Load,
        road_of: Callable[[int], int],
        state_of: Callable[[int], bytes | None],
        past: Past,
    ) -> None:
        self._wholes, self._load = wholes, load
        self._road_of, self._state_of = road_of, state_of
        self._learners: list[Learner] = []
        self._past = past.pages(self._learners)
        self._ends, self._moves = [0] * 256, [0] * 256
        # What was before the start, what has ended since, and what only moves.
        self._old: dict[int, int] = {}
        self._ended: dict[int, int] = {}
        self._moved: dict[int, int] = {}
        self._reading: dict[int, int] = {}
        self._one_at_a_time = asyncio.Lock()
        # Set when all that was known before the start has been handed on.
        self.recalled = asyncio.Event()

    def join(
        self,
        learn: Callable[[int, Looked], None],
        ends: Iterable[int],
        *,
        moves: Iterable[int] = (),
        past: int = 0,
        of_past: str | None = None,
        wants: Callable[[bytes], bool] = anything,
    ) -> Callable[[int], None]:
        """`learn(road, looked)` is called for each road of which one of the scans with the codes
        `ends` is durable, and as far as there is time for those with the codes `moves`; after a
        start for the newest `past` roads of every tenant, of those with the main status `of_past`
        if that is named and whose packed state it `wants`. What is given back asks for one road.
        """
        bit = 1 << len(self._learners)
        self._learners.append(Learner(learn, past, of_past, wants))
        for codes, by_code in ((ends, self._ends), (moves, self._moves)):
            for code in codes:
                by_code[code] |= bit
        return partial(self._wait, self._moved, bits=bit)

    def __len__(self) -> int:
        return sum(map(len, (self._old, self._ended, self._moved, self._reading)))

    def awaits(self, road: int) -> bool:
        """Whether a road that has ended is going to be handed on."""
        return road in self._ended or road in self._reading

    def note(self, group: Group) -> None:
        """After every commit, so on the hot path."""
        ends, moves, full = self._ends, self._moves, len(self._moved) >= MOST_WAITING
        for row in group.rows:
            event = row.event
            if bits := ends[event.code]:
                self._wait(self._ended, self._road_of(event.parcel), bits)
            elif not full and (bits := moves[event.code]):
                self._wait(self._moved, self._road_of(event.parcel), bits)

    async def run(self) -> None:
        """Hand on what waits until cancelled."""
        # The gazetteer is read at first use, which takes a tenth of a second.
        await asyncio.to_thread(locate, Place(city="Shanghai", country="CN"))
        while True:
            await asyncio.sleep(PAUSE_S)
            try:
                while not self._load.pressed and await self.turn():
                    pass
            except ConnectionError as error:
                log.warning("lessons_retry", error=repr(error))

    async def turn(self) -> bool:
        """Read a few roads and hand them on, then rest; whether there were any."""
        began = time.perf_counter()
        async with self._one_at_a_time:
            await self._recall()
            self._reading = self._take()
            taken = list(self._reading)
            if taken:
                await self._learn(taken)
        rest = BUSY_REST if self._load.busy else REST
        await asyncio.sleep(rest * (time.perf_counter() - began))
        return bool(taken)

    async def _recall(self) -> None:
        """Some more of what was known before the start."""
        while not self._old and not self.recalled.is_set():
            page = await anext(self._past, None)
            if page is None:
                self.recalled.set()
            self._old = page or {}
            await asyncio.sleep(0)  # a page that nobody wants anything of is work too

    def _take(self) -> dict[int, int]:
        """Of what was before the start at most half, so that neither has to wait; what only moves
        comes last. Taken before they are read: what is told meanwhile is news.
        """
        roads = list(islice(self._old, TOGETHER // 2))
        for waiting in (self._ended, self._moved):
            roads += islice(waiting, TOGETHER - len(roads))
        queues = (self._old, self._ended, self._moved)
        return {
            road: reduce(or_, (one.pop(road, 0) for one in queues)) for road in dict.fromkeys(roads)
        }

    async def _learn(self, roads: Sequence[int]) -> None:
        before = {road: self._state_of(road) for road in roads}
        try:
            for road, looked in (await self._wholes(roads)).items():
                bits = self._reading.pop(road)
                if self._state_of(road) is before[road]:
                    await self._hand(bits, road, looked)
                else:
                    self._wait(self._ended, road, bits)
        except ConnectionError:
            for road, bits in self._reading.items():
                self._wait(self._ended, road, bits)
            raise
        finally:
            self._reading = {}

    async def _hand(self, bits: int, road: int, looked: Looked) -> None:
        """To each learner in turn; in between others get their turn."""
        for at, one in enumerate(self._learners):
            if bits >> at & 1:
                try:
                    one.learn(road, looked)
                except Exception as error:  # one learner's fault is not the others'
                    log.exception("not_learned", who=repr(one.learn), error=repr(error))
                await asyncio.sleep(0)

    def _wait(self, waiting: dict[int, int], road: int, bits: int) -> None:
        known = waiting.get(road)
        if known is not None or len(waiting) < MOST_WAITING:
            waiting[road] = (known or 0) | bits
