"""Who is on this server: tenants with what they have, for whoever runs it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from milepost.stores.postgres.pool import Pool

_LINES = """
SELECT t.id, t.name, t.created_at, coalesce(t.settings->>'synthetic' = 'true', false) AS synthetic,
    (SELECT count(*) FROM console_user u WHERE u.tenant = t.id AND u.disabled_at IS NULL) AS users,
    (SELECT count(*) FROM api_key k WHERE k.tenant = t.id AND k.revoked_at IS NULL) AS keys,
    (SELECT max(u.seen_at) FROM console_user u WHERE u.tenant = t.id) AS seen_at
FROM tenant t WHERE $1::integer IS NULL OR t.id = $1 ORDER BY lower(t.name) LIMIT 1000
"""


class TenantLine(NamedTuple):
    """A tenant as it is listed: how many may sign in, and how many keys are valid."""

    id: int
    name: str
    created_at: datetime
    synthetic: bool
    users: int
    keys: int
    seen_at: datetime | None


class Tenants:
    """Tenants in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def lines(self, only: int | None = None) -> list[TenantLine]:
        """By name; `only` one of them."""
        async with self._pool.connection() as connection:
            return [TenantLine(*row) for row in await connection.fetch(_LINES, only)]

    async def add(self, name: str) -> int | None:
        """The new tenant's id; None where one is called so already."""
        async with self._pool.connection() as connection:
            made = await connection.fetchval(
                "INSERT INTO tenant (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id", name
            )
        return None if made is None else int(made)
