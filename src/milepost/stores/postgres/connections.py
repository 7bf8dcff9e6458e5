"""Accounts upstream as their tenant sees them; credentials are sealed."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec

from milepost.engine.polling import Connection, Freshness, TooManyError
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer

MOST_CONNECTIONS = 100
COLUMNS = """
    id, tenant, source, name, base_url, sealed, carriers, rate_per_s, concurrency, daily_budget,
    options, active, created_us, updated_us, state, breaker, waits_until_us, spent, spent_day,
    answered_us, pushed_us, last_error, last_error_us
"""
_ADD = """
INSERT INTO connection (tenant, source, name, base_url, sealed, carriers, rate_per_s, concurrency,
    daily_budget, options, active, created_us, updated_us)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12
WHERE (SELECT count(*) FROM connection WHERE tenant = $1) < $13 RETURNING id
"""
# Who changes an account wants it tried at once, whatever was wrong with it before.
_SAVE = """
UPDATE connection SET name = $3, base_url = $4, sealed = $5, carriers = $6, rate_per_s = $7,
    concurrency = $8, daily_budget = $9, options = $10, active = $11, updated_us = $12,
    state = CASE WHEN $11 THEN 'new' ELSE 'paused' END, breaker = 'closed', waits_until_us = NULL
WHERE tenant = $1 AND id = $2
"""
_FRESHNESS = """
SELECT count(*) FILTER (WHERE done_why IS NULL) AS tracked,
    count(*) FILTER (WHERE done_why IS NULL AND due_us <= $2) AS due,
    count(*) FILTER (WHERE done_why IS NULL AND failures > 0) AS failing,
    count(*) FILTER (WHERE done_why IS NOT NULL) AS finished,
    percentile_disc(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (
        ORDER BY $2::bigint - coalesce(answered_us, created_us)
    ) FILTER (WHERE done_why IS NULL) AS ages_us
FROM poll_target WHERE connection = $1
"""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def context_of(tenant: int, source: str) -> str:
    """What the credentials of a connection are sealed for."""
    return f"connection/{source}/{tenant}"


class PostgresConnections:
    """See `engine.polling.Connections`."""

    def __init__(self, pool: Pool, sealer: Sealer, most: int = MOST_CONNECTIONS) -> None:
        self._pool = pool
        self._sealer = sealer
        self._most = most

    async def of_tenant(self, tenant: int) -> list[Connection]:
        return await self._fetch("tenant = $1", tenant)

    async def by_id(self, tenant: int, connection: int) -> Connection | None:
        found = await self._fetch("tenant = $1 AND id = $2", tenant, connection)
        return found[0] if found else None

    async def add(self, connection: Connection) -> Connection:
        one = connection
        values = (*self._values(one), one.created_us, self._most)
        async with self._pool.connection() as database:
            made = await database.fetchval(_ADD, one.tenant, one.source, *values)
        if made is None:
            raise TooManyError(f"There may be {self._most} connections.")
        return msgspec.structs.replace(one, id=made, updated_us=one.created_us)

    async def save(self, connection: Connection) -> None:
        one = connection
        async with self._pool.connection() as database:
            await database.execute(_SAVE, one.tenant, one.id, *self._values(one), one.updated_us)

    async def delete(self, tenant: int, connection: int) -> bool:
        async with self._pool.connection() as database:
            done: str = await database.execute(
                "DELETE FROM connection WHERE tenant = $1 AND id = $2", tenant, connection
            )
        return done != "DELETE 0"

    async def freshness(self, connection: Connection, now_us: int) -> Freshness:
        async with self._pool.connection() as database:
            row = await database.fetchrow(_FRESHNESS, connection.id, now_us)
        ages = [max(0, age) / 1e6 for age in row["ages_us"] or ()] or [None] * 3
        counts = {name: row[name] for name in ("tracked", "due", "failing", "finished")}
        return Freshness(**counts, p50_s=ages[0], p90_s=ages[1], p99_s=ages[2])

    async def _fetch(self, where: str, *values: object) -> list[Connection]:
        async with self._pool.connection() as database:
            rows = await database.fetch(
                f"SELECT {COLUMNS} FROM connection WHERE {where} ORDER BY id", *values
            )
        return [connection_of(row, self._sealer) for row in rows]

    def _values(self, one: Connection) -> tuple[Any, ...]:
        sealed = self._sealer.seal(_encode(one.secrets), context_of(one.tenant, one.source))
        options = _encode(one.options).decode().replace("\\u0000", "")
        return (
            one.name, one.base_url, sealed, list(one.carriers), one.rate_per_s, one.concurrency,
            one.daily_budget, options, one.active,
        )  # fmt: skip


def connection_of(row: asyncpg.Record, sealer: Sealer) -> Connection:
    """From a row that has `COLUMNS`."""
    given = dict(row)
    sealed = given.pop("sealed")
    given["secrets"] = _decode(sealer.open(sealed, context_of(row["tenant"], row["source"])))
    given["options"] = _decode(row["options"])
    given["carriers"] = tuple(row["carriers"])
    return Connection(**given)
