"""Sign-ins by an identity provider: what is under way, and whose identity is whose.

An identity is kept as `issuer subject`; neither part can hold a blank.
"""

from __future__ import annotations

from typing import NamedTuple

import asyncpg

from milepost.stores.postgres.pool import Pool

_FIND = """
SELECT id, tenant, email, role, subject, disabled_at IS NULL AS active FROM console_user WHERE
"""


class Member(NamedTuple):
    """A user as far as an identity concerns him. `subject`: the identity that is bound to him."""

    id: int
    tenant: int
    email: str
    role: str
    subject: str | None
    active: bool


class Begun(NamedTuple):
    """A sign-in that came back. `user`: who wanted to bind his identity; None for a sign-in."""

    follow: str
    user: int | None


class Identities:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, digest: bytes, follow: str, user: int | None, lasts_s: int) -> None:
        """Remember a sign-in; those that nobody finished are swept out with it."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("DELETE FROM console_oidc WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO console_oidc (digest, follow, user_id, expires_at) "
                "VALUES ($1, $2, $3, now() + make_interval(secs => $4))",
                digest, follow, user, float(lasts_s),
            )  # fmt: skip

    async def take(self, digest: bytes) -> Begun | None:
        """What was begun. Taken once only, whichever process is asked; None where it is too old."""
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                "DELETE FROM console_oidc WHERE digest = $1 "
                "RETURNING follow, user_id, expires_at > now() AS stands",
                digest,
            )
        return Begun(row[0], row[1]) if row is not None and row["stands"] else None

    async def bound(self, subject: str) -> Member | None:
        """Whose identity this is, disabled or not."""
        return await self._one("subject = $1", subject)

    async def by_email(self, email: str) -> Member | None:
        return await self._one("lower(email) = lower($1)", email.strip())

    async def bind(self, user: int, subject: str, former: str | None) -> bool:
        """False where another identity was bound meanwhile, or this one is somebody else's."""
        async with self._pool.connection() as connection:
            try:
                done = await connection.fetchval(
                    "UPDATE console_user SET subject = $2 "
                    "WHERE id = $1 AND subject IS NOT DISTINCT FROM $3 RETURNING id",
                    user, subject, former,
                )  # fmt: skip
            except asyncpg.UniqueViolationError:
                return False
        return done is not None

    async def unbind(self, user: int) -> str | None:
        """The identity that signs in as this user no longer."""
        async with self._pool.connection() as connection:
            found: str | None = await connection.fetchval(
                "UPDATE console_user u SET subject = NULL FROM console_user old "
                "WHERE u.id = $1 AND old.id = u.id RETURNING old.subject",
                user,
            )
        return found

    async def add(self, tenant: int, email: str, name: str, role: str, subject: str) -> bool:
        """A new user with his identity; False where the address or the identity is taken."""
        async with self._pool.connection() as connection:
            made = await connection.fetchval(
                "INSERT INTO console_user (tenant, email, name, role, subject) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id",
                tenant, email, name, role, subject,
            )  # fmt: skip
        return made is not None

    async def tenant(self, name: str) -> int | None:
        """The id of a tenant that is there."""
        async with self._pool.connection() as connection:
            found: int | None = await connection.fetchval(
                "SELECT id FROM tenant WHERE name = $1", name
            )
        return found

    async def subject_of(self, user: int) -> str | None:
        async with self._pool.connection() as connection:
            found: str | None = await connection.fetchval(
                "SELECT subject FROM console_user WHERE id = $1", user
            )
        return found

    async def _one(self, where: str, value: str) -> Member | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(f"{_FIND} {where}", value)
        return None if row is None else Member(*row)
