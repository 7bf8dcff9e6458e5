"""Pictures, sounds and films that devices took of or in their asset; their content is sealed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from milepost.engine.devices import Medium
from milepost.engine.telemetry import MediumKept
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.telemetry import shared
from milepost.stores.sealer import Sealer

_COLUMNS = (
    "id, at_us, received_us, number, content_type, event, channel, lat_e7, lon_e7, bytes, complete"
)
_ADD = f"""
INSERT INTO asset_media (asset, {_COLUMNS}, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING
"""
_PAGE = f"""
SELECT {_COLUMNS} FROM asset_media WHERE asset = $1 AND at_us BETWEEN $2 AND $3
ORDER BY at_us DESC, id LIMIT $4
"""
_ONE = f"SELECT {_COLUMNS}, sealed FROM asset_media WHERE asset = $1 AND id = $2"
_DROP = """
DELETE FROM asset_media WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM asset_media WHERE received_us < $1 ORDER BY received_us LIMIT $2
))
"""
_ID_DIGITS = 32


class PostgresMedia:
    """See `engine.devices.Media` and `engine.telemetry.MediaReader`."""

    def __init__(self, pool: Pool, sealer: Sealer) -> None:
        self._pool = pool
        self._sealer = sealer
        self._ids = shared(pool).ids

    async def add(self, tenant: int, asset: str, medium: Medium, received_us: int) -> None:
        ids = await self._ids.of(tenant, [asset], received_us)
        name = name_of(
            medium.number, medium.at_us, medium.channel, medium.content_type, medium.body
        )
        sealed = self._sealer.seal(medium.body, bound(ids[asset], name))
        at_us = received_us if medium.at_us is None else medium.at_us
        async with self._pool.connection() as connection:
            await connection.execute(
                _ADD, ids[asset], name, at_us, received_us, medium.number, medium.content_type,
                medium.event, medium.channel, medium.lat_e7, medium.lon_e7, len(medium.body),
                medium.complete, sealed,
            )  # fmt: skip

    async def page(
        self, tenant: int, asset: str, from_us: int, until_us: int, limit: int
    ) -> Sequence[MediumKept]:
        ids = await self._ids.known(tenant, [asset])
        if not ids:
            return []
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_PAGE, ids[asset], from_us, until_us, limit)
        return [MediumKept(*row) for row in rows]

    async def open(self, tenant: int, asset: str, medium: str) -> tuple[MediumKept, bytes] | None:
        """Raises SealError where the data folder's key is another."""
        ids = await self._ids.known(tenant, [asset])
        if not ids:
            return None
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(_ONE, ids[asset], medium)
        if row is None:
            return None
        kept = MediumKept(*row[:-1])
        return kept, self._sealer.open(row["sealed"], bound(ids[asset], kept.id))

    async def drop(self, before_us: int, most: int) -> int:
        """Remove what came before; how many, at most so many at once."""
        async with self._pool.connection() as connection:
            done = await connection.execute(_DROP, before_us, most)
        return int(done.rpartition(" ")[2])


def name_of(number: int, at_us: int | None, channel: int, content_type: str, body: bytes) -> str:
    """What a medium is called: it is made of what it is. `at_us` is the device's own time."""
    told = f"{number} {at_us} {channel} {content_type}".encode()
    return sha256(told + b"\n" + body).hexdigest()[:_ID_DIGITS]


def bound(asset: int, name: str) -> str:
    """What a medium's content is sealed for."""
    return f"asset media {asset} {name}"
