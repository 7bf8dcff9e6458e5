"""The audit log, saved views, and acts that can be undone for a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec

from milepost.stores.postgres.pool import Pool

_decode = msgspec.json.decode


class AuditLine(NamedTuple):
    """Who changed what, when, from what to what."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: Any
    after: Any


class View(NamedTuple):
    """Filters of a page under a name. `shared`: everybody of the tenant sees it."""

    id: int
    name: str
    query: str
    shared: bool


class Act(NamedTuple):
    """What somebody did to some numbers, not yet for good."""

    id: int
    tenant: int
    actor: str
    action: str
    numbers: Sequence[str]
    body: dict[str, Any]


class Audit:
    """The log of changes in the console; it is only ever added to."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def note(
        self, tenant: int, actor: str, action: str, subject: str, before: Any, after: Any
    ) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO audit_log (tenant, actor, action, subject, before, after) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                tenant, actor, action, subject[:200], _json(before), _json(after),
            )  # fmt: skip

    async def page(
        self, tenant: int, after: int | None, limit: int, subjects: Sequence[str] | None = None
    ) -> list[AuditLine]:
        """Newest first, of some subjects or all; `after`: the last id of the page before."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, at, actor, action, subject, before, after FROM audit_log "
                "WHERE tenant = $1 AND ($2::bigint IS NULL OR id < $2) "
                "AND ($4::text[] IS NULL OR subject = ANY($4)) ORDER BY id DESC LIMIT $3",
                tenant, after, limit, subjects,
            )  # fmt: skip
        return [_audit_line(row) for row in rows]


class Views:
    """Saved views of a tenant's pages."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, tenant: int, user: int, page: str) -> list[View]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, name, query, user_id IS NULL AS shared FROM saved_view "
                "WHERE tenant = $1 AND page = $3 AND (user_id IS NULL OR user_id = $2) ORDER BY id "
                "LIMIT 30",
                tenant, user, page,
            )  # fmt: skip
        return [View(*row) for row in rows]

    async def add(
        self, tenant: int, user: int, page: str, name: str, query: str, *, shared: bool
    ) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO saved_view (tenant, user_id, page, name, query) "
                "VALUES ($1, $2, $3, $4, $5)",
                tenant, None if shared else user, page, name, query,
            )  # fmt: skip

    async def delete(self, tenant: int, user: int, view: int, *, shared: bool) -> bool:
        """`shared`: whether the user may delete those of everybody."""
        async with self._pool.connection() as connection:
            found = await connection.fetchval(
                "DELETE FROM saved_view WHERE tenant = $1 AND id = $3 "
                "AND (user_id = $2 OR (user_id IS NULL AND $4)) RETURNING id",
                tenant, user, view, shared,
            )  # fmt: skip
        return found is not None


class Acts:
    """Acts that wait for their moment, or were undone in time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(
        self,
        tenant: int,
        user: int,
        actor: str,
        action: str,
        numbers: Sequence[str],
        body: dict[str, Any],
        wait_s: float,
    ) -> int:
        async with self._pool.connection() as connection:
            made = await connection.fetchval(
                "INSERT INTO console_act (tenant, user_id, actor, action, numbers, body, runs_at) "
                "VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) RETURNING id",
                tenant, user, actor, action, list(numbers), _json(body), wait_s,
            )  # fmt: skip
        return int(made)

    async def undo(self, tenant: int, user: int, act: int) -> Act | None:
        """The act, if it was the user's and nobody had begun it; it will never run."""
        where = "tenant = $1 AND user_id = $2 AND id = $3 AND NOT claimed"
        return await self._take("done_at = now()", where, tenant, user, act)

    async def waiting(self, tenant: int, action: str) -> list[Act]:
        """Acts of a kind whose moment has not come yet, the oldest first."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, actor, action, numbers, body FROM console_act "
                "WHERE tenant = $1 AND action = $2 AND done_at IS NULL ORDER BY id LIMIT 500",
                tenant, action,
            )  # fmt: skip
        return [Act(row[0], row[1], row[2], row[3], row[4], _decode(row[5])) for row in rows]

    async def due(self) -> Act | None:
        """One act whose moment has come; it comes again if it is not settled within a minute."""
        change = "claimed = true, runs_at = now() + interval '1 minute'"
        return await self._take(change, "runs_at < now()")

    async def settle(self, act: int, outcome: Any) -> None:
        """It is done, and how it ended."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE console_act SET done_at = now(), outcome = $2 WHERE id = $1",
                act, _json(outcome),
            )  # fmt: skip

    async def _take(self, change: str, where: str, *values: Any) -> Act | None:
        sql = (
            f"UPDATE console_act SET {change} WHERE id = (SELECT id FROM console_act "
            f"WHERE {where} AND done_at IS NULL ORDER BY runs_at LIMIT 1 FOR UPDATE SKIP LOCKED) "
            "RETURNING id, tenant, actor, action, numbers, body"
        )
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(sql, *values)
        return None if row is None else Act(row[0], row[1], row[2], row[3], row[4], _decode(row[5]))


def _audit_line(row: asyncpg.Record) -> AuditLine:
    at, actor, action, subject = row[1], row[2], row[3], row[4]
    return AuditLine(row[0], at, actor, action, subject, _read(row[5]), _read(row[6]))


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _read(text: str | None) -> Any:
    return None if text is None else _decode(text)
