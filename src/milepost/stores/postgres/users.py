"""People of the console: users, their sessions, and links that sign in once.

Tokens are never kept, only their hashes. Sessions go by the database's own clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from milepost.stores.postgres.pool import Pool

_COLUMNS = "u.id, u.tenant, t.name AS tenant_name, u.email, u.name, u.role, u.password_hash"
_LINE = """
SELECT u.id, u.email, u.name, u.role, u.created_at, u.seen_at, u.disabled_at,
    u.password_hash IS NOT NULL AS has_password
FROM console_user u WHERE u.tenant = $1 ORDER BY u.disabled_at IS NOT NULL, lower(u.email)
"""
_FIND = f"""
SELECT {_COLUMNS} FROM console_user u JOIN tenant t ON t.id = u.tenant
WHERE u.disabled_at IS NULL AND
"""
# A session ends so long after it began, and sooner if nobody used it.
_SESSION = f"""
SELECT {_COLUMNS}, s.seen_at < now() - interval '1 minute' AS stale
FROM console_session s JOIN console_user u ON u.id = s.user_id JOIN tenant t ON t.id = u.tenant
WHERE s.digest = $1 AND s.expires_at > now() AND s.seen_at > now() - interval '12 hours'
    AND u.disabled_at IS NULL
"""
_SEEN = """
WITH session AS (UPDATE console_session SET seen_at = now() WHERE digest = $1 RETURNING user_id)
UPDATE console_user SET seen_at = now() FROM session WHERE id = session.user_id
"""
# Taken and deleted in one statement: of two who come at once, one gets in.
_REDEEM = """
WITH taken AS (DELETE FROM console_link WHERE digest = $1 RETURNING user_id, expires_at)
SELECT user_id FROM taken JOIN console_user u ON u.id = user_id
WHERE expires_at > now() AND u.disabled_at IS NULL
"""
# The last administrator can neither be disabled nor made something else.
_OTHER_ADMIN = """
EXISTS (SELECT FROM console_user o WHERE o.tenant = $1 AND o.id <> $2 AND o.role = 'admin'
    AND o.disabled_at IS NULL)
"""


class User(NamedTuple):
    """Who is signed in. `password_hash` is argon2's own text, None without a password."""

    id: int
    tenant: int
    tenant_name: str
    email: str
    name: str
    role: str
    password_hash: str | None


class UserLine(NamedTuple):
    """A user as an administrator sees him."""

    id: int
    email: str
    name: str
    role: str
    created_at: datetime
    seen_at: datetime | None
    disabled_at: datetime | None
    has_password: bool


class SessionLine(NamedTuple):
    """A session of a user, as the user himself sees it."""

    digest: bytes
    how: str
    created_at: datetime
    seen_at: datetime


class EmailTakenError(ValueError):
    """Somebody signs in with this address already."""


