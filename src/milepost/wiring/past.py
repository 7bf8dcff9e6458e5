"""The newest roads of every tenant, for those who learn: each once, however many want it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from milepost.domain.settle import MAIN
from milepost.engine.ports import Ledger
from milepost.engine.rows import ListFilter, ShipmentRow
from milepost.engine.secondlook import Looked

PAGE = 200
AGAIN_S = 1.0
Tenants = Callable[[], Awaitable[Sequence[tuple[int, str]]]]
Found = TypeVar("Found")


class Learner(NamedTuple):
    """See `Lessons.join`."""

    learn: Callable[[int, Looked], None]
    past: int
    of_past: str | None
    wants: Callable[[bytes], bool]


def anything(_state: bytes) -> bool:
    return True


class Past:
    """A walk down the list of shipments. `unwritten`: the states of roads whose lines are behind;
    they are the newest of all.
    """

    def __init__(
        self,
        ledger: Ledger,
        tenants: Tenants,
        owns: Callable[[int], bool],
        unwritten: Callable[[], Mapping[int, tuple[int, bytes]]],
    ) -> None:
        self._ledger, self._tenants, self._owns = ledger, tenants, owns
        self._unwritten = unwritten

    async def pages(self, learners: Sequence[Learner]) -> AsyncIterator[dict[int, int]]:
        """Road → a bit for each learner that wants it."""
        newest = self._unwritten()
        for tenant, _ in await _patiently(self._tenants):
            walk = Walk(learners)
            states = {road: state for road, (whose, state) in newest.items() if whose == tenant}
            fresh = iter(states.items())
            while portion := list(islice(fresh, PAGE)):
                yield walk.bits(portion)
            async for rows in self._rows(tenant, walk):
                others = [(one.id, one.state) for one in rows if one.id not in states]
                yield walk.bits((road, state) for road, state in others if self._owns(road))

    async def _rows(self, tenant: int, walk: Walk) -> AsyncIterator[list[ShipmentRow]]:
        """All roads while somebody wants any; from there on those of a main status."""
        after = None
        async for rows in self._walked(tenant, walk, None, after):
            after = _place(rows)
            yield rows
        for main in walk.mains:
            async for rows in self._walked(tenant, walk, main, after):
                yield rows

    async def _walked(
        self, tenant: int, walk: Walk, main: str | None, after: tuple[int, int] | None
    ) -> AsyncIterator[list[ShipmentRow]]:
        while walk.wants(main):
            wanted = ListFilter(main=main, limit=PAGE, after=after)
            rows = await _patiently(lambda: self._ledger.list_shipments(tenant, wanted))  # noqa: B023
            if not rows:
                break
            after = _place(rows)
            yield rows


class Walk:
    """How many roads of one tenant each learner still wants."""

    def __init__(self, learners: Sequence[Learner]) -> None:
        self._learners = learners
        self._left = [one.past for one in learners]
        self.mains = sorted({one.of_past for one in learners if one.of_past})

    def wants(self, main: str | None) -> bool:
        """Whether anybody wants more of this main status; None: of any."""
        pairs = zip(self._learners, self._left, strict=True)
        return any(left > 0 for one, left in pairs if one.of_past == main)

    def bits(self, states: Iterable[tuple[int, bytes]]) -> dict[int, int]:
        """Who wants these."""
        found = {road: self._bits(state) for road, state in states}
        return {road: bits for road, bits in found.items() if bits}

    def _bits(self, state: bytes) -> int:
        bits, main = 0, MAIN[state[1]]
        for at, one in enumerate(self._learners):
            if self._left[at] > 0 and one.of_past in (None, main):
                self._left[at] -= 1
                bits |= one.wants(state) << at
        return bits


def _place(rows: Sequence[ShipmentRow]) -> tuple[int, int]:
    return rows[-1].last_s, rows[-1].id


async def _patiently(ask: Callable[[], Awaitable[Found]]) -> Found:
    """As soon as the database is there again."""
    while True:
        try:
            return await ask()
        except ConnectionError:
            await asyncio.sleep(AGAIN_S)
