"""The links of the unchangeable journal, written in the transaction of the commit itself."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from milepost.engine.proving import Addition, Head, Installation, Linker, LogKey
from milepost.engine.rows import Row

_INSTALLATION = """
UPDATE notary_start SET installation = coalesce(installation, gen_random_uuid())
RETURNING installation, commits_before, events_before
"""
_HEADS = """
SELECT l.tenant, l.suite, k.first, k.count, k.head FROM notary_log AS l
JOIN LATERAL (
    SELECT first, count, head FROM notary_link AS k
    WHERE k.tenant = l.tenant AND k.shard = l.shard ORDER BY first DESC LIMIT 1
) AS k ON true
WHERE l.shard = $1 AND l.tenant = ANY($2::int[])
"""
_ADD = """
INSERT INTO notary_link (tenant, shard, seq, first, count, at_us, head)
SELECT * FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[], $5::int[],
    $6::bigint[], $7::bytea[])
"""


class PostgresChain:
    """Knows where each log ends, and lengthens it with every commit."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._heads: dict[LogKey, Head] = {}
        self._last: tuple[int, list[Addition], dict[LogKey, Head]] | None = None

    async def open(self, connection: asyncpg.Connection) -> None:
        """Know which database this is."""
        found = await connection.fetchrow(
            "SELECT installation, commits_before, events_before FROM notary_start"
        )
        if found["installation"] is None:
            found = await connection.fetchrow(_INSTALLATION)
        self._linker.open(Installation(str(found[0]), found[1], found[2]))

    async def write(
        self,
        connection: asyncpg.Connection,
        shard: int,
        seq: int,
        rows: Sequence[Row],
        bodies: Sequence[bytes],
    ) -> None:
        """Lengthen the logs of these rows' tenants, within the caller's transaction."""
        heads = await self._take(connection, shard, rows)
        additions = self._linker.link(shard, seq, rows, bodies, heads)
        begun = [
            (tenant, shard, head.suite, head.genesis)
            for tenant, head in heads.items()
            if head.genesis is not None
        ]
        if begun:
            await connection.executemany(
                "INSERT INTO notary_log VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", begun
            )
        columns = zip(*(addition.link for addition in additions), strict=True)
        await connection.execute(_ADD, *map(list, columns))
        after = {
            link.log: Head(heads[link.tenant].suite, link.end, link.head)
            for link, _, _ in additions
        }
        self._last = seq, additions, after

    def settle(self, seq: int) -> None:
        """The transaction of this commit is durable."""
        if self._last is None or self._last[0] != seq:
            return
        _, additions, after = self._last
        self._last = None
        self._heads |= after
        for addition in additions:
            self._linker.keep(addition)

    async def _take(
        self, connection: asyncpg.Connection, shard: int, rows: Sequence[Row]
    ) -> dict[int, Head]:
        """The heads of these rows' logs. They are known again once the commit has settled: after
        one that has failed they are read from the database.
        """
        newest = {row.tenant: row.event.received_us for row in rows}
        heads = {
            tenant: head
            for tenant in newest
            if (head := self._heads.pop(LogKey(tenant, shard), None)) is not None
        }
        missing = [tenant for tenant in newest if tenant not in heads]
        if missing:
            heads |= await _read(connection, shard, missing)
        for tenant in missing:
            if tenant not in heads:
                heads[tenant] = self._linker.begin(LogKey(tenant, shard), newest[tenant])
        return heads


async def _read(
    connection: asyncpg.Connection, shard: int, tenants: Sequence[int]
) -> dict[int, Head]:
    """Where these logs end; a log is not there before its first commit."""
    return {
        tenant: Head(suite, first + count, head)
        for tenant, suite, first, count, head in await connection.fetch(_HEADS, shard, tenants)
    }
