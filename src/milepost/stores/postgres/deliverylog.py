"""The delivery log as its tenant sees it."""

from __future__ import annotations

from datetime import datetime

import asyncpg
import msgspec

from milepost.engine.delivery import Attempt, Delivery, DeliveryFilter, Message
from milepost.stores.postgres.pool import Pool

_LINE = """
    id, subscription, message_id, topic, number, created_at, payload, state, attempts, next_at,
    last_code, last_error, finished_at,
    (SELECT s.dialect FROM subscription s WHERE s.id = delivery.subscription) AS dialect
"""
# All dead letters at once, oldest first.
_REPLAY_FAILED = """
UPDATE delivery d SET state = 'pending', attempts = 0, next_at = $2, finished_at = NULL
WHERE d.id IN (
    SELECT f.id FROM delivery f JOIN subscription s ON s.id = f.subscription AND s.active
    WHERE f.tenant = $1 AND f.state = 'failed' AND ($3::text IS NULL OR s.dialect = $3)
        AND ($4::bigint IS NULL OR s.id = $4)
    ORDER BY f.id LIMIT $5)
"""
# Sent again at once and with all its attempts before it, under the same message id.
_REPLAY = """
UPDATE delivery d SET state = 'pending', attempts = 0, next_at = $3, finished_at = NULL
FROM subscription s
WHERE d.tenant = $1 AND d.id = $2 AND s.id = d.subscription AND s.active RETURNING d.id
"""
_history = msgspec.json.Decoder(tuple[Attempt, ...]).decode


class PostgresDeliveryLog:
    """See `engine.delivery.DeliveryLog`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def deliveries_of(self, tenant: int, wanted: DeliveryFilter) -> list[Delivery]:
        sql, values = _query(tenant, wanted)
        async with self._pool.connection() as connection:
            return [_delivery(row) for row in await connection.fetch(sql, *values)]

    async def delivery(self, tenant: int, delivery: int) -> Delivery | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_LINE}, history FROM delivery WHERE tenant = $1 AND id = $2",
                tenant,
                delivery,
            )
        return None if row is None else _delivery(row, row["history"])

    async def replay(self, tenant: int, delivery: int, now: datetime) -> bool:
        async with self._pool.connection() as connection:
            return await connection.fetchval(_REPLAY, tenant, delivery, now) is not None

    async def replay_failed(self, tenant: int, wanted: DeliveryFilter, now: datetime) -> int:
        values = (tenant, now, wanted.dialect, wanted.subscription, wanted.limit)
        async with self._pool.connection() as connection:
            done: str = await connection.execute(_REPLAY_FAILED, *values)
        return int(done.rpartition(" ")[2])


def _query(tenant: int, wanted: DeliveryFilter) -> tuple[str, list[object]]:
    values: list[object] = [tenant, wanted.limit]
    where = ["tenant = $1"]
    filters = {"state": wanted.state, "number": wanted.number, "subscription": wanted.subscription}
    for column, value in filters.items():
        if value is not None:
            values.append(value)
            where.append(f"{column} = ${len(values)}")
    if wanted.dialect is not None:
        values.append(wanted.dialect)
        where.append(
            "EXISTS (SELECT FROM subscription s WHERE s.id = delivery.subscription "
            f"AND s.dialect = ${len(values)})"
        )
    if wanted.before is not None:
        values.append(wanted.before)
        where.append(f"id < ${len(values)}")
    condition = " AND ".join(where)
    return f"SELECT {_LINE} FROM delivery WHERE {condition} ORDER BY id DESC LIMIT $2", values


def _delivery(row: asyncpg.Record, history: str = "[]") -> Delivery:
    message = Message(
        row["message_id"], row["topic"], row["number"], row["created_at"], row["payload"]
    )
    return Delivery(
        id=row["id"],
        subscription=row["subscription"],
        message=message,
        state=row["state"],
        attempts=row["attempts"],
        next_at=row["next_at"],
        last_code=row["last_code"],
        last_error=row["last_error"],
        finished_at=row["finished_at"],
        dialect=row["dialect"],
        history=_history(history),
    )
