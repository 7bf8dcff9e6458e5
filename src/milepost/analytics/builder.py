"""Keeps the journey table up to date with the ledger, or makes it anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from milepost.analytics.catalogue import Reach
from milepost.analytics.feed import Numbers
from milepost.analytics.gathering import Gathering
from milepost.analytics.journey import is_over, journey_of
from milepost.analytics.prepared import Prepared
from milepost.analytics.reading import Line, Records
from milepost.analytics.renewing import Deltas, plain_rows
from milepost.analytics.table import JourneyTable, Row
from milepost.domain.shipment import Shipment

# So much is done at a stretch: scans and questions come in between.
CHUNK = 50
SLICE = 8
_COMMITS = 4
# A road whose line nobody writes: its number was joined to another road meanwhile.
_LOST_TURNS = 120


class Builder:
    """`turn` takes in what is new, `rebuild` takes in all."""

    def __init__(
        self,
        table: JourneyTable,
        records: Records,
        gathering: Gathering,
        sealed_parts: Callable[[], Sequence[Path]] = tuple,
        rest: Callable[[], float] = lambda: 0.0,
        prepared: Prepared | None = None,
    ) -> None:
        """`sealed_parts`: the Parquet files of the sealed days. `rest`: seconds of rest for each
        second of work, for who has something more urgent to do. `prepared`: rows that need not be
        made any more.
        """
        self._rest = rest
        self._prepared = prepared or Prepared()
        self.table = table
        self._sealed_parts = sealed_parts
        self._records = records
        self._gathering = gathering
        self._one = asyncio.Lock()
        self._tidied = False
        self._begin(table.catalogue.reach)

    def _begin(self, reach: Reach) -> None:
        self._reach = reach
        self._commits, self._facts = Numbers(reach.commit), Numbers(reach.fact)
        # Road → the commit that its line must cover; and how often it was looked for in vain.
        self._pending: dict[int, int] = {}
        self._missed: dict[int, int] = {}
        # Pending roads of which new facts have come.
        self._told: set[int] = set()

    async def turn(self, *, patient: bool = False) -> int:
        """Roads whose rows were written or removed. BlockingIOError if another process writes.
        `patient`: but for those that somebody else will read soon.
        """
        async with self._one:
            with self.table.writing():
                return await self._turn(patient=patient)

    async def _turn(self, *, patient: bool) -> int:
        if not self._tidied:
            self.table.tidy()
            self._tidied = True
        catalogue = self.table.catalogue
        if not catalogue.built:
            return await self._renew(lambda _: None)
        if catalogue.reach != self._reach:  # another process has been at work
            self._begin(catalogue.reach)
        await self._notice()
        return await self._settle(patient=patient)

    async def rebuild(self, progress: Callable[[int], None] = lambda _: None) -> int:
        """All anew; how many rows."""
        async with self._one:
            with self.table.writing():
                return await self._renew(progress)

    async def drop_before(self, month: str) -> None:
        """Retention."""
        async with self._one:
            if any(one < month for one in self.table.catalogue.months):
                with self.table.writing():
                    await asyncio.to_thread(self.table.drop_before, month)

    async def _renew(self, progress: Callable[[int], None]) -> int:
        """Sealed roads first: what came late for them is not sealed, and its rows are newer."""
        reach = Reach(*await self._records.newest())
        deltas = Deltas(self.table)
        async for lines in plain_rows(self._sealed_parts(), deltas, self._records, progress):
            await deltas.add(await self._rows([line for line in lines if is_over(line.code)]))
            progress(len(lines))
        async for lines in self._records.all_over():
            await deltas.add(await self._rows(lines))
            progress(len(lines))
        await deltas.flush()
        await asyncio.to_thread(self.table.renew, deltas.names, deltas.serial, reach)
        self._begin(reach)
        return self.table.catalogue.rows

    async def _notice(self) -> None:
        """What has been committed since."""
        fresh = self._commits.fresh(await self._records.commits_after(self._commits.floor))
        for start in range(0, len(fresh), _COMMITS):
            await self._touched(await self._records.parcels_of(fresh[start : start + _COMMITS]))
            await asyncio.sleep(0)
        self._commits.know(fresh)
        told = dict(await self._records.facts_after(self._facts.floor))
        facts = self._facts.fresh(told)
        self._told |= await self._touched([(told[one], 0) for one in facts])
        self._facts.know(facts)

    async def _touched(self, parcels: Sequence[tuple[int, int]]) -> set[int]:
        """Their roads, which are pending now."""
        links = await self._records.links_of([parcel for parcel, _ in parcels])
        roads = {link.parcel: link.road for link in links}
        for parcel, seq in parcels:
            road = roads.get(parcel, parcel)
            self._pending[road] = max(self._pending.get(road, 0), seq)
            if road != parcel:
                self._pending.setdefault(parcel, 0)  # it may have had a row of its own
        return {roads.get(parcel, parcel) for parcel, _ in parcels}

    async def _settle(self, *, patient: bool) -> int:
        done, rows = set[int](), list[Row]()
        gone: list[tuple[int, int]] = []
        pending = [one for one in self._pending if not (patient and self._prepared.awaits(one))]
        for start in range(0, len(pending), CHUNK):
            chunk = pending[start : start + CHUNK]
            lines = await self._records.lines(chunk)
            ready = [line for line in lines if line.covers_seq >= self._pending[line.id]]
            rows += await self._rows([line for line in ready if is_over(line.code)])
            await asyncio.sleep(0)
            gone += [(line.tenant, line.id) for line in ready if _was_over(line)]
            await asyncio.sleep(0)
            done |= {line.id for line in ready}
            joined = self._missing(set(chunk) - {line.id for line in lines})
            gone += [(0, road) for road in joined]
            done |= joined
        for road in done:
            self._pending.pop(road, None)
            self._missed.pop(road, None)
        self._told -= done
        await asyncio.to_thread(self._save, rows, gone)
        return len(rows) + len(gone)

    def _missing(self, roads: set[int]) -> set[int]:
        """Those without a line for so long that they are roads of their own no more."""
        for road in roads:
            self._missed[road] = self._missed.get(road, 0) + 1
        return {road for road in roads if self._missed[road] >= _LOST_TURNS}

    def _save(self, rows: list[Row], gone: list[tuple[int, int]]) -> None:
        held = [seq for seq in self._pending.values() if seq]
        commit = min([self._commits.floor, *(seq - 1 for seq in held)])
        reach = Reach(max(commit, self._reach.commit), self._facts.floor)
        if rows or gone or reach != self._reach:
            self.table.add(rows, gone, reach)
            self._reach = reach

    async def _rows(self, lines: Sequence[Line]) -> list[Row]:
        found, left = list[Row](), list[Line]()
        for line in lines:
            row = self._prepared.take(line) if line.id not in self._told else None
            found.append(row) if row is not None else left.append(line)
        for start in range(0, len(left), SLICE):
            began = time.perf_counter()
            boxes = await self._gathering.boxes(left[start : start + SLICE])
            await asyncio.sleep(0)
            found += [journey_of(box) for box in boxes]
            await asyncio.sleep(self._rest() * (time.perf_counter() - began))
        return found


def _was_over(line: Line) -> bool:
    """Not over now, but some event would have ended it: there may be a row."""
    if is_over(line.code) or not line.state:
        return False
    return any(is_over(mark.code) for mark in Shipment(line.state).marks if mark.code < 250)


async def keep(
    builder: Builder,
    every_s: float,
    report: Callable[[Exception], None],
    oldest_month: Callable[[], str],
) -> None:
    """Turn after turn, until cancelled. Months before `oldest_month` are dropped."""
    while True:
        try:
            with suppress(BlockingIOError):
                await builder.turn(patient=True)
                await builder.drop_before(oldest_month())
        except Exception as error:  # the next turn may find the database there again
            report(error)
        await asyncio.sleep(every_s)
