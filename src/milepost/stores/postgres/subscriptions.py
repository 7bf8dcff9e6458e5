"""Subscriptions of a tenant, and the secrets that sign what it is sent, which are sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import asyncpg

from milepost.engine.delivery import Subscription, TooManySubscriptionsError
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer

# Columns of a subscription `s`, for `subscription_of`.
SUBSCRIPTION = """
    s.id, s.tenant, s.channel, s.url, s.events, s.number, s.active, s.disabled_why,
    s.failing_since, s.created_at, s.dialect, s.secret, s.sealed, ARRAY(
        SELECT f.sealed FROM former_secret f
        WHERE f.subscription = s.id AND f.valid_until > now() AND f.sealed IS NOT NULL
        ORDER BY f.valid_until DESC LIMIT 4) AS former
"""
# So many a tenant may have of each kind, unless the server is told otherwise.
MOST_SUBSCRIPTIONS = 10_000
_ADD = """
INSERT INTO subscription (tenant, channel, url, secret, sealed, events, number)
SELECT $1, $2, $3, '', $4, $5, $6
WHERE (SELECT count(*) FROM subscription WHERE tenant = $1 AND dialect IS NULL) < $7 RETURNING id
"""
_SEAL = "UPDATE subscription SET sealed = $2, secret = '' WHERE id = $1 AND sealed IS NULL"
_SEAL_FORMER = """
UPDATE former_secret SET sealed = $3, secret = $4 WHERE subscription = $1 AND secret = $2
"""
# A subscription that is switched on again starts with a clean slate.
_CHANGE = """
UPDATE subscription SET url = $3, events = $4, number = $5, active = $6,
    disabled_why = CASE WHEN $6 THEN NULL ELSE disabled_why END,
    failing_since = CASE WHEN $6 AND NOT active THEN NULL ELSE failing_since END
WHERE tenant = $1 AND id = $2 RETURNING id
"""
_KEEP_FORMER = """
INSERT INTO former_secret (subscription, secret, sealed, valid_until)
SELECT id, $4, sealed, $3 FROM subscription WHERE tenant = $1 AND id = $2
ON CONFLICT (subscription, secret) DO UPDATE SET valid_until = excluded.valid_until
"""


class PostgresSubscriptions:
    """See `engine.delivery.Subscriptions`."""

    def __init__(self, pool: Pool, sealer: Sealer, most: int = MOST_SUBSCRIPTIONS) -> None:
        self._pool = pool
        self._sealer = sealer
        self._most = most

    async def seal(self) -> int:
        """Seal what an older version wrote in plain text; how many secrets that were."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, secret FROM subscription WHERE sealed IS NULL AND secret <> ''"
            )
            for row in rows:
                await connection.execute(_SEAL, row["id"], self._sealed(*row[1:]))
            former = await connection.fetch(
                "SELECT f.subscription, s.tenant, f.secret FROM former_secret f "
                "JOIN subscription s ON s.id = f.subscription WHERE f.sealed IS NULL"
            )
            for row in former:
                sealed, plain = self._sealed(*row[1:]), row["secret"]
                await connection.execute(
                    _SEAL_FORMER, row["subscription"], plain, sealed, _mark(plain)
                )
        return len(rows) + len(former)

    async def subscriptions_of(
        self, tenant: int, after: int = 0, limit: int = 100, dialect: str | None = None
    ) -> list[Subscription]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {SUBSCRIPTION} FROM subscription s WHERE tenant = $1 AND id > $2 "
                "AND dialect IS NOT DISTINCT FROM $4 ORDER BY id LIMIT $3",
                tenant, after, limit, dialect,
            )  # fmt: skip
        return [subscription_of(row, self._sealer) for row in rows]

    async def subscription(self, tenant: int, subscription: int) -> Subscription | None:
        async with self._pool.connection() as connection:
            return await self._one(connection, tenant, subscription)

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
        sealed = self._sealed(tenant, secret)
        values = (tenant, channel, url, sealed, list(events), number, self._most)
        async with self._pool.connection() as connection:
            made = await connection.fetchval(_ADD, *values)
            if made is None:
                raise TooManySubscriptionsError(f"There may be {self._most} subscriptions.")
            found = await self._one(connection, tenant, made)
        assert found is not None
        return found

    async def change(self, tenant: int, changed: Subscription) -> Subscription | None:
        values: tuple[Any, ...] = (
            tenant, changed.id, changed.url, list(changed.events), changed.number, changed.active,
        )  # fmt: skip
        async with self._pool.connection() as connection:
            if await connection.fetchval(_CHANGE, *values) is None:
                return None
            return await self._one(connection, tenant, changed.id)

    async def rotate(
        self, tenant: int, subscription: int, secret: str, keep_until: datetime
    ) -> Subscription | None:
        async with self._pool.connection() as connection, connection.transaction():
            before = await self._one(connection, tenant, subscription)
            if before is None:
                return None
            mark = _mark(before.secrets[0]) if before.secrets else ""
            await connection.execute(_KEEP_FORMER, tenant, subscription, keep_until, mark)
            await connection.execute(
                "UPDATE subscription SET secret = '', sealed = $3 WHERE tenant = $1 AND id = $2",
                tenant, subscription, self._sealed(tenant, secret),
            )  # fmt: skip
            await connection.execute(
                "DELETE FROM former_secret WHERE subscription = $1 "
                "AND (valid_until < now() OR secret = $2)",
                subscription, _mark(secret),
            )  # fmt: skip
            return await self._one(connection, tenant, subscription)

    async def delete(self, tenant: int, subscription: int) -> bool:
        async with self._pool.connection() as connection:
            done: str = await connection.execute(
                "DELETE FROM subscription WHERE tenant = $1 AND id = $2", tenant, subscription
            )
        return done != "DELETE 0"

    def _sealed(self, tenant: int, secret: str) -> bytes:
        return self._sealer.seal(secret.encode(), context_of(tenant))

    async def _one(
        self, connection: asyncpg.Connection, tenant: int, subscription: int
    ) -> Subscription | None:
        row = await connection.fetchrow(
            f"SELECT {SUBSCRIPTION} FROM subscription s WHERE tenant = $1 AND id = $2",
            tenant, subscription,
        )  # fmt: skip
        return None if row is None else subscription_of(row, self._sealer)


def context_of(tenant: int) -> str:
    """What a subscription's secret is sealed for."""
    return f"webhook/{tenant}"


def subscription_of(row: asyncpg.Record, sealer: Sealer) -> Subscription:
    """From a row that has the columns of `SUBSCRIPTION`."""
    sealed = [one for one in (row["sealed"], *row["former"]) if one is not None]
    opened = [sealer.open(one, context_of(row["tenant"])).decode() for one in sealed]
    plain = [row["secret"]] if row["secret"] else []
    return Subscription(
        id=row["id"],
        tenant=row["tenant"],
        channel=row["channel"],
        url=row["url"],
        secrets=tuple(plain + opened),
        events=tuple(row["events"]),
        number=row["number"],
        active=row["active"],
        disabled_why=row["disabled_why"],
        failing_since=row["failing_since"],
        created_at=row["created_at"],
        dialect=row["dialect"],
    )


def _mark(secret: str) -> str:
    """What tells one former secret of a subscription from another, and nothing of itself."""
    return "sealed:" + sha256(secret.encode()).hexdigest()
