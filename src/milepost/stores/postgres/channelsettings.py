"""How each tenant's channels are set up, sealed; and one-time codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer, SealError

MOST_TRIES = 5


class PostgresChannelSettings:
    def __init__(self, pool: Pool, sealer: Sealer) -> None:
        self._pool = pool
        self._sealer = sealer

    async def of(self, tenant: int, channel: str) -> dict[str, Any] | None:
        """As they were put; None where there are none, or they cannot be opened any more."""
        async with self._pool.connection() as connection:
            sealed = await connection.fetchval(
                "SELECT sealed FROM channel_setting WHERE tenant = $1 AND channel = $2",
                tenant, channel,
            )  # fmt: skip
        if sealed is None:
            return None
        opened = self._sealer.open(sealed, context_of(tenant, channel))
        found = msgspec.json.decode(opened)
        return found if isinstance(found, dict) else None

    async def put(self, tenant: int, channel: str, settings: Mapping[str, Any]) -> None:
        """Durable when it returns."""
        sealed = self._sealer.seal(msgspec.json.encode(settings), context_of(tenant, channel))
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO channel_setting (tenant, channel, sealed) VALUES ($1, $2, $3) "
                "ON CONFLICT (tenant, channel) DO UPDATE SET sealed = excluded.sealed, "
                "updated_at = now()", tenant, channel, sealed,
            )  # fmt: skip

    async def delete(self, tenant: int, channel: str) -> bool:
        async with self._pool.connection() as connection:
            done: str = await connection.execute(
                "DELETE FROM channel_setting WHERE tenant = $1 AND channel = $2", tenant, channel
            )
        return done != "DELETE 0"

    async def channels(self, tenant: int) -> list[str]:
        """Those that are set up."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT channel FROM channel_setting WHERE tenant = $1 ORDER BY channel", tenant
            )
        return [row[0] for row in rows]


class CodeRow(NamedTuple):
    """A code that still holds: the digits, and when they end."""

    code: str
    expires_us: int


class PostgresCodes:
    """One-time codes. Nothing but their keyed hash is compared with."""

    def __init__(self, pool: Pool, sealer: Sealer) -> None:
        self._pool = pool
        self._sealer = sealer

    async def find(self, tenant: int, number: str, now_us: int) -> CodeRow | None:
        """The code that holds now, unless it was tried too often."""
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                "SELECT sealed, expires_us FROM one_time_code WHERE tenant = $1 AND number = $2 "
                "AND expires_us > $3 AND tries < $4", tenant, number, now_us, MOST_TRIES,
            )  # fmt: skip
        if row is None:
            return None
        try:
            opened = self._sealer.open(row[0], context_of(tenant, number))
        except SealError:
            return None
        return CodeRow(opened.decode(), row[1])

    async def put(
        self, tenant: int, number: str, code: str, digest: bytes, expires_us: int
    ) -> None:
        sealed = self._sealer.seal(code.encode(), context_of(tenant, number))
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO one_time_code (tenant, number, digest, sealed, expires_us) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, number) DO UPDATE SET "
                "digest = excluded.digest, sealed = excluded.sealed, "
                "expires_us = excluded.expires_us, tries = 0",
                tenant, number, digest, sealed, expires_us,
            )  # fmt: skip

    async def attempt(self, tenant: int, number: str, now_us: int) -> bytes | None:
        """Count a try; what to compare with, None where none is left."""
        async with self._pool.connection() as connection:
            found: bytes | None = await connection.fetchval(
                "UPDATE one_time_code SET tries = tries + 1 WHERE tenant = $1 AND number = $2 "
                "AND expires_us > $3 AND tries < $4 RETURNING digest",
                tenant, number, now_us, MOST_TRIES,
            )  # fmt: skip
        return found

    async def use_up(self, tenant: int, number: str, digest: bytes) -> bool:
        """Whether it was there: of two who bring it at once, one wins."""
        async with self._pool.connection() as connection:
            done: str = await connection.execute(
                "DELETE FROM one_time_code WHERE tenant = $1 AND number = $2 AND digest = $3",
                tenant, number, digest,
            )  # fmt: skip
        return done != "DELETE 0"


def context_of(tenant: int, name: str) -> str:
    """What the settings of a channel, or the code of a number, are sealed for."""
    return f"channel:{tenant}:{name}"
