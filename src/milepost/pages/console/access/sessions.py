"""Sessions: a random token in a cookie, of which the store has only the hash."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from milepost.stores.postgres.users import User, Users

How = Literal["password", "link", "provider"]
COOKIE = "milepost_session"
PATH = "/console"
LASTS_S = 7 * 86_400
LINK_LASTS_S = 24 * 3600


def digest_of(token: str) -> bytes:
    """What is kept of a token. Tokens are random, so a plain hash is enough."""
    return sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """What every form of a session carries. Who knows it cannot tell the token from it."""
    return hmac.new(token.encode(), b"form", sha256).hexdigest()


def token_of(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


async def begin(users: Users, user: User, request: Request, response: Response, how: How) -> None:
    """A session with a new token, whatever the browser brought; the old one of it ends."""
    former = token_of(request)
    if former is not None:
        await users.end_session(digest_of(former))
    token = secrets.token_urlsafe(32)
    await users.open_session(digest_of(token), user.id, LASTS_S, how)
    response.set_cookie(
        COOKIE, token, LASTS_S, path=PATH, secure=is_secure(request), httponly=True, samesite="lax"
    )


async def how(users: Users, request: Request) -> str | None:
    """How the session of a request began; a link's for an hour only."""
    token = token_of(request)
    return None if token is None else await users.session_began(digest_of(token))


async def end(users: Users, request: Request, response: Response) -> None:
    """Here and in the store."""
    token = token_of(request)
    if token is not None:
        await users.end_session(digest_of(token))
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")


async def new_link(users: Users, user: int, lasts_s: int = LINK_LASTS_S) -> str:
    """The path of a link that signs a user in once."""
    token = secrets.token_urlsafe(32)
    await users.add_link(digest_of(token), user, lasts_s)
    return f"/console/sign-in?token={token}"


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def is_ours(request: Request) -> bool:
    """Whether a form may have been sent from a page of ours, by what browsers say of it."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")
