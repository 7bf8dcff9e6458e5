"""Network notices and the feeds they come from. See `engine.notices.NoticeStore`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg
import msgspec

from milepost.domain.notice import Notice
from milepost.engine.notices import REMEMBER_S, NoticeRow
from milepost.stores.postgres.pool import Pool

_decode = msgspec.json.Decoder(Notice).decode
_ADD = """
INSERT INTO notice (tenant, source, identifier, body, until_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, source, identifier) WHERE identifier IS NOT NULL
DO UPDATE SET body = excluded.body, until_at = excluded.until_at
WHERE notice.source = 'manual' OR NOT notice.body ? 'ended'
RETURNING id
"""
_KNOWN = "SELECT id FROM notice WHERE tenant = $1 AND source = $2 AND identifier = $3"
# Rows from before senders were kept know a message by its identifier alone.
_TAKEN_BACK = """
SELECT id FROM notice WHERE tenant = $1 AND source = $2 AND NOT body ? 'withdrawn' AND (
    split_part(identifier, '#', 1) = ANY($3::text[]) OR (NOT body ? 'sender' AND
    split_part(identifier, '#', 1) IN (SELECT substr(x, strpos(x, ',') + 1) FROM unnest($3) AS x)))
"""
_WITHDRAWN_MARK = "#withdrawn"
_WITHDRAWN = """
INSERT INTO notice (tenant, source, identifier, body, until_at)
VALUES ($1, $2, $3, '{"withdrawn": true}', $4)
ON CONFLICT (tenant, source, identifier) WHERE identifier IS NOT NULL DO NOTHING
"""
_END = """
UPDATE notice SET until_at = least(until_at, $3),
    body = CASE WHEN until_at IS NULL OR until_at > $3
        THEN body || jsonb_build_object('until_at', $4::text, 'ended', true) ELSE body END
WHERE tenant = $1 AND id = $2
"""


class Feed(NamedTuple):
    """A feed that a tenant listens to, and how its last reading went."""

    id: int
    tenant: int
    url: str
    read_at: datetime | None
    last_error: str | None


class PostgresNotices:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all_notices(self, now: datetime) -> list[NoticeRow]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, body::text FROM notice "
                "WHERE NOT body ? 'withdrawn' AND (until_at IS NULL "
                "OR until_at > $1::timestamptz - make_interval(secs => $2)) ORDER BY id",
                now,
                REMEMBER_S,
            )
        return [NoticeRow(row[0], row[1], _decode(row[2])) for row in rows]

    async def add_notices(self, tenant: int, notices: Sequence[Notice]) -> list[int]:
        async with self._pool.connection() as connection, connection.transaction():
            return [await _add(connection, tenant, one) for one in notices]

    async def end_notice(self, tenant: int, notice: int, at: datetime) -> bool:
        """The notice holds no longer from `at` on; whether the tenant has it."""
        async with self._pool.connection() as connection:
            done = await connection.execute(_END, tenant, notice, at, at.isoformat())
        return bool(done != "UPDATE 0")

    async def end_identified(
        self, tenant: int, source: str, identifiers: Sequence[str], at: datetime
    ) -> None:
        """The same for those that their source takes back, and it stays so for what comes later:
        a feed may tell of the end first. Identifiers as `Notice.key` has them.
        """
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_TAKEN_BACK, tenant, source, identifiers)
            await connection.executemany(
                _WITHDRAWN, [(tenant, source, f"{one}{_WITHDRAWN_MARK}", at) for one in identifiers]
            )
        for row in rows:
            await self.end_notice(tenant, row[0], at)

    async def withdrawn(self, tenant: int, source: str, identifiers: Sequence[str]) -> set[str]:
        """Those of them that their source has taken back, before they came or after."""
        wanted = [f"{one}{_WITHDRAWN_MARK}" for one in identifiers]
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT identifier FROM notice "
                "WHERE tenant = $1 AND source = $2 AND identifier = ANY($3::text[])",
                tenant, source, wanted,
            )  # fmt: skip
        return {row[0].removesuffix(_WITHDRAWN_MARK) for row in rows}

    async def feeds(self, tenant: int | None = None) -> list[Feed]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, url, read_at, last_error FROM notice_feed "
                "WHERE $1::integer IS NULL OR tenant = $1 ORDER BY id",
                tenant,
            )
        return [Feed(*row.values()) for row in rows]

    async def add_feed(self, tenant: int, url: str) -> int:
        async with self._pool.connection() as connection:
            return int(
                await connection.fetchval(
                    "INSERT INTO notice_feed (tenant, url) VALUES ($1, $2) "
                    "ON CONFLICT (tenant, url) DO UPDATE SET url = excluded.url RETURNING id",
                    tenant,
                    url,
                )
            )

    async def remove_feed(self, tenant: int, feed: int) -> bool:
        async with self._pool.connection() as connection:
            done = await connection.execute(
                "DELETE FROM notice_feed WHERE tenant = $1 AND id = $2", tenant, feed
            )
        return bool(done != "DELETE 0")

    async def feed_read(self, feed: int, error: str | None) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE notice_feed SET read_at = now(), last_error = $2 WHERE id = $1", feed, error
            )


async def _add(connection: asyncpg.Connection, tenant: int, one: Notice) -> int:
    """Its id. What a source tells again stays ended, if somebody has ended it here."""
    body = msgspec.json.encode(one).decode()
    name = (tenant, one.source, one.key)
    made = await connection.fetchval(_ADD, *name, body, one.until_at)
    return int(made if made is not None else await connection.fetchval(_KNOWN, *name))
