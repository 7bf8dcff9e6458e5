"""What the notary keeps in PostgreSQL. See `engine.proving.NotaryStore`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from milepost.domain.event import Event, EventBody
from milepost.engine.proving import (
    AnchorRow,
    ChainLink,
    CheckpointRow,
    JournalRow,
    LogKey,
    LogRow,
)
from milepost.engine.rows import Row
from milepost.stores.postgres.pool import Pool

_LINK = "tenant, shard, seq, first, count, at_us, head"
_CHECKPOINT = "id, tenant, shard, size, root, note, made_us, anchor, place"
_ROW = (
    "seq, tenant, raw, parcel, fingerprint, at_us, offset_min, quality, code, received_us, "
    "reference, body, (day - DATE '1970-01-01')"
)
_FIELDS = 13  # of _ROW
_ROWS_AT = f"""
SELECT j.*, l.tenant, l.shard, l.seq, l.first, l.count, l.at_us, l.head
FROM (SELECT {_ROW} FROM journal WHERE parcel = $1 AND tenant = $2) AS j
LEFT JOIN notary_link AS l ON l.seq = j.seq AND l.tenant = j.tenant
"""
_UNREAD = EventBody("", "")
_UNANCHORED = f"""
SELECT DISTINCT ON (tenant, shard) {_CHECKPOINT} FROM notary_checkpoint
ORDER BY tenant, shard, id DESC
"""
CHUNK = 5_000


class PostgresNotary:
    """See `engine.proving.NotaryStore`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def logs(self, tenant: int | None = None) -> list[LogRow]:
        rows = await self._fetch(
            "SELECT tenant, shard, suite, genesis FROM notary_log "
            "WHERE $1::int IS NULL OR tenant = $1 ORDER BY tenant, shard",
            tenant,
        )
        return [LogRow(LogKey(row[0], row[1]), row[2], row[3]) for row in rows]

    async def link_of(self, tenant: int, seq: int) -> ChainLink | None:
        rows = await self._fetch(
            f"SELECT {_LINK} FROM notary_link WHERE seq = $1 AND tenant = $2", seq, tenant
        )
        return ChainLink(*rows[0]) if rows else None

    async def last_link(self, key: LogKey, most: int | None = None) -> ChainLink | None:
        rows = await self._fetch(
            f"SELECT {_LINK} FROM notary_link WHERE tenant = $1 AND shard = $2 "
            "AND ($3::bigint IS NULL OR (first < $3 AND first + count <= $3)) "
            "ORDER BY first DESC LIMIT 1",
            *key,
            most,
        )
        return ChainLink(*rows[0]) if rows else None

    async def links_from(self, key: LogKey, first: int, limit: int) -> list[ChainLink]:
        rows = await self._fetch(
            f"SELECT {_LINK} FROM notary_link WHERE tenant = $1 AND shard = $2 AND first >= $3 "
            "ORDER BY first LIMIT $4",
            *key,
            first,
            limit,
        )
        return [ChainLink(*row) for row in rows]

    async def rows_of(self, tenant: int, seqs: Sequence[int]) -> list[JournalRow]:
        # Between bounds, for the index on `seq` is one of block ranges.
        rows = await self._fetch(
            f"SELECT {_ROW} FROM journal WHERE seq BETWEEN $1 AND $2 AND tenant = $3 "
            "AND seq = ANY($4::bigint[])",
            min(seqs),
            max(seqs),
            tenant,
            list(seqs),
        )
        return [journal_row(row) for row in rows]

    async def rows_at(self, tenant: int, parcel: int) -> list[tuple[JournalRow, ChainLink | None]]:
        return [
            (
                journal_row(row[:_FIELDS]),
                None if row[_FIELDS] is None else ChainLink(*row[_FIELDS:]),
            )
            for row in await self._fetch(_ROWS_AT, parcel, tenant)
        ]

    async def add_checkpoints(self, rows: Sequence[CheckpointRow]) -> list[CheckpointRow]:
        async with self._pool.connection() as connection, connection.transaction():
            return [
                row._replace(
                    id=await connection.fetchval(
                        "INSERT INTO notary_checkpoint (tenant, shard, size, root, note, made_us) "
                        "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                        *row[1:7],
                    )
                )
                for row in rows
            ]

    async def checkpoints(
        self, tenant: int, *, before: int | None = None, limit: int = 50
    ) -> list[CheckpointRow]:
        return await self._checkpoints(
            "WHERE tenant = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
            tenant,
            before,
            limit,
        )

    async def checkpoint_at(self, key: LogKey, least: int) -> CheckpointRow | None:
        found = await self._checkpoints(
            "WHERE tenant = $1 AND shard = $2 AND size >= $3 ORDER BY size, id LIMIT 1",
            *key,
            least,
        )
        return found[0] if found else None

    async def last_checkpoint(self, key: LogKey, most: int | None = None) -> CheckpointRow | None:
        found = await self._checkpoints(
            "WHERE tenant = $1 AND shard = $2 AND ($3::bigint IS NULL OR size <= $3) "
            "ORDER BY size DESC, id DESC LIMIT 1",
            *key,
            most,
        )
        return found[0] if found else None

    async def checkpoint_of(self, key: LogKey, size: int) -> CheckpointRow | None:
        found = await self._checkpoints(
            "WHERE tenant = $1 AND shard = $2 AND size = $3 ORDER BY id LIMIT 1", *key, size
        )
        return found[0] if found else None

    async def unanchored(self) -> list[CheckpointRow]:
        rows = await self._fetch(_UNANCHORED)
        return [CheckpointRow(*row) for row in rows if row["anchor"] is None]

    async def add_anchor(
        self, root: bytes, leaves: bytes, made_us: int, checkpoints: Sequence[int]
    ) -> int:
        async with self._pool.connection() as connection, connection.transaction():
            number: int = await connection.fetchval(
                "INSERT INTO notary_anchor (root, leaves, made_us) VALUES ($1, $2, $3) "
                "RETURNING id",
                root,
                leaves,
                made_us,
            )
            await connection.executemany(
                "UPDATE notary_checkpoint SET anchor = $1, place = $2 WHERE id = $3",
                [(number, place, one) for place, one in enumerate(checkpoints)],
            )
        return number

    async def add_receipt(self, anchor: int, receipt: dict[str, object]) -> None:
        await self._fetch(
            "INSERT INTO notary_receipt (anchor, body) VALUES ($1, $2) RETURNING id",
            anchor,
            msgspec.json.encode(receipt).decode(),
        )

    async def anchor(self, number: int) -> AnchorRow | None:
        rows = await self._fetch(
            "SELECT id, root, leaves, made_us FROM notary_anchor WHERE id = $1", number
        )
        if not rows:
            return None
        receipts = await self._fetch(
            "SELECT body FROM notary_receipt WHERE anchor = $1 ORDER BY id", number
        )
        bodies = [msgspec.json.decode(row["body"]) for row in receipts]
        one = rows[0]
        return AnchorRow(one["id"], one["root"], one["leaves"], one["made_us"], bodies)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[PostgresAudit]:
        """All of it as of one moment."""
        async with (
            self._pool.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield PostgresAudit(connection)

    async def _checkpoints(self, where: str, *values: object) -> list[CheckpointRow]:
        sql = f"SELECT {_CHECKPOINT} FROM notary_checkpoint {where}"
        return [CheckpointRow(*row) for row in await self._fetch(sql, *values)]

    async def _fetch(self, sql: str, *values: object) -> list[Any]:
        async with self._pool.connection() as connection:
            return list(await connection.fetch(sql, *values))


class PostgresAudit:
    """See `engine.proving.AuditStore`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def all_links(self) -> AsyncIterator[Sequence[ChainLink]]:
        sql = f"SELECT {_LINK} FROM notary_link ORDER BY tenant, shard, first"
        async for rows in self._rows(sql):
            yield [ChainLink(*row) for row in rows]

    async def all_rows(self) -> AsyncIterator[Sequence[JournalRow]]:
        async for rows in self._rows(f"SELECT {_ROW} FROM journal"):
            yield [journal_row(row) for row in rows]

    async def all_checkpoints(self) -> AsyncIterator[Sequence[CheckpointRow]]:
        sql = f"SELECT {_CHECKPOINT} FROM notary_checkpoint ORDER BY tenant, shard, size, id"
        async for rows in self._rows(sql):
            yield [CheckpointRow(*row) for row in rows]

    async def all_anchors(self) -> list[AnchorRow]:
        rows = await self._connection.fetch(
            "SELECT a.id, a.root, a.leaves, a.made_us, "
            "array_remove(array_agg(r.body::text ORDER BY r.id), NULL) FROM notary_anchor AS a "
            "LEFT JOIN notary_receipt AS r ON r.anchor = a.id GROUP BY a.id ORDER BY a.id"
        )
        return [
            AnchorRow(row[0], row[1], row[2], row[3], [msgspec.json.decode(one) for one in row[4]])
            for row in rows
        ]

    async def counted(self) -> int:
        """About how many rows the journal has."""
        return int(
            await self._connection.fetchval("SELECT coalesce(sum(count), 0) FROM notary_link")
        )

    async def _rows(self, sql: str) -> AsyncIterator[list[Any]]:
        cursor = await self._connection.cursor(sql)
        while rows := await cursor.fetch(CHUNK):
            yield rows


def journal_row(row: Sequence[Any]) -> JournalRow:
    """A row of the columns `_ROW`. The body is left packed: it may have been tampered with."""
    (seq, tenant, raw, parcel, fingerprint, at_us, offset_min, quality, code, received_us,
     reference, body, day) = row  # fmt: skip
    event = Event(
        parcel, fingerprint, at_us, offset_min, quality, code, received_us, reference, _UNREAD
    )
    return JournalRow(seq, Row(tenant, raw, event), body, day)
