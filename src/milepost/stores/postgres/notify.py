"""Buyers' subscriptions in PostgreSQL. See `engine.notifying.Subscribers`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg

from milepost.engine.following import Follow
from milepost.engine.notifying import BUYER, CHANNEL_OF, Subscriber, Wish, events_for
from milepost.stores.postgres.pool import Pool

MOST_OF_A_NUMBER = 20
MOST_OF_AN_ADDRESS = 50
_COLUMNS = """subscription, tenant, number, reference, digest, kind, topics, locale, zone,
    confirmed_at IS NOT NULL AS confirmed, told"""
_BY_ID = f"SELECT {_COLUMNS} FROM buyer_subscription WHERE subscription = $1"
_SAME = f"""
SELECT {_COLUMNS} FROM buyer_subscription WHERE tenant = $1 AND number = $2 AND digest = $3
"""
_FULL = """
SELECT EXISTS (SELECT FROM buyer_block WHERE tenant = $1 AND digest = $3)
    OR (SELECT count(*) FROM buyer_subscription WHERE tenant = $1 AND number = $2) >= $4
    OR (SELECT count(*) FROM buyer_subscription WHERE tenant = $1 AND digest = $3) >= $5
"""
_ADD_LANE = """
INSERT INTO subscription (tenant, channel, url, secret, events, number, dialect)
VALUES ($1, $2, $3, '', '{}', $4, $5) RETURNING id
"""
_ADD = """
INSERT INTO buyer_subscription (subscription, tenant, number, reference, digest, kind, topics,
    locale, zone) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_COUNT = """
INSERT INTO buyer_day AS d (tenant, digest, day, messages) VALUES ($1, $2, $3, 1)
ON CONFLICT (tenant, digest, day) DO UPDATE SET messages = d.messages + 1
    WHERE d.messages < $4 RETURNING messages
"""
_ENQUEUE = """
INSERT INTO delivery (tenant, subscription, message_id, topic, number, payload, next_at, created_at)
SELECT tenant, id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), $2, $3, $4, now(), $5
FROM subscription WHERE id = $1
"""
# What is sent to the consignee alone, whose address is looked up when it is sent.
_CONSIGNEE_LANE = """
INSERT INTO subscription AS s (tenant, channel, url, secret, events, number, dialect)
VALUES ($1, $2, $3, '', '{}', $4, $5)
ON CONFLICT (tenant, dialect, url) WHERE dialect IS NOT NULL AND NOT account
    DO UPDATE SET active = true RETURNING id
"""


class PostgresSubscribers:
    """`follow` is told of parcels before and after it is written that somebody follows them."""

    def __init__(self, pool: Pool, follow: Follow) -> None:
        self._pool = pool
        self._follow = follow

    async def add(self, wish: Wish, digest: bytes, reference: str) -> Subscriber | None:
        await self._follow(wish.parcels)
        found = await self._added(wish, digest, reference)
        await self._follow(wish.parcels)
        return found

    async def _added(self, wish: Wish, digest: bytes, reference: str) -> Subscriber | None:
        async with self._pool.connection() as connection, connection.transaction():
            # One after another for a number, so that the caps hold.
            await connection.execute("SELECT pg_advisory_xact_lock($1)", wish.road)
            same = await connection.fetchrow(_SAME, wish.tenant, wish.number, digest)
            if same is not None:
                return _subscriber(same)
            caps = (MOST_OF_A_NUMBER, MOST_OF_AN_ADDRESS)
            if await connection.fetchval(_FULL, wish.tenant, wish.number, digest, *caps):
                return None
            return await self._insert(connection, wish, digest, reference)

    async def find(self, subscription: int) -> Subscriber | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(_BY_ID, subscription)
        return None if row is None else _subscriber(row)

    async def confirm(self, subscription: int, topics: Sequence[str]) -> bool:
        async with self._pool.connection() as connection, connection.transaction():
            done = await connection.fetchval(
                "UPDATE buyer_subscription SET confirmed_at = coalesce(confirmed_at, now()), "
                "topics = $2 WHERE subscription = $1 RETURNING true", subscription, list(topics),
            )  # fmt: skip
            await connection.execute(
                "UPDATE subscription SET events = $2, active = true, disabled_why = NULL "
                "WHERE id = $1 AND dialect = $3",
                subscription, list(events_for(topics)), BUYER,
            )  # fmt: skip
        return bool(done)

    async def delete(self, subscription: int) -> Subscriber | None:
        async with self._pool.connection() as connection, connection.transaction():
            row = await connection.fetchrow(_BY_ID, subscription)
            if row is None:
                return None
            await connection.execute("DELETE FROM subscription WHERE id = $1", subscription)
        return _subscriber(row)

    async def block(self, tenant: int, digest: bytes) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO buyer_block VALUES ($1, $2) ON CONFLICT DO NOTHING", tenant, digest
            )
            await connection.execute(
                "DELETE FROM subscription WHERE id IN (SELECT subscription FROM "
                "buyer_subscription WHERE tenant = $1 AND digest = $2)", tenant, digest,
            )  # fmt: skip

    async def note_window(self, subscription: int, told: str) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE buyer_subscription SET told = $2 WHERE subscription = $1",
                subscription, told,
            )  # fmt: skip

    async def count(self, tenant: int, digest: bytes, day: int, most: int) -> bool:
        async with self._pool.connection() as connection:
            return await connection.fetchval(_COUNT, tenant, digest, day, most) is not None

    async def sent_on(self, tenant: int, digest: bytes, day: int) -> int:
        async with self._pool.connection() as connection:
            found = await connection.fetchval(
                "SELECT messages FROM buyer_day WHERE tenant = $1 AND digest = $2 AND day = $3",
                tenant, digest, day,
            )  # fmt: skip
        return int(found or 0)

    async def enqueue(
        self, subscription: int, topic: str, number: str, payload: bytes, now_us: int
    ) -> None:
        at = datetime.fromtimestamp(now_us / 1e6, UTC)
        async with self._pool.connection() as connection:
            await connection.execute(_ENQUEUE, subscription, topic, number, payload, at)

    async def consignee_lane(self, tenant: int, channel: str, number: str) -> int:
        """The subscription through which a shipment's consignee is sent codes."""
        url = f"consignee:{channel}:{number}"
        async with self._pool.connection() as connection:
            return int(
                await connection.fetchval(_CONSIGNEE_LANE, tenant, channel, url, number, BUYER)
            )

    async def prune(self, before: datetime, day: int) -> None:
        """Forget what was never confirmed, and the counts of days past."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM subscription WHERE id IN (SELECT subscription FROM "
                "buyer_subscription WHERE confirmed_at IS NULL AND created_at < $1)", before,
            )  # fmt: skip
            await connection.execute("DELETE FROM buyer_day WHERE day < $1", day)

    async def _insert(
        self, connection: asyncpg.Connection, wish: Wish, digest: bytes, reference: str
    ) -> Subscriber:
        kind = wish.contact.kind
        made = await connection.fetchval(
            _ADD_LANE, wish.tenant, CHANNEL_OF[kind], f"buyer:{reference}", wish.number, BUYER
        )
        await connection.execute(
            _ADD, made, wish.tenant, wish.number, reference, digest, kind, list(wish.topics),
            wish.locale, wish.zone,
        )  # fmt: skip
        await connection.executemany(
            "INSERT INTO buyer_parcel VALUES ($1, $2)", [(one, made) for one in wish.parcels]
        )
        return _subscriber(await connection.fetchrow(_BY_ID, made))


def _subscriber(row: Any) -> Subscriber:
    return Subscriber(**{**dict(row), "topics": tuple(row["topics"])})
