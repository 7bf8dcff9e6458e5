"""Rows of samples become packed chunks, in the background."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress

import asyncpg

from milepost.domain.telemetry import Sample
from milepost.sensing.series import pack, unpack
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.telemetry import sample_of, shared

EVERY_S = 5.0
# Rows of an asset that are worth a chunk; after `COUNT_EVERY` rounds fewer are, if they are old.
ENOUGH = 600
COUNT_EVERY = 120
OLD_S = 3600
MOST = 5_000
# So many small chunks of one asset are packed into one again.
SMALL = 4_000
MANY = 8

_TAKE = """
DELETE FROM telemetry_sample WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM telemetry_sample WHERE asset = $1 ORDER BY at_us LIMIT $2
    FOR UPDATE SKIP LOCKED
)) RETURNING at_us, body
"""
_PUT = """
INSERT INTO telemetry_chunk (asset, first_us, last_us, samples, body) VALUES ($1, $2, $3, $4, $5)
"""
_COUNT = """
SELECT asset, count(*) AS rows, max(recorded_at) < now() - $1 * interval '1 second' AS old
FROM telemetry_sample GROUP BY asset
"""
_SMALL = """
SELECT asset FROM telemetry_chunk WHERE samples < $1 GROUP BY asset HAVING count(*) >= $2
"""
_TAKE_SMALL = """
DELETE FROM telemetry_chunk WHERE id = ANY(ARRAY(
    SELECT id FROM telemetry_chunk WHERE asset = $1 AND samples < $2
    ORDER BY first_us LIMIT $3 FOR UPDATE SKIP LOCKED
)) RETURNING body
"""


class Packing:
    """Packs what has come together. Any number of processes may do so at once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._shared = shared(pool)
        self._round = 0

    async def run(self) -> None:
        """Pack until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            with suppress(ConnectionError):
                await self.round()

    async def round(self) -> int:
        """Pack what is worth it; how many samples that were."""
        ripe = {asset for asset, rows in self._shared.rows.items() if rows >= ENOUGH}
        if self._round % COUNT_EVERY == 0:
            ripe |= await self._counted()
            await self._merge_small()
        self._round += 1
        return sum([await self.pack(asset) for asset in sorted(ripe)])

    async def pack(self, asset: int) -> int:
        """Pack the rows of one asset; how many."""
        async with self._pool.connection() as connection, connection.transaction():
            rows = await connection.fetch(_TAKE, asset, MOST)
            samples = [sample_of("", row[0], row[1]) for row in rows]
            if samples:
                await _put(connection, asset, samples)
        if samples:
            newest = max(one.at_us for one in samples)
            self._shared.sealed[asset] = max(newest, self._shared.sealed.get(asset, newest))
            self._shared.rows[asset] = max(0, self._shared.rows[asset] - len(samples))
        return len(samples)

    async def _counted(self) -> set[int]:
        """Those with rows from before this process began, and old ones that stay few."""
        async with self._pool.connection() as connection:
            found = await connection.fetch(_COUNT, OLD_S)
            sealed = await connection.fetch(
                "SELECT asset, max(last_us) FROM telemetry_chunk GROUP BY asset"
            )
        self._shared.rows = Counter({row["asset"]: row["rows"] for row in found})
        self._shared.sealed |= {row[0]: row[1] for row in sealed}
        return {row["asset"] for row in found if row["old"] or row["rows"] >= ENOUGH}

    async def _merge_small(self) -> None:
        async with self._pool.connection() as connection:
            assets = await connection.fetch(_SMALL, SMALL, MANY)
        for row in assets:
            async with self._pool.connection() as connection, connection.transaction():
                bodies = await connection.fetch(_TAKE_SMALL, row["asset"], SMALL, 64)
                samples = {one for body in bodies for one in unpack("", body["body"])}
                if samples:
                    await _put(connection, row["asset"], list(samples))


async def _put(connection: asyncpg.Connection, asset: int, samples: list[Sample]) -> None:
    # Elsewhere, so that a large chunk does not hold up everybody's answers.
    body = await asyncio.to_thread(pack, samples)
    times = [one.at_us for one in samples]
    await connection.execute(_PUT, asset, min(times), max(times), len(samples), body)