class Users:
    """Users, sessions and sign-in links in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, tenant: int, email: str, role: str, name: str = "") -> int:
        """The new user's id. Raises EmailTakenError."""
        async with self._pool.connection() as connection:
            try:
                made = await connection.fetchval(
                    "INSERT INTO console_user (tenant, email, role, name) VALUES ($1, $2, $3, $4) "
                    "RETURNING id",
                    tenant, email.strip(), role, name.strip(),
                )  # fmt: skip
            except asyncpg.UniqueViolationError:
                raise EmailTakenError(f"{email} signs in already") from None
        return int(made)

    async def of_tenant(self, tenant: int) -> list[UserLine]:
        """All users of a tenant, disabled ones last."""
        async with self._pool.connection() as connection:
            return [UserLine(*row) for row in await connection.fetch(_LINE, tenant)]

    async def by_email(self, email: str) -> User | None:
        return await self._one("lower(u.email) = lower($1)", email.strip())

    async def by_id(self, tenant: int, user: int) -> User | None:
        return await self._one("u.tenant = $1 AND u.id = $2", tenant, user)

    async def set_password(self, user: int, password_hash: str, keep: bytes | None) -> None:
        """All other sessions and links of the user end with the old password."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "UPDATE console_user SET password_hash = $2 WHERE id = $1", user, password_hash
            )
            await connection.execute(
                "DELETE FROM console_session WHERE user_id = $1 AND digest <> $2", user, keep or b""
            )
            await connection.execute("DELETE FROM console_link WHERE user_id = $1", user)

    async def rehash(self, user: int, password_hash: str) -> None:
        """The same password under newer parameters."""
        await self._do(
            "UPDATE console_user SET password_hash = $2 WHERE id = $1", user, password_hash
        )

    async def set_role(self, tenant: int, user: int, role: str) -> bool:
        """False where it would leave the tenant without an administrator."""
        return await self._changed(
            "UPDATE console_user SET role = $3 WHERE tenant = $1 AND id = $2 "
            f"AND ($3 = 'admin' OR role <> 'admin' OR {_OTHER_ADMIN}) RETURNING id",
            tenant, user, role,
        )  # fmt: skip

    async def set_active(self, tenant: int, user: int, *, active: bool) -> bool:
        """Disabling ends all sessions; False for the last administrator."""
        async with self._pool.connection() as connection, connection.transaction():
            done = await connection.fetchval(
                "UPDATE console_user SET disabled_at = CASE WHEN $3 THEN NULL ELSE now() END "
                f"WHERE tenant = $1 AND id = $2 AND ($3 OR role <> 'admin' OR {_OTHER_ADMIN}) "
                "RETURNING id",
                tenant, user, active,
            )  # fmt: skip
            if done is not None and not active:
                for table in ("console_session", "console_link"):
                    await connection.execute(f"DELETE FROM {table} WHERE user_id = $1", user)
        return done is not None

    async def open_session(self, digest: bytes, user: int, lasts_s: int, how: str) -> None:
        """A session; those that have ended are swept out. `how`: password, link or provider."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("DELETE FROM console_session WHERE expires_at < now()")
            await connection.execute("DELETE FROM console_link WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO console_session (digest, user_id, expires_at, how) "
                "VALUES ($1, $2, now() + make_interval(secs => $3), $4)",
                digest, user, float(lasts_s), how,
            )  # fmt: skip

    async def of_session(self, digest: bytes) -> User | None:
        """Who a session belongs to, while it lasts."""
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(_SESSION, digest)
            if row is not None and row["stale"]:
                await connection.execute(_SEEN, digest)
        return None if row is None else User(*row[:7])

    async def session_began(self, digest: bytes) -> str | None:
        """How a session began; a link counts for an hour."""
        async with self._pool.connection() as connection:
            found: str | None = await connection.fetchval(
                "SELECT CASE WHEN how = 'link' AND created_at < now() - interval '1 hour' "
                "THEN 'password' ELSE how END FROM console_session WHERE digest = $1",
                digest,
            )
        return found

    async def end_others(self, user: int, keep: bytes) -> int:
        """Every session but one, and every link; how many sessions ended."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("DELETE FROM console_link WHERE user_id = $1", user)
            ended = await connection.fetchval(
                "WITH gone AS (DELETE FROM console_session WHERE user_id = $1 AND digest <> $2 "
                "RETURNING expires_at) SELECT count(*) FROM gone WHERE expires_at > now()",
                user, keep,
            )  # fmt: skip
        return int(ended)

    async def sessions(self, user: int) -> list[SessionLine]:
        """Those that still hold, the newest first."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT digest, how, created_at, seen_at FROM console_session WHERE user_id = $1 "
                "AND expires_at > now() AND seen_at > now() - interval '12 hours' "
                "ORDER BY seen_at DESC LIMIT 50",
                user,
            )
        return [SessionLine(*row) for row in rows]

    async def end_session(self, digest: bytes) -> None:
        await self._do("DELETE FROM console_session WHERE digest = $1", digest)

    async def add_link(self, digest: bytes, user: int, lasts_s: int) -> None:
        await self._do(
            "INSERT INTO console_link VALUES ($1, $2, now() + make_interval(secs => $3))",
            digest, user, float(lasts_s),
        )  # fmt: skip

    async def redeem(self, digest: bytes) -> int | None:
        """The user whom a link signs in; it is worth nothing afterwards."""
        async with self._pool.connection() as connection:
            found = await connection.fetchval(_REDEEM, digest)
        return None if found is None else int(found)

    async def link_stands(self, digest: bytes) -> bool:
        """Whether a link could be redeemed now."""
        async with self._pool.connection() as connection:
            return bool(
                await connection.fetchval(
                    "SELECT true FROM console_link WHERE digest = $1 AND expires_at > now()", digest
                )
            )

    async def user(self, user: int) -> User | None:
        return await self._one("u.id = $1", user)

    async def _one(self, where: str, *values: Any) -> User | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(f"{_FIND} {where}", *values)
        return None if row is None else User(*row)

    async def _changed(self, sql: str, *values: Any) -> bool:
        async with self._pool.connection() as connection:
            return await connection.fetchval(sql, *values) is not None

    async def _do(self, sql: str, *values: Any) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(sql, *values)
