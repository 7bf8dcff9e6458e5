"""The rows of roads that are not over yet, made from their packed states when one asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

import msgspec
import pyarrow as pa

from milepost.analytics.gathering import Gathering
from milepost.analytics.journey import journey_of
from milepost.analytics.model import HOPS, JOURNEYS
from milepost.analytics.reading import Records
from milepost.analytics.table import Row
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment

# More than these are not counted one by one: the newest are, and the answer says so.
MOST = 200_000
KEPT_S = 20.0
# Customs names countries, which only events know.
_MOST_IN_FULL = 5_000
_CHUNK = 20
_FEW = 5_000


class LiveRows(msgspec.Struct, frozen=True):
    """Tables like those of the files. `all`: whether every live road is among them."""

    journeys: pa.Table
    hops: pa.Table
    all: bool


class Live:
    """Live rows by tenant, kept for some seconds."""

    def __init__(
        self, records: Records, gathering: Gathering, clock_s: Callable[[], float] = monotonic
    ) -> None:
        self._records = records
        self._gathering = gathering
        self._clock_s = clock_s
        self._kept: dict[int, tuple[float, int, LiveRows]] = {}
        self._turn = asyncio.Lock()

    async def rows(self, tenant: int) -> LiveRows:
        """What is on the road now."""
        async with self._turn:
            kept, now_s = self._kept.get(tenant), self._clock_s()
            commit, fact = await self._records.newest()
            if kept is None or not self._fresh(kept, now_s, commit + fact):
                kept = self._kept[tenant] = (now_s, commit + fact, await self._made(tenant))
            return kept[2]

    def _fresh(self, kept: tuple[float, int, LiveRows], now_s: float, newest: int) -> bool:
        """Few rows are made anew as soon as anything was committed, many after a while."""
        if kept[1] != newest and kept[2].journeys.num_rows <= _FEW:
            return False
        return kept[0] >= now_s - KEPT_S

    async def _made(self, tenant: int) -> LiveRows:
        lines = await self._records.live(tenant, MOST + 1)
        complete, lines = len(lines) <= MOST, lines[:MOST]
        full = [one for one in lines if one.state and _at_customs(one.state)][:_MOST_IN_FULL]
        named = {one.id for one in full}
        rest = [one for one in lines if one.id not in named]
        rows: list[Row] = []
        for start in range(0, len(full), _CHUNK):
            rows += map(journey_of, await self._gathering.boxes(full[start : start + _CHUNK]))
        for start in range(0, len(rest), _CHUNK):
            rows += map(journey_of, await self._gathering.outlines(rest[start : start + _CHUNK]))
            await asyncio.sleep(0)  # scans come in between
        return await asyncio.to_thread(tables, rows, complete)


def tables(rows: list[Row], complete: bool = True) -> LiveRows:
    """Rows as the two tables."""
    journeys = pa.Table.from_pylist([msgspec.to_builtins(row) for row, _ in rows], JOURNEYS)
    hops = [
        msgspec.to_builtins(hop) | {"tenant": row.tenant, "road": row.road}
        for row, found in rows
        for hop in found
    ]
    return LiveRows(journeys, pa.Table.from_pylist(hops, HOPS), complete)


def _at_customs(state: bytes) -> bool:
    return any(MAIN[mark.code] == "customs" for mark in Shipment(state).marks)
