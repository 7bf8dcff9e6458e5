"""Tariffs of a tenant in PostgreSQL. See `engine.tariff.Tariffs`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from milepost.engine.tariff import Tariff
from milepost.stores.postgres.pool import Pool

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Tariff).decode
_ADD = """
INSERT INTO tariff (tenant, carrier, service, body, updated_us) VALUES ($1, $2, $3, $4, $5)
"""


class PostgresTariffs:
    """One row a carrier and service."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def tariffs(self, tenant: int) -> list[Tariff]:
        """By carrier and service."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT body FROM tariff WHERE tenant = $1 ORDER BY carrier, service", tenant
            )
        return [_decode(row["body"]) for row in rows]

    async def replace(self, tenant: int, tariffs: Sequence[Tariff], now_us: int) -> None:
        """All of the tenant's tariffs at once: those not given are gone."""
        rows = [(tenant, one.carrier, one.service, _encode(one), now_us) for one in tariffs]
        async with self._pool.connection() as connection, connection.transaction():
            # Two replacements at once would insert the same rows.
            await connection.execute("SELECT FROM tenant WHERE id = $1 FOR UPDATE", tenant)
            await connection.execute("DELETE FROM tariff WHERE tenant = $1", tenant)
            await connection.executemany(_ADD, rows)
