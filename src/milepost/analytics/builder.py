"""Keeps the journey table up to date with the ledger, or makes it anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from milepost.analytics.batch import Batch
from milepost.analytics.catalogue import Reach
from milepost.analytics.feed import PAGE, Numbers, Queue
from milepost.analytics.gathering import Gathering
from milepost.analytics.journey import is_over, journey_of
from milepost.analytics.prepared import Prepared
from milepost.analytics.reading import Line, Records
from milepost.analytics.renewing import Deltas, plain_rows
from milepost.analytics.table import JourneyTable, Row

# So much is done at a stretch: scans and questions come in between.
SLICE = 8
# So many rows go to disk together; what is queued beyond them is taken after that.
MOST = 10_000
# No more facts than these are under way at once.
_UNDER_WAY = 10_000


class Builder:
    """`turn` takes in what is new, `rebuild` takes in all."""

    def __init__(
        self,
        table: JourneyTable,
        records: Records,
        queue: Queue,
        gathering: Gathering,
        sealed_parts: Callable[[], Sequence[Path]] = tuple,
        rest: Callable[[], float] = lambda: 0.0,
        prepared: Prepared | None = None,
        *,
        keeps: bool = False,
    ) -> None:
        """`sealed_parts`: the Parquet files of the sealed days. `rest`: seconds of rest for each
        second of work, for who has something more urgent to do. `prepared`: rows that need not be
        made any more. `keeps`: the queue is for this table, whichever it was for before.
        """
        self._rest = rest
        self._prepared = prepared or Prepared()
        self.table = table
        self._sealed_parts = sealed_parts
        self._records, self._queue = records, queue
        self._gathering = gathering
        self._keeps = keeps
        self._one = asyncio.Lock()
        self._tidied = False
        self._begin(table.catalogue.reach)

    def _begin(self, reach: Reach) -> None:
        self._reach = reach
        self._facts = Numbers(reach.fact)

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
        commit, _ = await self._records.newest()
        if not (catalogue.built and await self._is_kept() and commit >= catalogue.reach.commit):
            return await self._renew(lambda _: None)
        if catalogue.reach != self._reach:  # another process has been at work
            self._begin(catalogue.reach)
        try:
            return await self._take(commit, patient=patient)
        except BaseException:
            self._begin(catalogue.reach)  # facts that were seen, but not saved
            raise

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

    async def _is_kept(self) -> bool:
        """Whether the queue is for this table, so that it has everything else already."""
        name = self.table.catalogue.name
        return name != "" and name == await self._queue.kept_by()

    async def _renew(self, progress: Callable[[int], None]) -> int:
        """Sealed roads first: what came late for them is not sealed, and its rows are newer. What
        changes meanwhile is in the queue.
        """
        kept = await self._is_kept()
        name = self.table.catalogue.name if kept else await self._queue.claim(anyway=self._keeps)
        commit, newest = await self._records.newest()
        facts = Numbers(max(newest - _UNDER_WAY, 0))
        facts.know([fact for fact, _ in await self._records.facts_after(facts.floor)])
        self._prepared.clear()
        deltas = Deltas(self.table)
        async for lines in plain_rows(self._sealed_parts(), deltas, self._records, progress):
            await deltas.add(await self._rows(lines))
            progress(len(lines))
        async for lines in self._records.all_over():
            await deltas.add(await self._rows(lines))
            progress(len(lines))
        await deltas.flush()
        reach = Reach(commit, facts.floor)
        await asyncio.to_thread(self.table.renew, deltas.names, deltas.serial, reach, name)
        self._reach, self._facts = reach, facts
        return self.table.catalogue.rows

    async def _take(self, commit: int, *, patient: bool) -> int:
        """Facts first: a row that was prepared without them is of no use any more."""
        batch, count, told = Batch(), 0, await self._told()
        for start in range(0, len(told), PAGE):
            lines = await self._records.lines(told[start : start + PAGE])
            batch.put(await self._rows(lines))
        async for page in self._queue.pages():
            page = [one for one in page if not (patient and self._prepared.awaits(one[0]))]
            lines = await self._records.lines([road for road, _ in page])
            batch.settle(page, lines, await self._rows(lines))
            if len(batch) >= MOST:
                count += await self._save(batch, commit)
                batch = Batch()
        return count + await self._save(batch, commit)

    async def _save(self, batch: Batch, commit: int) -> int:
        """On disk first, then out of the queue: after a crash in between it is done once more."""
        reach = Reach(commit, self._facts.floor)
        if len(batch) or reach.fact != self._reach.fact:
            await asyncio.to_thread(self.table.add, batch.rows, batch.gone, reach)
            self._reach = reach
        if batch.done:
            await self._queue.remove(batch.done, self.table.catalogue.name)
        return len(batch)

    async def _told(self) -> list[int]:
        """Roads that are over and of which new facts have come."""
        parcels = dict(await self._records.facts_after(self._facts.floor))
        facts = self._facts.fresh(parcels)
        told = [parcels[fact] for fact in facts]
        found: list[int] = []
        for start in range(0, len(told), PAGE):
            for road, over in await self._records.told(told[start : start + PAGE]):
                self._prepared.drop(road)
                if over:
                    found.append(road)
            await asyncio.sleep(0)
        self._facts.know(facts)
        return list(dict.fromkeys(found))

    async def _rows(self, lines: Sequence[Line]) -> list[Row]:
        """Of those that are over."""
        found, left = list[Row](), list[Line]()
        for line in lines:
            if is_over(line.code):
                row = self._prepared.take(line)
                found.append(row) if row is not None else left.append(line)
        for start in range(0, len(left), SLICE):
            began = time.perf_counter()
            boxes = await self._gathering.boxes(left[start : start + SLICE])
            await asyncio.sleep(0)
            found += [journey_of(box) for box in boxes]
            await asyncio.sleep(self._rest() * (time.perf_counter() - began))
        return found


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
