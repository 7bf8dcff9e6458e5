"""Files that somebody imports, and how far they have got."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from milepost.stores.postgres.pool import Pool


class ImportJob(NamedTuple):
    """`state`: previewed, running, done, failed. `rows`: of the file, taken or refused so far."""

    id: int
    tenant: int
    user: int
    actor: str
    name: str
    columns: dict[str, str] | None
    state: str
    rows: int
    counts: dict[str, Any]
    created_at: datetime


_COLUMNS = "id, tenant, user_id, actor, name, columns, state, rows, counts, created_at"
# A process that has not said anything for so long is dead.
_CLAIM = f"""
UPDATE import_job SET beat_at = now() WHERE id = (
    SELECT id FROM import_job
    WHERE state = 'running' AND (beat_at IS NULL OR beat_at < now() - interval '30 seconds')
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {_COLUMNS}
"""


class Imports:
    """Jobs in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, tenant: int, user: int, actor: str, name: str, content: bytes) -> int:
        return int(
            await self._value(
                "INSERT INTO import_job (tenant, user_id, actor, name, content) "
                "VALUES ($1, $2, $3, $4, $5) RETURNING id",
                tenant, user, actor, name[:200], content,
            )
        )  # fmt: skip

    async def find(self, tenant: int, job: int) -> ImportJob | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_COLUMNS} FROM import_job WHERE tenant = $1 AND id = $2", tenant, job
            )
        return None if row is None else _job(row)

    async def newest(self, tenant: int, limit: int = 20) -> list[ImportJob]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_COLUMNS} FROM import_job WHERE tenant = $1 AND state <> 'previewed' "
                "ORDER BY id DESC LIMIT $2",
                tenant, limit,
            )  # fmt: skip
        return [_job(row) for row in rows]

    async def content(self, job: int) -> bytes:
        return await self._value("SELECT content FROM import_job WHERE id = $1", job) or b""

    async def begin(self, tenant: int, job: int, columns: dict[str, str]) -> bool:
        """Once only."""
        sql = (
            "UPDATE import_job SET state = 'running', columns = $3 "
            "WHERE tenant = $1 AND id = $2 AND state = 'previewed' RETURNING id"
        )
        columns_ = msgspec.json.encode(columns).decode()
        return await self._value(sql, tenant, job, columns_) is not None

    async def claim(self) -> ImportJob | None:
        """One that nobody works on."""
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(_CLAIM)
        return None if row is None else _job(row)

    async def beat(self, job: int, rows: int, counts: dict[str, Any], refused: str = "") -> None:
        """So far it has got; `refused` is added to what it had refused before."""
        await self._value(
            "UPDATE import_job SET beat_at = now(), rows = $2, counts = $3, "
            "refused = refused || $4 WHERE id = $1",
            job, rows, msgspec.json.encode(counts).decode(), refused,
        )  # fmt: skip

    async def refused_so_far(self, job: int) -> str:
        """What was added at each beat."""
        return str(await self._value("SELECT refused FROM import_job WHERE id = $1", job) or "")

    async def finish(self, job: int, state: str, refused: str) -> None:
        """The file itself is not kept any longer."""
        await self._value(
            "UPDATE import_job SET state = $2, refused = $3, content = NULL WHERE id = $1",
            job, state, refused,
        )  # fmt: skip

    async def refused(self, tenant: int, job: int) -> str:
        found = await self._value(
            "SELECT refused FROM import_job WHERE tenant = $1 AND id = $2 AND state <> 'running'",
            tenant,
            job,
        )
        return str(found or "")

    async def _value(self, sql: str, *values: Any) -> Any:
        async with self._pool.connection() as connection:
            return await connection.fetchval(sql, *values)


def _job(row: Any) -> ImportJob:
    columns = msgspec.json.decode(row[5]) if row[5] else None
    counts = msgspec.json.decode(row[8])
    id, tenant, user, actor, name, _, state, rows, _, created_at = row  # noqa: A001
    return ImportJob(id, tenant, user, actor, name, columns, state, rows, counts, created_at)
