"""Messages of terminals of which not all parts came yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import asyncpg

from milepost.engine.devices import Held, HeldPart, PartKey, Terminal
from milepost.stores.postgres.pool import Pool

_KEY = "protocol = $1 AND identity = $2 AND kind = $3 AND first = $4"
_KEEP = """
INSERT INTO device_part
    (protocol, identity, kind, first, part, parts, tenant, asset, received_us, frame)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (protocol, identity, kind, first, part) DO UPDATE SET received_us = excluded.received_us
"""
_OLDER = """
SELECT protocol, identity, kind, first, part, parts, tenant, asset, frame FROM device_part AS one
WHERE NOT EXISTS (
    SELECT 1 FROM device_part AS other
    WHERE other.protocol = one.protocol AND other.identity = one.identity
      AND other.kind = one.kind AND other.first = one.first AND other.received_us >= $1
) ORDER BY protocol, identity, kind, first, part LIMIT 10000
"""


class PostgresParts:
    """See `engine.devices.Parts`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(self, parts: Sequence[HeldPart], received_us: int) -> Mapping[PartKey, Held]:
        by_key: dict[PartKey, list[HeldPart]] = defaultdict(list)
        for one in parts:
            by_key[one.key].append(one)
        async with self._pool.connection() as connection, connection.transaction():
            return {
                key: await _keep(connection, key, some, received_us)
                for key, some in sorted(by_key.items())
            }

    async def drop(self, keys: Sequence[PartKey]) -> None:
        async with self._pool.connection() as connection:
            await connection.executemany(f"DELETE FROM device_part WHERE {_KEY}", list(keys))

    async def older(self, than_us: int) -> Sequence[HeldPart]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_OLDER, than_us)
        return [
            HeldPart(
                (row[0], row[1], row[2], row[3]), Terminal(row[6], row[0], row[1], row[7]),
                row[5], row[4], row[8],
            )
            for row in rows
        ]  # fmt: skip


async def _keep(
    connection: asyncpg.Connection, key: PartKey, parts: Sequence[HeldPart], received_us: int
) -> Held:
    rows = await connection.fetch(
        f"SELECT part, parts, tenant, frame FROM device_part WHERE {_KEY} FOR UPDATE", *key
    )
    known = {row["part"]: row["frame"] for row in rows}
    if rows and not all(_same(rows[0], known, one) for one in parts):
        # Serial numbers begin again: these are the parts of another message.
        await connection.execute(f"DELETE FROM device_part WHERE {_KEY}", *key)
        known = {}
    repeated = frozenset(one.part for one in parts if one.part in known)
    await connection.executemany(
        _KEEP,
        [
            (*key, one.part, one.parts, one.terminal.tenant, one.terminal.asset, received_us,
             one.frame)
            for one in parts
        ],
    )  # fmt: skip
    return Held(known | {one.part: one.frame for one in parts}, repeated)


def _same(row: asyncpg.Record, known: Mapping[int, bytes], one: HeldPart) -> bool:
    """Whether it can be of the message that is held: a part that is sent again is as it was."""
    same = known.get(one.part, one.frame) == one.frame
    return bool(same and row["parts"] == one.parts and row["tenant"] == one.terminal.tenant)
