"""Pushes of the dialects: those that are asked for, and what the delivery log has of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from milepost.engine.delivery import Attempt
from milepost.engine.dialects import LastPush, Sent, Watch
from milepost.stores.postgres.dialects.rows import Around

_SENT = """
    d.id, (convert_from(d.payload, 'UTF8')::jsonb->>'watch')::bigint AS watch, d.number, s.url,
    d.topic, d.created_at, d.state, d.payload, d.history
"""
# Receiver by receiver, as a tenant's other deliveries may be many times more.
_PAGE = f"""
SELECT {_SENT} FROM subscription s CROSS JOIN LATERAL (
    SELECT * FROM delivery
    WHERE subscription = s.id AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $4
) AS d
WHERE s.tenant = $1 AND s.dialect = $2 ORDER BY d.id DESC LIMIT $4
"""
_OF_CHANGE = f"""
SELECT {_SENT} FROM delivery d JOIN subscription s ON s.id = d.subscription AND s.dialect = $2
WHERE d.tenant = $1 AND d.number = $3 AND d.created_at = $4
    AND (convert_from(d.payload, 'UTF8')::jsonb->>'watch')::bigint = $5
ORDER BY d.id
"""
# What has neither an answer nor an error was not tried yet, or there was nothing to send.
_LAST = """
SELECT asked.watch, found.state, found.last_code AS code,
    (extract(epoch FROM found.at) * 1000000)::bigint AS at_us
FROM unnest($3::bigint[], $4::text[]) AS asked (watch, number)
CROSS JOIN LATERAL (
    SELECT d.state, d.last_code, coalesce(d.finished_at, (d.history->-1->>'at')::timestamptz) AS at
    FROM delivery d JOIN subscription s ON s.id = d.subscription AND s.dialect = $2
    WHERE d.tenant = $1 AND d.number = asked.number
        AND convert_from(d.payload, 'UTF8')::jsonb->>'watch' = asked.watch::text
        AND (d.last_code IS NOT NULL OR d.last_error IS NOT NULL)
    ORDER BY d.id DESC LIMIT 1
) AS found
"""
_PUSH = """
INSERT INTO delivery (tenant, subscription, message_id, topic, number, payload, next_at,
    created_at)
SELECT w.tenant, s.id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), 'watch.pushed',
    w.number, convert_to('{"watch":' || w.id || '}', 'UTF8'), now(), $3
FROM dialect_watch w JOIN subscription s ON s.tenant = w.tenant AND s.dialect = w.dialect
    AND s.active AND (s.id = w.subscription OR (w.subscription IS NULL AND s.account))
WHERE w.id = $1 AND w.tenant = $2
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_history = msgspec.json.Decoder(tuple[Attempt, ...]).decode


class PostgresPushes:
    """See `engine.dialects.Pushes`, and those of `Watches`."""

    def __init__(self, around: Around) -> None:
        self._pool, self._woke, self._now_us = around.pool, around.woke, around.now_us

    async def push(self, watch: Watch) -> int:
        async with self._pool.connection() as connection:
            at = _EPOCH + self._now_us() * _MICROSECOND
            done: str = await connection.execute(_PUSH, watch.id, watch.tenant, at)
        made = int(done.rpartition(" ")[2])
        if made:
            self._woke()
        return made

    async def last_pushes(
        self, tenant: int, dialect: str, watches: Sequence[Watch]
    ) -> dict[int, LastPush]:
        ids, numbers = [one.id for one in watches], [one.number for one in watches]
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_LAST, tenant, dialect, ids, numbers)
        return {row["watch"]: LastPush(row["state"], row["at_us"], row["code"]) for row in rows}

    async def page(
        self, tenant: int, dialect: str, *, before: int | None = None, limit: int = 100
    ) -> list[Sent]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_PAGE, tenant, dialect, before, limit)
        return [_sent(row) for row in rows]

    async def of_change(self, watch: Watch, at_us: int) -> list[Sent]:
        at = _EPOCH + at_us * _MICROSECOND
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                _OF_CHANGE, watch.tenant, watch.dialect, watch.number, at, watch.id
            )
        return [_sent(row) for row in rows]


def _sent(row: asyncpg.Record) -> Sent:
    return Sent(
        id=row["id"],
        watch=row["watch"],
        number=row["number"],
        url=row["url"],
        topic=row["topic"],
        at_us=(row["created_at"] - _EPOCH) // _MICROSECOND,
        state=row["state"],
        payload=row["payload"],
        attempts=_history(row["history"]),
    )
