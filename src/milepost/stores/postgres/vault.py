"""The vault in PostgreSQL. See `engine.vault.Vault`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import token_bytes, token_urlsafe
from typing import Any

import asyncpg

from milepost.engine.vault import SEARCHED, Item
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer
from milepost.stores.vaulting import Suite, blind, new_key, open_item, seal_item, unwrap, wrap

_ITEMS = """
SELECT i.reference, i.sealed, i.road, k.suite, k.wrapped FROM vault_item i
JOIN vault_key k ON k.tenant = i.tenant AND k.road = i.road WHERE i.tenant = $1 AND {}
"""
_BY_REFERENCE = _ITEMS.format("i.reference = ANY($2::text[])")
_BY_ROAD = _ITEMS.format("i.road = $2")
_BY_ROADS = _ITEMS.format("i.road = ANY($2::bigint[])")
# An update that changes nothing gives the row that is there, and holds it.
_KEYS = """
INSERT INTO vault_key (tenant, road, suite, wrapped)
SELECT $1, one.road, $2, one.wrapped FROM unnest($3::bigint[], $4::bytea[]) AS one (road, wrapped)
ON CONFLICT (tenant, road) DO UPDATE SET suite = vault_key.suite RETURNING road, suite, wrapped
"""
# Whether there was one under this reference already.
_PUT = """
INSERT INTO vault_item (tenant, road, reference, sealed)
SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bytea[])
ON CONFLICT (tenant, reference) DO UPDATE SET sealed = excluded.sealed
RETURNING road, xmax <> 0 AS replaced
"""
_INDEX = """
INSERT INTO vault_index (tenant, road, digest)
SELECT $1, * FROM unnest($2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING
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
        await self.keep_all(tenant, [Item(road, reference, fields)])

    async def keep_all(self, tenant: int, items: Sequence[Item]) -> None:
        secret = await self._secret(tenant)
        # All take their locks in the same order, so that none waits for one who waits for it.
        last = sorted({one.reference: one for one in items}.values(), key=lambda one: one.reference)
        async with self._pool.connection() as connection, connection.transaction():
            keys = await self._keys(connection, tenant, sorted({one.road for one in last}))
            sealed = [seal_item(*keys[one.road], one.reference, dict(one.fields)) for one in last]
            roads, references = [one.road for one in last], [one.reference for one in last]
            rows = await connection.fetch(_PUT, tenant, roads, references, sealed)
            replaced = [row["road"] for row in rows if row["replaced"]]
            digests = await self._indexed_anew(connection, tenant, secret, replaced)
            digests += [
                (one.road, digest)
                for one in last if one.road not in replaced
                for digest in _digests(secret, one.fields)
            ]  # fmt: skip
            if digests:
                await connection.execute(_INDEX, tenant, *map(list, zip(*digests, strict=True)))

    async def _indexed_anew(
        self, connection: asyncpg.Connection, tenant: int, secret: bytes, roads: Sequence[int]
    ) -> list[tuple[int, bytes]]:
        """Of roads with an item that was replaced: what was must not be found any more."""
        if not roads:
            return []
        await connection.execute(
            "DELETE FROM vault_index WHERE tenant = $1 AND road = ANY($2::bigint[])", tenant, roads
        )
        rows = await connection.fetch(_BY_ROADS, tenant, roads)
        return [
            (row["road"], digest)
            for row in rows
            for digest in _digests(secret, self._open(tenant, row))
        ]

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

    async def _keys(
        self, connection: asyncpg.Connection, tenant: int, roads: Sequence[int]
    ) -> dict[int, tuple[Suite, bytes]]:
        """The roads' keys; made for those that have none."""
        fresh = {road: new_key(self._suite) for road in roads}
        wrapped = {road: wrap(self._sealer, tenant, road, key) for road, key in fresh.items()}
        rows = await connection.fetch(
            _KEYS, tenant, self._suite, list(roads), list(wrapped.values())
        )
        return {
            road: (suite, fresh[road] if kept == wrapped[road]
                   else unwrap(self._sealer, tenant, road, kept))
            for road, suite, kept in rows
        }  # fmt: skip

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
