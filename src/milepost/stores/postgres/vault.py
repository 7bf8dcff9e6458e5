"""The vault in PostgreSQL. See `engine.vault.Vault`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import token_bytes, token_urlsafe
from typing import Any

import asyncpg

from milepost.engine.vault import SEARCHED
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer
from milepost.stores.vaulting import Suite, blind, new_key, open_item, seal_item, unwrap, wrap

_ITEMS = """
SELECT i.reference, i.sealed, i.road, k.suite, k.wrapped FROM vault_item i
JOIN vault_key k ON k.tenant = i.tenant AND k.road = i.road WHERE i.tenant = $1 AND {}
"""
_BY_REFERENCE = _ITEMS.format("i.reference = ANY($2::text[])")
_BY_ROAD = _ITEMS.format("i.road = $2")
# Whether there was one under this reference already.
_PUT = """
INSERT INTO vault_item (tenant, road, reference, sealed) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, reference) DO UPDATE SET sealed = excluded.sealed
RETURNING xmax <> 0
"""


class PostgresVault:
    def __init__(self, pool: Pool, sealer: Sealer, suite: Suite = "aes256gcm") -> None:
        self._pool = pool
        self._sealer = sealer
        self._suite = suite
        self._secrets: dict[int, bytes] = {}

    async def put(self, tenant: int, road: int, fields: Mapping[str, Any]) -> str:
        reference = token_urlsafe(12)
        await self.keep(tenant, road, reference, fields)
        return reference

    async def keep(self, tenant: int, road: int, reference: str, fields: Mapping[str, Any]) -> None:
        secret = await self._secret(tenant)
        async with self._pool.connection() as connection, connection.transaction():
            suite, key = await self._key(connection, tenant, road)
            sealed = seal_item(suite, key, reference, dict(fields))
            if await connection.fetchval(_PUT, tenant, road, reference, sealed):
                # What was replaced must not be found any more.
                await self._forget_index(connection, tenant, road)
                rows = await connection.fetch(_BY_ROAD, tenant, road)
                digests = [_digests(secret, self._open(tenant, row)) for row in rows]
            else:
                digests = [_digests(secret, fields)]
            await connection.executemany(
                "INSERT INTO vault_index VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                [(tenant, digest, road) for one in digests for digest in one],
            )

    async def _forget_index(self, connection: asyncpg.Connection, tenant: int, road: int) -> None:
        await connection.execute(
            "DELETE FROM vault_index WHERE tenant = $1 AND road = $2", tenant, road
        )

    async def get(self, tenant: int, references: Sequence[str]) -> dict[str, dict[str, Any]]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_BY_REFERENCE, tenant, list(references))
        return {row[0]: self._open(tenant, row) for row in rows}

    async def of(self, tenant: int, road: int) -> dict[str, dict[str, Any]]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_BY_ROAD + " ORDER BY i.created_at", tenant, road)
        return {row[0]: self._open(tenant, row) for row in rows}

    async def find(self, tenant: int, field: str, value: str) -> list[int]:
        if field not in SEARCHED:
            raise ValueError(f"'{field}' cannot be searched for; {', '.join(SEARCHED)} can")
        secret = await self._secret(tenant)
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT road FROM vault_index WHERE tenant = $1 AND digest = $2",
                tenant,
                blind(secret, field, value),
            )
        return [row[0] for row in rows]

    async def erase(self, tenant: int, road: int) -> bool:
        async with self._pool.connection() as connection, connection.transaction():
            done = await connection.execute(
                "DELETE FROM vault_key WHERE tenant = $1 AND road = $2", tenant, road
            )
            for table in ("vault_item", "vault_index"):
                await connection.execute(
                    f"DELETE FROM {table} WHERE tenant = $1 AND road = $2", tenant, road
                )
            await connection.execute(
                "DELETE FROM epcis_said WHERE tenant = $1 AND roads @> ARRAY[$2::bigint]",
                tenant, road,
            )  # fmt: skip
            if done != "DELETE 0":
                await connection.execute(
                    "INSERT INTO vault_erased (tenant, road) VALUES ($1, $2)", tenant, road
                )
        return bool(done != "DELETE 0")

    async def _key(
        self, connection: asyncpg.Connection, tenant: int, road: int
    ) -> tuple[Suite, bytes]:
        """The road's key; made if it has none."""
        wrapped = wrap(self._sealer, tenant, road, new_key(self._suite))
        row = await connection.fetchrow(
            # An update that changes nothing gives the row that is there, and holds it.
            "INSERT INTO vault_key (tenant, road, suite, wrapped) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (tenant, road) DO UPDATE SET suite = vault_key.suite "
            "RETURNING suite, wrapped",
            tenant, road, self._suite, wrapped,
        )  # fmt: skip
        return row[0], unwrap(self._sealer, tenant, road, row[1])

    async def _secret(self, tenant: int) -> bytes:
        """The key of the tenant's blind index; made, and durable, before anything is written with
        it. It is remembered only then: what a transaction takes back never was.
        """
        known = self._secrets.get(tenant)
        if known is not None:
            return known
        context = f"vault-index:{tenant}"
        async with self._pool.connection() as connection:
            wrapped = await connection.fetchval(
                "INSERT INTO vault_secret VALUES ($1, $2) ON CONFLICT (tenant) "
                "DO UPDATE SET tenant = excluded.tenant RETURNING wrapped",
                tenant,
                self._sealer.seal(token_bytes(32), context),
            )
        self._secrets[tenant] = self._sealer.open(wrapped, context)
        return self._secrets[tenant]

    def _open(self, tenant: int, row: Any) -> dict[str, Any]:
        reference, sealed, road, suite, wrapped = row
        key = unwrap(self._sealer, tenant, road, wrapped)
        return open_item(suite, key, reference, sealed)


def _digests(secret: bytes, fields: Mapping[str, Any]) -> list[bytes]:
    return [
        blind(secret, name, value)
        for name in SEARCHED
        if isinstance(value := fields.get(name), str) and value.strip()
    ]
