"""Credentials of the dialects' clients."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from hashlib import sha256

import asyncpg

from milepost.engine.dialects import Credential
from milepost.stores.postgres.dialects.rows import context_of, decode, encode
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer

# A revoked credential is refused at the latest after so many seconds.
REMEMBER_S = 10.0
MOST_REMEMBERED = 10_000


def lookup_of(dialect: str, public_id: str) -> bytes:
    """What a credential is found by. What opens doors is random, so a plain hash is enough."""
    return sha256(f"{dialect}\n{public_id}".encode()).digest()


class PostgresCredentials:
    """See `engine.dialects.Credentials`."""

    def __init__(
        self, pool: Pool, sealer: Sealer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._clock = clock
        self._known: dict[bytes, tuple[float, Credential]] = {}

    async def find(self, dialect: str, public_id: str) -> Credential | None:
        lookup = lookup_of(dialect, public_id)
        known = self._known.get(lookup)
        if known is not None and self._clock() - known[0] < REMEMBER_S:
            return known[1]
        rows = await self._fetch("c.lookup = $1", lookup)
        if not rows:
            self._known.pop(lookup, None)
            return None
        return self._remember(lookup, rows[0])

    async def of_tenant(self, tenant: int, dialect: str) -> Sequence[Credential]:
        return await self._fetch("c.tenant = $1 AND c.dialect = $2", tenant, dialect)

    async def add(
        self, tenant: int, dialect: str, public_id: str, secrets: dict[str, str]
    ) -> Credential:
        lookup = lookup_of(dialect, public_id)
        sealed = self._sealer.seal(encode([public_id, secrets]), context_of(tenant, dialect))
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO dialect_credential (tenant, dialect, lookup, sealed) "
                "VALUES ($1, $2, $3, $4)",
                tenant, dialect, lookup, sealed,
            )  # fmt: skip
        return (await self._fetch("c.lookup = $1", lookup))[0]

    async def revoke(self, tenant: int, dialect: str, key: int) -> bool:
        async with self._pool.connection() as connection:
            done = await connection.fetchval(
                "UPDATE dialect_credential SET revoked_at = now() WHERE tenant = $1 "
                "AND dialect = $2 AND id = $3 AND revoked_at IS NULL RETURNING id",
                tenant, dialect, key,
            )  # fmt: skip
        self._known.clear()
        return done is not None

    def _remember(self, lookup: bytes, found: Credential) -> Credential:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[lookup] = (self._clock(), found)
        return found

    async def _fetch(self, where: str, *values: object) -> list[Credential]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT c.id, c.tenant, t.name, c.dialect, c.sealed FROM dialect_credential c "
                f"JOIN tenant t ON t.id = c.tenant WHERE {where} AND revoked_at IS NULL "
                "AND (expires_at IS NULL OR expires_at > now()) ORDER BY c.id",
                *values,
            )
        return [self._credential(row) for row in rows]

    def _credential(self, row: asyncpg.Record) -> Credential:
        context = context_of(row["tenant"], row["dialect"])
        public_id, secrets = decode(self._sealer.open(row["sealed"], context))
        return Credential(
            tenant=row["tenant"],
            tenant_name=row["name"],
            dialect=row["dialect"],
            public_id=public_id,
            secrets=secrets,
            key=row["id"],
        )
