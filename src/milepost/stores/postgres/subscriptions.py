"""Subscriptions of a tenant, and the secrets that sign what it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from milepost.engine.delivery import Subscription
from milepost.stores.postgres.pool import Pool

# Columns of a subscription `s`, for `subscription_of`.
SUBSCRIPTION = """
    s.id, s.tenant, s.channel, s.url, s.events, s.number, s.active, s.disabled_why,
    s.failing_since, s.created_at, s.secret || ARRAY(
        SELECT f.secret FROM former_secret f
        WHERE f.subscription = s.id AND f.valid_until > now()
        ORDER BY f.valid_until DESC LIMIT 4) AS secrets
"""
_ADD = """
INSERT INTO subscription (tenant, channel, url, secret, events, number)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""
# A subscription that is switched on again starts with a clean slate.
_CHANGE = """
UPDATE subscription SET url = $3, events = $4, number = $5, active = $6,
    disabled_why = CASE WHEN $6 THEN NULL ELSE disabled_why END,
    failing_since = CASE WHEN $6 AND NOT active THEN NULL ELSE failing_since END
WHERE tenant = $1 AND id = $2 RETURNING id
"""
_KEEP_FORMER = """
INSERT INTO former_secret (subscription, secret, valid_until)
SELECT id, secret, $3 FROM subscription WHERE tenant = $1 AND id = $2
ON CONFLICT (subscription, secret) DO UPDATE SET valid_until = excluded.valid_until
"""


class PostgresSubscriptions:
    """See `engine.delivery.Subscriptions`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def subscriptions_of(
        self, tenant: int, after: int = 0, limit: int = 100
    ) -> list[Subscription]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {SUBSCRIPTION} FROM subscription s "
                "WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
                tenant,
                after,
                limit,
            )
        return [subscription_of(row) for row in rows]

    async def subscription(self, tenant: int, subscription: int) -> Subscription | None:
        async with self._pool.connection() as connection:
            return await _one(connection, tenant, subscription)

    async def add_subscription(
        self,
        tenant: int,
        *,
        channel: str,
        url: str,
        secret: str,
        events: Sequence[str],
        number: str | None,
    ) -> Subscription:
        values = (tenant, channel, url, secret, list(events), number)
        async with self._pool.connection() as connection:
            found = await _one(connection, tenant, await connection.fetchval(_ADD, *values))
        assert found is not None
        return found

    async def change(self, tenant: int, changed: Subscription) -> Subscription | None:
        values: tuple[Any, ...] = (
            tenant, changed.id, changed.url, list(changed.events), changed.number, changed.active,
        )  # fmt: skip
        async with self._pool.connection() as connection:
            if await connection.fetchval(_CHANGE, *values) is None:
                return None
            return await _one(connection, tenant, changed.id)

    async def rotate(
        self, tenant: int, subscription: int, secret: str, keep_until: datetime
    ) -> Subscription | None:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_KEEP_FORMER, tenant, subscription, keep_until)
            await connection.execute(
                "UPDATE subscription SET secret = $3 WHERE tenant = $1 AND id = $2",
                tenant,
                subscription,
                secret,
            )
            await connection.execute(
                "DELETE FROM former_secret f USING subscription s WHERE s.id = f.subscription "
                "AND s.tenant = $1 AND s.id = $2 AND (valid_until < now() OR f.secret = s.secret)",
                tenant,
                subscription,
            )
            return await _one(connection, tenant, subscription)

    async def delete(self, tenant: int, subscription: int) -> bool:
        async with self._pool.connection() as connection:
            done: str = await connection.execute(
                "DELETE FROM subscription WHERE tenant = $1 AND id = $2", tenant, subscription
            )
        return done != "DELETE 0"


def subscription_of(row: asyncpg.Record) -> Subscription:
    """From a row that has the columns of `SUBSCRIPTION`."""
    return Subscription(
        id=row["id"],
        tenant=row["tenant"],
        channel=row["channel"],
        url=row["url"],
        secrets=tuple(row["secrets"]),
        events=tuple(row["events"]),
        number=row["number"],
        active=row["active"],
        disabled_why=row["disabled_why"],
        failing_since=row["failing_since"],
        created_at=row["created_at"],
    )


async def _one(
    connection: asyncpg.Connection, tenant: int, subscription: int
) -> Subscription | None:
    row = await connection.fetchrow(
        f"SELECT {SUBSCRIPTION} FROM subscription s WHERE tenant = $1 AND id = $2",
        tenant,
        subscription,
    )
    return None if row is None else subscription_of(row)
