"""Closed roads on their way out of the journal: which can go, and what has gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

import asyncpg

from milepost.domain.status import OVER
from milepost.engine.rows import Row
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.rows import ROW_COLUMNS, row_of

# A partition can go when every event in it belongs to a road that is sealed.
_UNSEALED = """
SELECT 1 FROM {partition} AS j
LEFT JOIN link AS l ON l.parcel = j.parcel AND l.tenant = j.tenant
LEFT JOIN shipment AS s ON s.id = coalesce(l.road, j.parcel)
WHERE s.id IS NULL OR s.sealed_day IS NULL LIMIT 1
"""


class Closed(NamedTuple):
    """A road that has ended, and all numbers it was travelled under."""

    tenant: int
    road: int
    parcels: list[int]


class Closing:
    """Sealing's side of the journal. See `runners.sealing`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def sealable(self, before_s: int, limit: int, shard: tuple[int, int]) -> list[Closed]:
        """Roads of a shard (its number, of how many) that ended before some second and are not
        sealed.
        """
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT s.tenant, s.id, coalesce(array_agg(l.parcel) "
                "FILTER (WHERE l.parcel IS NOT NULL), '{}') || s.id AS parcels "
                "FROM (SELECT id, tenant FROM shipment WHERE sealed_day IS NULL "
                "AND code = ANY($1::smallint[]) AND last_s < $2 AND last_s > 0 "
                "AND ((id % $4) + $4) % $4 = $5 LIMIT $3) AS s "
                "LEFT JOIN link AS l ON l.road = s.id GROUP BY s.tenant, s.id",
                OVER,
                before_s,
                limit,
                shard[1],
                shard[0],
            )
        return [Closed(row[0], row[1], sorted(set(row[2]))) for row in rows]

    async def events(self, parcels: Sequence[int], since: date) -> list[tuple[int, Row]]:
        """(sequence, row) of all events of some parcels."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT seq, {ROW_COLUMNS} FROM journal "
                "WHERE parcel = ANY($1::bigint[]) AND day >= $2",
                parcels,
                since,
            )
        return [(row[0], row_of(row[1:])) for row in rows]

    async def mark_sealed(self, roads: Sequence[int], day: date) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE shipment SET sealed_day = $2 WHERE id = ANY($1::bigint[])", roads, day
            )

    async def states(self, roads: Sequence[int]) -> dict[int, bytes]:
        """The states of sealed roads, to wake them up."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, state FROM shipment WHERE id = ANY($1::bigint[])", roads
            )
        return {row["id"]: row["state"] for row in rows}

    async def resting(self) -> AsyncIterator[list[int]]:
        """The keys of all sealed roads."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.cursor("SELECT id FROM shipment WHERE sealed_day IS NOT NULL")
            while rows := await cursor.fetch(10_000):
                yield [row["id"] for row in rows]

    async def drop_sealed(self, before: date) -> list[date]:
        """Drop the journal's partitions before a day in which nothing is left to keep."""
        dropped = []
        async with self._pool.connection() as connection:
            for day, partition in await _partitions(connection, "journal"):
                if day < before and not await connection.fetchval(
                    _UNSEALED.format(partition=partition)
                ):
                    await connection.execute(f"DROP TABLE {partition}")
                    dropped.append(day)
        return dropped

    async def forget_before(self, day: date) -> None:
        """Retention: sealed shipments and raw payloads from before a day are gone."""
        async with self._pool.connection() as connection:
            await connection.execute("DELETE FROM shipment WHERE sealed_day < $1", day)
            for made, partition in await _partitions(connection, "raw"):
                if made < day:
                    await connection.execute(f"DROP TABLE {partition}")


async def _partitions(connection: asyncpg.Connection, table: str) -> list[tuple[date, str]]:
    rows = await connection.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits "
        "WHERE inhparent = $1::regclass ORDER BY 1",
        table,
    )
    names = [row["name"] for row in rows]
    return [(datetime.strptime(name[-8:], "%Y%m%d").date(), name) for name in names]  # noqa: DTZ007
