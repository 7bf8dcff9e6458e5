"""The read model: a line for each shipment, and how far it covers the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import asyncpg

from milepost.engine.rows import ListFilter, ShipmentRow
from milepost.stores.postgres import listing, touching
from milepost.stores.postgres.pool import Pool

CHUNK = 5_000
_SAVE = """
INSERT INTO shipment AS s (id, tenant, number, carrier, order_number, main, code, since_s, last_s,
    first_day, alerts, state, covers_seq, created_us)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::smallint[],
    $7::smallint[], $8::bigint[], $9::bigint[], $10::date[], $11::smallint[],
    $12::bytea[], $13::bigint[], $14::bigint[])
ON CONFLICT (id) DO UPDATE SET number = excluded.number,
    carrier = coalesce(excluded.carrier, s.carrier),
    order_number = coalesce(excluded.order_number, s.order_number),
    main = excluded.main, code = excluded.code, since_s = excluded.since_s,
    last_s = excluded.last_s, first_day = least(s.first_day, excluded.first_day),
    alerts = excluded.alerts, state = excluded.state, covers_seq = excluded.covers_seq,
    sealed_day = NULL,
    created_us = least(s.created_us, excluded.created_us)
"""
_ALL = f"SELECT {listing.COLUMNS} FROM shipment WHERE sealed_day IS NULL"
# A shard that has never written counts from where the others are complete, else from the start.
_BEGIN_CHECKPOINT = """
INSERT INTO checkpoint SELECT $1, coalesce(min(seq), 0) FROM checkpoint ON CONFLICT DO NOTHING
"""
# Shards of a former, larger number hold the replay back until all of today's are past them.
_FORGET_FORMER = """
DELETE FROM checkpoint WHERE shard >= $1 AND seq < (
    SELECT min(seq) FROM checkpoint WHERE shard < $1 HAVING count(*) = $1)
"""


class ShipmentLines:
    """Saves, lists and finds them. One row of `checkpoint` for each shard: up to which commit its
    lines are complete.
    """

    pool: Pool
    _shards = 0

    async def save_shipments(self, rows: Sequence[ShipmentRow], gone: Sequence[int]) -> None:
        async with self.pool.connection() as connection, connection.transaction():
            if rows:
                await touching.touch(connection, rows)
                await connection.execute(_SAVE, *map(list, zip(*rows, strict=True)))
            if gone:
                await touching.remove(connection, gone)

    async def begin_checkpoint(self, shard: int, shards: int) -> int:
        self._shards = shards
        async with self.pool.connection() as connection, connection.transaction():
            # All begin one after the other, so that none counts from behind another's back.
            await connection.execute("LOCK TABLE checkpoint IN EXCLUSIVE MODE")
            await connection.execute(_BEGIN_CHECKPOINT, shard)
            return int(await connection.fetchval("SELECT min(seq) FROM checkpoint"))

    async def save_checkpoint(self, shard: int, seq: int) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO checkpoint VALUES ($1, $2) "
                "ON CONFLICT (shard) DO UPDATE SET seq = excluded.seq",
                shard,
                seq,
            )
            await connection.execute(_FORGET_FORMER, self._shards)

    async def checkpoint(self) -> int:
        async with self.pool.connection() as connection:
            return int(await connection.fetchval("SELECT coalesce(min(seq), 0) FROM checkpoint"))

    async def all_shipments(self) -> AsyncIterator[Sequence[ShipmentRow]]:
        async with self.pool.connection() as connection, connection.transaction():
            cursor = await connection.cursor(_ALL)
            while rows := await cursor.fetch(CHUNK):
                yield [ShipmentRow(*row) for row in rows]

    async def list_shipments(self, tenant: int, wanted: ListFilter) -> list[ShipmentRow]:
        filters = (wanted.main, wanted.carrier, wanted.trouble, wanted.text)
        if wanted.text or sum(one is not None for one in filters) > 1:
            async with listing.planned(self.pool) as connection:
                narrow = await listing.narrowed(connection, tenant, wanted)
                return await _listed(connection, tenant, narrow)
        async with self.pool.connection() as connection:
            return await _listed(connection, tenant, wanted)

    async def shipment(self, tenant: int, shipment: int) -> ShipmentRow | None:
        async with self.pool.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {listing.COLUMNS} FROM shipment WHERE id = $1 AND tenant = $2",
                shipment,
                tenant,
            )
        return None if row is None else ShipmentRow(*row)

    async def numbers_of_order(self, tenant: int, order_number: str) -> list[str]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT number FROM shipment WHERE tenant = $1 AND order_number = $2 "
                "ORDER BY created_us, number LIMIT 200",
                tenant,
                order_number,
            )
        return [row["number"] for row in rows]

    async def names_of(self, roads: Sequence[int]) -> dict[int, tuple[int, str]]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, number FROM shipment WHERE id = ANY($1::bigint[])", list(roads)
            )
        return {row["id"]: (row["tenant"], row["number"]) for row in rows}


async def _listed(
    connection: asyncpg.Connection, tenant: int, wanted: ListFilter
) -> list[ShipmentRow]:
    sql, values = listing.query(tenant, wanted)
    return [ShipmentRow(*row) for row in await connection.fetch(sql, *values)]
