"""What every form at the door needs: where it came from, whether it is ours, where to go then."""

from __future__ import annotations

import hmac
from hashlib import sha256

from starlette.requests import Request


def address(request: Request) -> str | None:
    return request.client.host if request.client else None


def password_of(pairs: list[tuple[str, str]]) -> str:
    """As typed: blanks belong to a password."""
    return next((value for name, value in reversed(pairs) if name == "password"), "")


def mark_of(mark: str) -> str:
    return sha256(b"form:" + mark.encode()).hexdigest()


def fits(given: str, mark: str) -> bool:
    return hmac.compare_digest(given.encode(), mark_of(mark).encode())


def inside(follow: str) -> str:
    """Where to go then: only within the console, never to another site."""
    known = follow.startswith("/console") and "\\" not in follow and not follow.startswith("//")
    return follow if known and follow.isprintable() else "/console"
