"""`/console/sign-in`: by password, by a link that works once, or by an identity provider."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.pages.console.access import sessions
from milepost.pages.console.access.passwords import Passwords, outdated
from milepost.pages.console.desk import Desk
from milepost.pages.console.forms import read_form
from milepost.pages.headers import HEADERS
from milepost.stores.postgres.users import User
from milepost.web.limits import Limiter

FORM = "milepost_form"
# Tries: from one address, and for one user from wherever.
BY_ADDRESS = (0.2, 20)
BY_EMAIL = (0.05, 10)
# Taken before each try, so that many at once do not slip through; given back where it was right.
_BACK = -1.0


class SignIn:
    """Nothing in an answer, nor how long it takes, tells whether an address is known."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._users = desk.services.users
        self._passwords = Passwords()
        self._by_address = Limiter(*BY_ADDRESS)
        self._by_email = Limiter(*BY_EMAIL)

    async def show(self, request: Request) -> Response:
        """The form; or, with a link's token, in at once."""
        token = request.query_params.get("token")
        if token is None:
            return self._form(request)
        if self._wait_s(request) > 0:
            return self._form(request, "sign_in.slow", 429)
        # In a strange page, or fetched ahead by a mail scanner, a link does nothing by itself.
        if not sessions.is_ours(request) or request.headers.get("sec-purpose"):
            return self._form(request, token=token)
        return await self._by_link(request, token)

    async def take(self, request: Request) -> Response:
        """The form's answer."""
        form = await read_form(request, 16_384)
        mark = request.cookies.get(FORM, "")
        if not mark or not sessions.is_ours(request) or not _fits(form.get("csrf"), mark):
            return self._form(request, "sign_in.stale", 403)
        if self._wait_s(request) > 0:
            return self._form(request, "sign_in.slow", 429)
        if form.get("token"):
            return await self._by_link(request, form.get("token"))
        return await self._by_password(
            request, form.get("email")[:320], _password(form.pairs), form.get("next")
        )

    async def leave(self, request: Request) -> Response:
        response = RedirectResponse("/console/sign-in", 303, HEADERS)
        await sessions.end(self._users, request, response)
        return response

    async def _by_link(self, request: Request, token: str) -> Response:
        found = await self._users.redeem(sessions.digest_of(token))
        user = None if found is None else await self._users.user(found)
        if user is None:
            return self._form(request, "sign_in.link_gone", 403)
        self._by_address.wait_s(_address(request), _BACK)
        return await self._in(request, user, "")

    async def _by_password(
        self, request: Request, email: str, password: str, follow: str
    ) -> Response:
        if self._by_email.wait_s(email.casefold()) > 0:
            return self._form(request, "sign_in.slow", 429, email=email)
        user = await self._users.by_email(email)
        right = await self._passwords.right(password, user.password_hash if user else None)
        if user is None or not right:
            return self._form(request, "sign_in.wrong", 403, email=email)
        self._by_address.wait_s(_address(request), _BACK)
        self._by_email.wait_s(email.casefold(), _BACK)
        if outdated(user.password_hash or ""):
            await self._users.rehash(user.id, await self._passwords.hash(password))
        return await self._in(request, user, follow)

    async def _in(self, request: Request, user: User, follow: str) -> Response:
        response = RedirectResponse(_inside(follow), 303, HEADERS)
        await sessions.begin(self._users, user, request, response)
        audit = self._desk.services.audit
        await audit.note(user.tenant, user.email, "signed_in", f"user {user.email}", None, None)
        return response

    def _wait_s(self, request: Request) -> float:
        return self._by_address.wait_s(_address(request))

    def _form(
        self, request: Request, fault: str | None = None, status: int = 200, *, token: str = "",
        email: str = "",
    ) -> Response:  # fmt: skip
        mark = request.cookies.get(FORM) or secrets.token_urlsafe(16)
        identity = self._desk.services.identity
        response = self._desk.plain(
            request, self._desk.reader(request), "sign_in.html", status, fault=fault, token=token,
            email=email, csrf=_mark_of(mark), follow=request.query_params.get("next", ""),
            provider=identity.name if identity else None,
        )  # fmt: skip
        response.set_cookie(
            FORM, mark, 3600, path="/console", secure=sessions.is_secure(request), httponly=True,
            samesite="strict",
        )  # fmt: skip
        return response


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


def _password(pairs: list[tuple[str, str]]) -> str:
    """As typed: blanks belong to a password."""
    return next((value for name, value in reversed(pairs) if name == "password"), "")


def _mark_of(mark: str) -> str:
    return sha256(b"form:" + mark.encode()).hexdigest()


def _fits(given: str, mark: str) -> bool:
    return hmac.compare_digest(given.encode(), _mark_of(mark).encode())


def _inside(follow: str) -> str:
    """Where to go then: only within the console, never to another site."""
    known = follow.startswith("/console") and "\\" not in follow and not follow.startswith("//")
    return follow if known and follow.isprintable() else "/console"
