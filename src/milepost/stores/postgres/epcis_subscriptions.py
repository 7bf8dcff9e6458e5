"""Subscriptions to EPCIS queries: what each was told last, and what is to be told it next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from milepost.engine.delivery import TooManySubscriptionsError
from milepost.engine.epcis_ports import Found, NewStanding, Standing
from milepost.epcis.schedule import Schedule
from milepost.stores.postgres.epcis_query import where_of
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.subscriptions import MOST_SUBSCRIPTIONS, context_of
from milepost.stores.sealer import Sealer

MOST_AT_ONCE = 500
_SHOWN = """
    e.subscription AS id, e.tenant, e.query, s.url AS dest, e.schedule::text AS schedule,
    e.report_if_empty, e.min_record_time, e.created_at, e.last_notified_at, s.active,
    s.disabled_why
"""
_FROM = "epcis_subscription e JOIN subscription s ON s.id = e.subscription"
_ADD_TARGET = """
INSERT INTO subscription (tenant, channel, url, secret, sealed, events)
SELECT $1, 'epcis', $2, '', $3, '{}'
WHERE (SELECT count(*) FROM subscription WHERE tenant = $1 AND dialect IS NULL) < $4 RETURNING id
"""
# Its topic is its own, so that the outbox hands its answers to it alone.
_ADD = """
WITH named AS (UPDATE subscription SET events = ARRAY['epcis.query.' || id] WHERE id = $1)
INSERT INTO epcis_subscription (subscription, tenant, query, schedule, report_if_empty, after_seq,
    min_record_time, next_at, created_at)
SELECT $1, q.tenant, q.name, $4::jsonb, $5,
    CASE WHEN $6::timestamptz IS NOT NULL THEN 0 ELSE coalesce(
        (SELECT max(seq) FROM epcis_event WHERE tenant = $2), 0) END, $6, $7, $8
FROM epcis_query q WHERE q.tenant = $2 AND q.name = $3 RETURNING subscription
"""
_DUE = f"""
SELECT e.subscription FROM {_FROM}
WHERE s.active AND (e.next_at <= $1 OR (e.schedule IS NULL
    AND e.after_seq < (SELECT max(v.seq) FROM epcis_event v WHERE v.tenant = e.tenant)))
ORDER BY e.last_notified_at NULLS FIRST LIMIT 1000
"""
# Two processes never tell one subscriber at once.
_TAKE = f"""
SELECT e.tenant, e.query, e.schedule::text AS schedule, e.report_if_empty, e.after_seq,
    e.min_record_time, e.next_at, q.query::text AS asked
FROM {_FROM} JOIN epcis_query q ON q.tenant = e.tenant AND q.name = e.query
WHERE e.subscription = $1 AND s.active FOR UPDATE OF e SKIP LOCKED
"""
_ANNOUNCE = """
INSERT INTO outbox (tenant, shipment, topic, number, payload, created_us)
VALUES ($1, 0, 'epcis.query.' || $2::bigint, '', $3, $4)
"""
_TOLD = """
UPDATE epcis_subscription SET after_seq = $2, next_at = $3,
    last_notified_at = coalesce($4, last_notified_at) WHERE subscription = $1
