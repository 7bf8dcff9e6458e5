"""Hooks of the dialects' accounts: each is a subscription with a secret and options."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from milepost.engine.dialects import Hook
from milepost.stores.postgres.dialects.rows import Around, SubscribingStore, fields_of, json_of

# So many an account may have; AfterShip allows ten.
MOST_HOOKS = 100
# What another process changes of a hook is noticed within so many seconds.
REMEMBER_S = 3.0
MOST_REMEMBERED = 10_000


class PostgresHooks(SubscribingStore):
    """See `engine.dialects.Hooks`."""

    def __init__(self, around: Around, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(around)
        self._clock = clock
        self._known: dict[tuple[int, int], tuple[float, Hook | None]] = {}

    async def of_tenant(self, tenant: int, dialect: str) -> list[Hook]:
        return await self._fetch("tenant = $1 AND dialect = $2", tenant, dialect)

    async def by_id(self, tenant: int, dialect: str, hook: int) -> Hook | None:
        found = await self._fetch("tenant = $1 AND dialect = $2 AND id = $3", tenant, dialect, hook)
        return found[0] if found else None

    async def of_subscription(self, tenant: int, subscription: int) -> Hook | None:
        """The hook that a subscription stands for; it may be as it was `REMEMBER_S` ago."""
        key = tenant, subscription
        known = self._known.get(key)
        if known is not None and self._clock() - known[0] < REMEMBER_S:
            return known[1]
        found = await self._fetch("tenant = $1 AND subscription = $2", *key)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = self._clock(), found[0] if found else None
        return found[0] if found else None

    async def add(self, hook: Hook) -> Hook:
        self._check_url(hook.url)
        if len(await self.of_tenant(hook.tenant, hook.dialect)) >= MOST_HOOKS:
            raise ValueError(f"There may be {MOST_HOOKS} webhooks.")
        now_us = self._now_us()
        async with self._pool.connection() as connection, connection.transaction():
            stored = await self._subscription(
                connection, hook, hook.url, active=hook.active, account=True
            )
            assert stored is not None  # hooks have a limit of their own
            subscription = stored.id
            made = await connection.fetchval(
                "INSERT INTO dialect_hook (tenant, dialect, url, sealed, options, active, "
                "subscription, created_us, updated_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) "
                "RETURNING id",
                hook.tenant, hook.dialect, hook.url, self._sealed(hook),
                json_of(hook.options), hook.active, subscription, now_us,
            )  # fmt: skip
        await self._changed(subscription)
        return msgspec.structs.replace(
            hook, id=made, subscription=subscription, created_us=now_us, updated_us=now_us
        )

    async def save(self, hook: Hook) -> None:
        self._check_url(hook.url)
        hook.updated_us = self._now_us()
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "UPDATE dialect_hook SET url = $3, sealed = $4, options = $5, active = $6, "
                "updated_us = $7 WHERE tenant = $1 AND id = $2",
                hook.tenant, hook.id, hook.url, self._sealed(hook),
                json_of(hook.options), hook.active, hook.updated_us,
            )  # fmt: skip
            await connection.execute(
                "UPDATE subscription SET url = $3, active = $4, disabled_why = NULL, "
                "failing_since = NULL WHERE tenant = $1 AND id = $2",
                hook.tenant, hook.subscription, hook.url, hook.active,
            )  # fmt: skip
        self._known.pop((hook.tenant, hook.subscription), None)
        await self._changed(hook.subscription)

    async def delete(self, hook: Hook) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM subscription WHERE tenant = $1 AND id = $2",
                hook.tenant, hook.subscription,
            )  # fmt: skip
        self._known.pop((hook.tenant, hook.subscription), None)
        await self._changed(hook.subscription)

    async def _fetch(self, where: str, *values: object) -> list[Hook]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, dialect, url, sealed, options, active, subscription, "
                f"created_us, updated_us FROM dialect_hook WHERE {where} ORDER BY id",
                *values,
            )
        return [Hook(**fields_of(row, self._sealer)) for row in rows]
