"""Passwords: argon2id, off the event loop, a few at a time."""

from __future__ import annotations

import asyncio
from functools import cache
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200
# Each takes 64 MiB and a core for a moment: a flood of sign-ins must not take all of them.
_AT_ONCE = 2
_hasher = PasswordHasher()


class Passwords:
    """Hashes and checks."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._turn:
            return await asyncio.to_thread(_hasher.hash, password)

    async def right(self, password: str, password_hash: str | None) -> bool:
        """Takes as long for who has no password, or does not exist, as for a wrong one."""
        async with self._turn:
            known = password_hash
            if known is None:
                known = await asyncio.to_thread(_nobodys)
            right = await asyncio.to_thread(_verify, known, password[: LONGEST + 1])
        return right and password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def fault_of(password: str) -> str | None:
    """The key of what is wrong with a new password; None for a good one. Length is what counts:
    rules on characters make people choose worse ones.
    """
    if len(password) < SHORTEST:
        return "account.too_short"
    if len(password) > LONGEST:
        return "account.too_long"
    return "account.too_plain" if len(set(password)) < 5 else None


@cache
def _nobodys() -> str:
    """The hash of a password that nobody knows."""
    return _hasher.hash(token_urlsafe(24))


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