"""
Compose = Callable[[Sequence[Found], str, int], bytes]


class PostgresStanding:
    """See `engine.epcis_ports.StandingQueries`. Captures of one tenant are numbered in the order of
    their commits, so whatever has a greater number than the last one told is new.
    """

    def __init__(self, pool: Pool, sealer: Sealer, most: int = MOST_SUBSCRIPTIONS) -> None:
        self._pool = pool
        self._sealer = sealer
        self._most = most

    async def add(self, tenant: int, wanted: NewStanding) -> Standing | None:
        sealed = self._sealer.seal(wanted.secret.encode(), context_of(tenant))
        schedule = None if wanted.schedule is None else msgspec.json.encode(wanted.schedule)
        async with self._pool.connection() as connection, connection.transaction():
            made = await connection.fetchval(_ADD_TARGET, tenant, wanted.dest, sealed, self._most)
            if made is None:
                raise TooManySubscriptionsError(f"There may be {self._most} subscriptions.")
            added = await connection.fetchval(
                _ADD, made, tenant, wanted.query, schedule and schedule.decode(),
                wanted.report_if_empty, wanted.min_record_time, wanted.next_at, wanted.created_at,
            )  # fmt: skip
            if added is None:
                await connection.execute("DELETE FROM subscription WHERE id = $1", made)
                return None
        return await self.one(tenant, wanted.query, made)

    async def of(self, tenant: int, query: str, offset: int, limit: int) -> list[Standing]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_SHOWN} FROM {_FROM} WHERE e.tenant = $1 AND e.query = $2 "
                "ORDER BY e.subscription OFFSET $3 LIMIT $4",
                tenant, query, offset, limit,
            )  # fmt: skip
        return [_standing(row) for row in rows]

    async def one(self, tenant: int, query: str, subscription: int) -> Standing | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_SHOWN} FROM {_FROM} "
                "WHERE e.tenant = $1 AND e.query = $2 AND e.subscription = $3",
                tenant, query, subscription,
            )  # fmt: skip
        return None if row is None else _standing(row)

    async def delete(self, tenant: int, query: str, subscription: int) -> bool:
        async with self._pool.connection() as connection:
            done: str = await connection.execute(
                "DELETE FROM subscription WHERE id = (SELECT subscription FROM epcis_subscription "
                "WHERE tenant = $1 AND query = $2 AND subscription = $3)",
                tenant, query, subscription,
            )  # fmt: skip
        return done != "DELETE 0"

    async def due(self, now: datetime) -> list[int]:
        async with self._pool.connection() as connection:
            return [row[0] for row in await connection.fetch(_DUE, now)]

    async def tell(self, subscription: int, now: datetime, compose: Compose) -> tuple[bool, bool]:
        async with self._pool.connection() as connection, connection.transaction():
            row = await connection.fetchrow(_TAKE, subscription)
            if row is None or not _is_due(row, now):
                return False, False
            found, after, more = await _new(connection, row)
            empty = row["report_if_empty"] and row["schedule"] is not None
            told = bool(found) or empty
            if told:
                payload = compose(found, row["query"], subscription)
                now_us = int(now.timestamp() * 1_000_000)
                await connection.execute(_ANNOUNCE, row["tenant"], subscription, payload, now_us)
            next_at = row["next_at"] if more else _following(row["schedule"], now)
            await connection.execute(_TOLD, subscription, after, next_at, now if told else None)
        return told, more


async def _new(
    connection: asyncpg.Connection, row: asyncpg.Record
) -> tuple[list[Found], int, bool]:
    """What fits of the new events, up to where that is, and whether there is more."""
    newest = await connection.fetchval(
        "SELECT coalesce(max(seq), 0) FROM epcis_event WHERE tenant = $1", row["tenant"]
    )
    where, values = where_of(row["tenant"], msgspec.json.decode(row["asked"]))
    given = [*values, row["after_seq"], newest, row["min_record_time"]]
    first = len(values) + 1
    rows = await connection.fetch(
        f"SELECT seq, body, record_time FROM epcis_event WHERE {where} AND seq > ${first} "
        f"AND seq <= ${first + 1} AND (${first + 2}::timestamptz IS NULL "
        f"OR record_time >= ${first + 2}) ORDER BY seq LIMIT {MOST_AT_ONCE}",
        *given,
    )
    found = [Found(one[0], msgspec.json.decode(one[1]), one[2]) for one in rows]
    more = len(found) == MOST_AT_ONCE
    return found, found[-1].seq if more else max(newest, row["after_seq"]), more


def _is_due(row: asyncpg.Record, now: datetime) -> bool:
    """Another process may have told it just before."""
    return row["schedule"] is None or (row["next_at"] is not None and row["next_at"] <= now)


def _following(schedule: str | None, now: datetime) -> datetime | None:
    return None if schedule is None else Schedule(msgspec.json.decode(schedule)).next_after(now)


def _standing(row: asyncpg.Record) -> Standing:
    found: dict[str, Any] = dict(row)
    schedule = found.pop("schedule")
    return Standing(**found, schedule=None if schedule is None else msgspec.json.decode(schedule))
