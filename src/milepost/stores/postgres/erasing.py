"""Erasing a shipment's personal data: keys first, then files and raw payloads.

The first step is one transaction. What follows is noted as not done yet, so that a server that was
killed meanwhile takes it up again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import structlog

from milepost.engine.personal import Target
from milepost.engine.withdrawing import without
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.raws import PostgresRaws
from milepost.stores.sealer import SealError

log = structlog.get_logger()
_TABLES = ("vault_key", "vault_item", "vault_index", "vault_text", "vault_attempt")
_RAWS = """
SELECT raw FROM journal WHERE parcel = ANY($2::bigint[]) AND tenant = $1 AND raw IS NOT NULL
UNION SELECT raw FROM raw_mention WHERE tenant = $1 AND parcel = ANY($2::bigint[])
UNION SELECT raw FROM unread WHERE tenant = $1 AND raw IS NOT NULL
"""
# Erasures that were not finished, and those of which a later payload spoke again.
_LEFT = """
SELECT e.tenant, array_agg(DISTINCT e.road), array_agg(DISTINCT n) FILTER (WHERE n IS NOT NULL)
FROM vault_erased AS e LEFT JOIN LATERAL unnest(e.numbers) AS n ON true
WHERE e.done_at IS NULL OR EXISTS (
    SELECT FROM raw_mention AS m WHERE m.tenant = e.tenant AND m.parcel = e.road)
GROUP BY e.tenant, e.numbers
"""
# Roads that ended long ago, and keys whose shipment is not even known any more.
_OVERDUE = """
SELECT k.tenant, k.road, s.number FROM vault_key AS k
LEFT JOIN link AS l ON l.tenant = k.tenant AND l.parcel = k.road
LEFT JOIN shipment AS s ON s.id = coalesce(l.road, k.road)
WHERE (s.main = ANY($1::smallint[]) AND s.last_s < $2)
   OR (s.id IS NULL AND k.created_at < to_timestamp($2))
ORDER BY k.tenant, k.road LIMIT $3
"""
Archived = Callable[[int, Sequence[int]], Awaitable[set[int]]]
Unlink = Callable[[int, Sequence[int]], Awaitable[None]]


class PostgresErasing:
    """See `engine.personal.Erasing`. `archived` gives the raw payloads of sealed events, `unlink`
    removes files of evidence.
    """

    def __init__(self, pool: Pool, raws: PostgresRaws, archived: Archived, unlink: Unlink) -> None:
        self._pool = pool
        self._raws = raws
        self._archived = archived
        self._unlink = unlink

    async def erase(self, tenant: int, target: Target, actor: str) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            for table in _TABLES:
                await connection.execute(
                    f"DELETE FROM {table} WHERE tenant = $1 AND road = ANY($2::bigint[])",
                    tenant, list(target.roads),
                )  # fmt: skip
            await connection.execute(
                "DELETE FROM epcis_said WHERE tenant = $1 AND roads && $2::bigint[]",
                tenant, list(target.roads),
            )  # fmt: skip
            await connection.executemany(
                "INSERT INTO vault_erased (tenant, road, erased_at, actor, numbers) "
                "VALUES ($1, $2, clock_timestamp(), $3, $4)",
                [(tenant, road, actor, list(target.numbers)) for road in target.roads],
            )
        await self._finish(tenant, target)

    async def resume(self) -> int:
        """Take up what was left; how many erasures."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_LEFT)
        for tenant, roads, numbers in rows:
            await self._finish(tenant, Target(tuple(roads), tuple(numbers or ())))
        return len(rows)

    async def overdue(
        self, mains: Sequence[int], before_s: int, most: int
    ) -> AsyncIterator[tuple[int, int, str | None]]:
        """(tenant, road, number) of keys that have been kept for long enough."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_OVERDUE, list(mains), before_s, most)
        for row in rows:
            yield row[0], row[1], row[2]

    async def _finish(self, tenant: int, target: Target) -> None:
        await self._unlink(tenant, target.roads)
        roads = list(target.roads)
        async with self._pool.connection() as connection:
            ids = {row[0] for row in await connection.fetch(_RAWS, tenant, roads)}
        ids |= await self._archived(tenant, roads)
        for number in sorted(ids):
            await self._withdraw(tenant, number, target.numbers)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "DELETE FROM raw_mention WHERE tenant = $1 AND parcel = ANY($2::bigint[]) "
                "AND raw = ANY($3::bigint[])",
                tenant, roads, list(ids),
            )  # fmt: skip
            await connection.execute(
                "UPDATE vault_erased SET done_at = now() "
                "WHERE tenant = $1 AND road = ANY($2::bigint[]) AND done_at IS NULL",
                tenant, roads,
            )  # fmt: skip

    async def _withdraw(self, tenant: int, number: int, numbers: Sequence[str]) -> None:
        """Take some tracking numbers out of one payload."""
        async with self._pool.connection() as connection, connection.transaction():
            # Two erasures of one payload must not undo each other.
            await connection.execute("SELECT pg_advisory_xact_lock($1)", number)
            for raw in await self._opened(connection, tenant, number):
                left = without(raw.body, raw.content_type, numbers)
                if left is not None:
                    await self._raws.rewrite(connection, tenant, raw, left)

    async def _opened(
        self, connection: asyncpg.Connection, tenant: int, number: int
    ) -> Sequence[Any]:
        try:
            return await self._raws.read(connection, tenant, [number])
        except SealError as error:
            log.warning("raw_unreadable", raw=number, error=str(error))  # then it says nothing
            return ()
