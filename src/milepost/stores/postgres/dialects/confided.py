"""What clients tell of a number beside the number itself: in the vault, under the number's key.

So it goes when the people of the shipment are erased, by whichever way that is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import asyncpg
import structlog

from milepost.stores.postgres.dialects.rows import Around, decode, json_of
from milepost.stores.postgres.keyring import Keyring
from milepost.stores.sealer import SealError
from milepost.stores.vaulting import open_item, seal_item

log = structlog.get_logger()
KIND = "watch"
# What has to be read of a watch, and from where.
COLUMNS = "i.sealed AS confided, k.suite, k.wrapped, w.parcel"
FROM = """
dialect_watch AS w
LEFT JOIN vault_item AS i ON i.tenant = w.tenant AND i.reference = 'watch:' || w.id
LEFT JOIN vault_key AS k ON k.tenant = i.tenant AND k.road = i.road
"""
_KEEP = """
INSERT INTO vault_item (tenant, road, reference, sealed) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, reference) DO UPDATE SET sealed = excluded.sealed, road = excluded.road
"""
_DROP = "DELETE FROM vault_item WHERE tenant = $1 AND reference = $2"
# What was told before the people were erased for the last time is not taken over.
_IN_CLEAR = """
SELECT w.id, w.tenant, w.dialect, w.parcel, w.options, EXISTS (
    SELECT FROM vault_erased AS e WHERE e.tenant = w.tenant AND e.road = w.parcel
        AND e.erased_at >= to_timestamp(w.updated_us / 1e6)
) AS erased
FROM dialect_watch AS w WHERE w.in_clear ORDER BY w.id LIMIT $1 FOR UPDATE OF w
"""
_TAKEN = "UPDATE dialect_watch SET options = $2, in_clear = false WHERE id = $1"


class Confided:
    """Writes and reads it, within the transactions of its callers."""

    def __init__(self, around: Around) -> None:
        self._keyring = Keyring(lambda: around.sealer, around.suite)
        self._openly = around.openly

    def openly(self, dialect: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the row itself."""
        names = self._openly(dialect)
        return {name: value for name, value in options.items() if name in names}

    async def write(
        self,
        connection: asyncpg.Connection,
        owner: tuple[int, int],
        watch: int,
        told: Mapping[str, Any],
    ) -> None:
        """`owner`: tenant and parcel; `told`: what does not stand in the row. It replaces what was
        told before.
        """
        reference = reference_of(watch)
        if not told:
            await connection.execute(_DROP, owner[0], reference)
            return
        key = (await self._keyring.of(connection, [owner]))[owner]
        sealed = seal_item(*key, reference, {"kind": KIND, "told": decode(json_of(dict(told)))})
        await connection.execute(_KEEP, *owner, reference, sealed)

    def read(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Of a row of `COLUMNS`; nothing where it was erased."""
        if row["confided"] is None or row["wrapped"] is None:
            return {}
        reference = reference_of(row["id"])
        key = self._keyring.open((row["tenant"], row["parcel"]), row["suite"], row["wrapped"])
        try:
            fields = {} if key is None else open_item(*key, reference, row["confided"])
        except SealError as error:
            log.warning("watch_unreadable", watch=row["id"], error=str(error))
            return {}
        told: dict[str, Any] = fields.get("told", {})
        return told

    async def take_over(self, connection: asyncpg.Connection, most: int) -> int:
        """Bring rows from before there was this into the vault; how many were looked at."""
        rows = await connection.fetch(_IN_CLEAR, most)
        for row in rows:
            options = decode(row["options"])
            openly = self.openly(row["dialect"], options)
            if not row["erased"]:
                owner = row["tenant"], row["parcel"]
                await self.write(connection, owner, row["id"], beside(options, openly))
            await connection.execute(_TAKEN, row["id"], json_of(openly))
        return len(rows)


def reference_of(watch: int) -> str:
    """Under which the vault has what was told of a watch."""
    return f"watch:{watch}"


def beside(options: Mapping[str, Any], openly: Collection[str]) -> dict[str, Any]:
    """The options that do not stand in the row."""
    return {name: value for name, value in options.items() if name not in openly}
