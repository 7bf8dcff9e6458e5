"""The journey table anew: deltas that no catalogue names until all of them are written."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pyarrow as pa

from milepost.analytics.duck import opened
from milepost.analytics.reading import Line, Records
from milepost.analytics.sealed import facts_table, set_apart, write_rows
from milepost.analytics.table import KINDS, JourneyTable, Row
from milepost.domain.scan import Facts
from milepost.engine.unfold import whole_of

DELTA_ROWS = 50_000
_CHUNK = 2_000
_FACTS_AT_ONCE = 20_000


class Deltas:
    """Rows on their way into deltas, the later ones newer."""

    def __init__(self, table: JourneyTable) -> None:
        self.table = table
        self.serial = table.catalogue.serial
        self.names: list[str] = []
        # By road: one that woke up again is told of as sealed and as awake.
        self._kept: dict[int, Row] = {}

    def next(self) -> tuple[int, dict[str, Path]]:
        """The serial and the files of a delta that somebody else writes."""
        self.serial += 1
        name = f"delta.{self.serial:09d}"
        self.names.append(name)
        return self.serial, {kind: self.table.parts.path(kind, name) for kind in KINDS}

    async def add(self, rows: Sequence[Row]) -> None:
        self._kept |= {row[0].road: row for row in rows}
        if len(self._kept) >= DELTA_ROWS:
            await self.flush()

    async def flush(self) -> None:
        """Write what is kept."""
        kept, self._kept = self._kept, {}
        if kept:
            self.serial += 1
            rows = list(kept.values())
            self.names.append(await asyncio.to_thread(self.table.write, rows, [], self.serial))


async def plain_rows(
    parts: Sequence[Path], deltas: Deltas, records: Records, progress: Callable[[int], None]
) -> AsyncIterator[list[Line]]:
    """Writes the plain roads of sealed days; gives the lines of the others, to be folded."""
    if not parts:
        return
    linked = pa.array(await records.linked(), pa.int64())
    loop = asyncio.get_running_loop()

    def facts_of(roads: Sequence[int]) -> pa.Table:
        return asyncio.run_coroutine_threadsafe(_facts(records, roads), loop).result()

    with opened(deltas.table.parts.room) as duck:
        await asyncio.to_thread(set_apart, duck, parts, linked)
        for part in parts:
            serial, targets = deltas.next()
            count, odd = await asyncio.to_thread(write_rows, duck, part, targets, serial, facts_of)
            progress(count)
            for start in range(0, len(odd), _CHUNK):
                yield await records.lines(odd[start : start + _CHUNK])


async def _facts(records: Records, roads: Sequence[int]) -> pa.Table:
    told: dict[int, list[Facts]] = defaultdict(list)
    for start in range(0, len(roads), _FACTS_AT_ONCE):
        for road, facts in await records.facts_of(roads[start : start + _FACTS_AT_ONCE]):
            told[road].append(facts)
    return facts_table((road, whole_of([], found).facts) for road, found in told.items())
