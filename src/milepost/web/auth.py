"""API keys: only their hashes are kept. A key belongs to one tenant and has scopes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256

from msgspec import Struct
from starlette.requests import Request

from milepost.web.problems import ProblemError

PREFIX = "mp_"
# A revoked key is refused at the latest after so many seconds.
REMEMBER_S = 10.0


class Caller(Struct, frozen=True):
    """Who calls: the tenant, its name, the key's id and what the key may do."""

    tenant: int
    name: str
    key: int
    scopes: frozenset[str]


FindKey = Callable[[bytes], Awaitable[Caller | None]]


def new_key() -> str:
    """A fresh secret key."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(key: str) -> bytes:
    """What is stored of a key. Keys are random, so a plain hash is enough."""
    return sha256(key.encode()).digest()


class Gatekeeper:
    """Finds the caller of a request, remembering keys for a few seconds."""

    def __init__(self, find: FindKey) -> None:
        self._find = find
        self._known: dict[bytes, tuple[float, Caller]] = {}

    async def caller(self, request: Request, scope: str) -> Caller:
        """The caller, or a 401 or 403 problem."""
        key = bearer_of(request)
        if key is None:
            raise _unauthorized("Send your key as 'Authorization: Bearer KEY'.")
        caller = await self.of_key(key)
        if caller is None:
            raise _unauthorized("This key is unknown, expired or revoked.")
        if scope not in caller.scopes:
            raise ProblemError(403, f"This key lacks the scope '{scope}'.")
        return caller

    async def of_key(self, key: str) -> Caller | None:
        """The caller that a key belongs to."""
        digest = hash_of(key)
        known = self._known.get(digest)
        now = time.monotonic()
        if known is not None and now - known[0] < REMEMBER_S:
            return known[1]
        caller = await self._find(digest)
        if caller is not None:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[digest] = (now, caller)
        return caller


def bearer_of(request: Request) -> str | None:
    """The key in the Authorization header."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def _unauthorized(detail: str) -> ProblemError:
    return ProblemError(401, detail, headers={"WWW-Authenticate": "Bearer"})
