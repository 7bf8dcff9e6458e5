"""Assets and the devices that speak for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from milepost.domain.telemetry import kind_of
from milepost.engine.devices import Terminal
from milepost.engine.telemetry import Asset
from milepost.stores.postgres.pool import Pool

_IDS = "SELECT name, id FROM asset WHERE tenant = $1 AND name = ANY($2::text[])"
_MAKE = """
INSERT INTO asset (tenant, name, kind, created_us)
SELECT $1, name, kind, $4 FROM unnest($2::text[], $3::text[]) AS new (name, kind)
ON CONFLICT DO NOTHING
"""
_SAVE = """
INSERT INTO asset (tenant, name, kind, label, path, corridor_m, created_us)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, name) DO UPDATE SET
    label = coalesce(excluded.label, asset.label), path = coalesce(excluded.path, asset.path),
    corridor_m = coalesce(excluded.corridor_m, asset.corridor_m)
RETURNING name, kind, label, path, corridor_m, created_us
"""
_PAGE = """
SELECT name, kind, label, path, corridor_m, created_us FROM asset
WHERE tenant = $1 AND name > $2 AND ($3::text IS NULL OR kind = $3) ORDER BY name LIMIT $4
"""
_ONE = """
SELECT name, kind, label, path, corridor_m, created_us FROM asset WHERE tenant = $1 AND name = $2
"""
_SAVE_TERMINAL = """
INSERT INTO terminal AS t (protocol, identity, tenant, asset, secret) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (protocol, identity) DO UPDATE SET asset = excluded.asset, secret = excluded.secret
WHERE t.tenant = excluded.tenant RETURNING 1
"""


class TerminalTakenError(ValueError):
    """The identity is another tenant's device."""


class AssetIds:
    """Names of assets to their ids; a name never seen before is made an asset."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: dict[tuple[int, str], int] = {}

    async def of(self, tenant: int, names: Iterable[str], created_us: int) -> dict[str, int]:
        """The ids of all names."""
        found, missing = self._look(tenant, names)
        if missing:
            await self._make(tenant, sorted(missing), created_us)
            found, missing = self._look(tenant, names)
        return found

    async def known(self, tenant: int, names: Sequence[str]) -> dict[str, int]:
        """The ids of those that exist."""
        found, missing = self._look(tenant, names)
        if missing:
            async with self._pool.connection() as connection:
                rows = await connection.fetch(_IDS, tenant, list(missing))
            self._known |= {(tenant, row[0]): row[1] for row in rows}
            found, _ = self._look(tenant, names)
        return found

    def _look(self, tenant: int, names: Iterable[str]) -> tuple[dict[str, int], set[str]]:
        ids = {name: self._known.get((tenant, name)) for name in set(names)}
        found = {name: one for name, one in ids.items() if one is not None}
        return found, ids.keys() - found.keys()

    async def _make(self, tenant: int, names: list[str], created_us: int) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(_MAKE, tenant, names, [kind_of(n) for n in names], created_us)
            rows = await connection.fetch(_IDS, tenant, names)
        self._known |= {(tenant, row[0]): row[1] for row in rows}


class PostgresAssets:
    """The assets of tenants."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def save(self, tenant: int, asset: Asset) -> Asset:
        """Make an asset, or change what is given of a known one."""
        path = msgspec.json.encode(asset.path).decode() if asset.path else None
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                _SAVE, tenant, asset.name, asset.kind, asset.label, path, asset.corridor_m,
                asset.created_us,
            )  # fmt: skip
        return _asset(row)

    async def page(
        self, tenant: int, after: str = "", kind: str | None = None, limit: int = 50
    ) -> list[Asset]:
        """By name, those after a name."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_PAGE, tenant, after, kind, limit)
        return [_asset(row) for row in rows]

    async def one(self, tenant: int, name: str) -> Asset | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(_ONE, tenant, name)
        return None if row is None else _asset(row)


class PostgresTerminals:
    """See `engine.devices.Terminals`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, protocol: str, identity: str) -> Terminal | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                "SELECT tenant, protocol, identity, asset, secret FROM terminal "
                "WHERE protocol = $1 AND identity = $2",
                protocol,
                identity,
            )
        return None if row is None else Terminal(*row)

    async def find_many(
        self, tenant: int, protocol: str, identities: Sequence[str]
    ) -> dict[str, str]:
        """Identity → asset, of a tenant's own devices (or tags)."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT identity, asset FROM terminal "
                "WHERE protocol = $1 AND identity = ANY($2::text[]) AND tenant = $3",
                protocol,
                list(identities),
                tenant,
            )
        return {row[0]: row[1] for row in rows}

    async def save(self, terminal: Terminal) -> None:
        """Make a device known. Raises TerminalTakenError where it is another tenant's."""
        tenant, protocol, identity, asset, secret = terminal
        async with self._pool.connection() as connection:
            values = (protocol, identity, tenant, asset, secret)
            if await connection.fetchval(_SAVE_TERMINAL, *values) is None:
                raise TerminalTakenError(identity)

    async def of_asset(self, tenant: int, asset: str) -> list[Terminal]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT tenant, protocol, identity, asset, secret FROM terminal "
                "WHERE tenant = $1 AND asset = $2 ORDER BY protocol, identity",
                tenant,
                asset,
            )
        return [Terminal(*row) for row in rows]


def _asset(row: Any) -> Asset:
    path = tuple((lat, lon) for lat, lon in msgspec.json.decode(row[3])) if row[3] else ()
    return Asset(row[0], row[1], row[2], path, row[4], row[5])
