"""Facts from before streets were sealed: taken over some at a time, once."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import msgspec

from milepost.engine.redact import redact_facts
from milepost.engine.rows import Group
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.rows import fact_row
from milepost.stores.postgres.texts import PostgresTexts

STEP = 2_000
# Of those whose people were erased since, nothing is kept.
_SOME = """
SELECT f.id, f.parcel, f.tenant, f.observed_us, f.source, f.body, EXISTS (
    SELECT FROM vault_erased AS e WHERE e.tenant = f.tenant AND e.road = f.parcel
        AND e.erased_at >= to_timestamp(f.observed_us / 1e6)
) AS erased
FROM fact AS f WHERE f.id > $1 AND f.id <= $2 ORDER BY f.id
"""
_pack = msgspec.msgpack.Encoder().encode


class FactsInClear:
    """`fact_in_clear` says how far they have been taken over."""

    def __init__(self, pool: Pool, texts: PostgresTexts) -> None:
        self._pool = pool
        self._texts = texts

    async def take_over(self) -> bool:
        """The next few; whether there may be more."""
        async with self._pool.connection() as connection, connection.transaction():
            span = await connection.fetchrow(
                "SELECT next_id, last_id FROM fact_in_clear FOR UPDATE"
            )
            if span is None:
                return False
            until = min(span["next_id"] + STEP, span["last_id"])
            await self._seal(connection, await connection.fetch(_SOME, span["next_id"], until))
            if until < span["last_id"]:
                await connection.execute("UPDATE fact_in_clear SET next_id = $1", until)
                return True
            await connection.execute("DELETE FROM fact_in_clear")
        return False

    async def _seal(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        changed, said = [], []
        for row in rows:
            group = Group(facts=[fact_row(row[1:])])
            redact_facts(group, 0)
            if group.sealed:
                changed.append((row["id"], _pack(group.facts[0].facts)))
                said += [] if row["erased"] else group.sealed
        await connection.executemany("UPDATE fact SET body = $2 WHERE id = $1", changed)
        await self._texts.write(connection, said, (), 0)
