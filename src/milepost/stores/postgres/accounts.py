"""Tenants and their keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from milepost.stores.postgres.pool import Pool


class KeyRow(NamedTuple):
    """A key as it is found: whose it is and what it may do."""

    id: int
    tenant: int
    name: str
    scopes: tuple[str, ...]


class KeyLine(NamedTuple):
    """A key as it is listed; of the key itself only a hash is kept."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None


class Accounts:
    """Tenants and API keys in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def tenant(self, name: str, *, synthetic: bool = False) -> int:
        """The id of a tenant, which is created if need be."""
        settings = msgspec.json.encode({"synthetic": True} if synthetic else {}).decode()
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO tenant (name, settings) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                name,
                settings,
            )
            return int(await connection.fetchval("SELECT id FROM tenant WHERE name = $1", name))

    async def synthetic_tenants(self) -> frozenset[int]:
        """Tenants whose data is made up."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id FROM tenant WHERE settings->>'synthetic' = 'true'"
            )
        return frozenset(row["id"] for row in rows)

    async def tenants(self) -> list[tuple[int, str]]:
        """(id, name) of every tenant, oldest first."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch("SELECT id, name FROM tenant ORDER BY id")
        return [(row["id"], row["name"]) for row in rows]

    async def add_key(
        self, tenant: int, digest: bytes, name: str, scopes: tuple[str, ...] = ("read", "write")
    ) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO api_key (tenant, key_hash, name, scopes) VALUES ($1, $2, $3, $4)",
                tenant,
                digest,
                name,
                list(scopes),
            )

    async def keys(self, tenant: int) -> list[KeyLine]:
        """All keys of a tenant that are not revoked, oldest first."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, name, scopes, created_at, expires_at FROM api_key "
                "WHERE tenant = $1 AND revoked_at IS NULL ORDER BY id",
                tenant,
            )
        return [KeyLine(**{**dict(row), "scopes": tuple(row["scopes"])}) for row in rows]

    async def revoke_key(self, tenant: int, key: int) -> bool:
        """It is refused from then on; whether it was there and valid."""
        async with self._pool.connection() as connection:
            done = await connection.fetchval(
                "UPDATE api_key SET revoked_at = now() "
                "WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL RETURNING id",
                tenant,
                key,
            )
        return done is not None

    async def key(self, digest: bytes) -> KeyRow | None:
        """A key that is neither expired nor revoked."""
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                "SELECT k.id, k.tenant, t.name, k.scopes, k.expires_at FROM api_key k "
                "JOIN tenant t ON t.id = k.tenant WHERE key_hash = $1 AND revoked_at IS NULL",
                digest,
            )
        if row is None or (row["expires_at"] and row["expires_at"] < datetime.now(UTC)):
            return None
        return KeyRow(row["id"], row["tenant"], row["name"], tuple(row["scopes"]))
