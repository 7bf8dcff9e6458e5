"""`/console/sign-in`: by password, by a link that works once, or by an identity provider."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.pages.console.access import sessions
from milepost.pages.console.access.door import address, fits, inside, mark_of, password_of
from milepost.pages.console.access.passwords import Passwords, outdated
from milepost.pages.console.desk import Desk
from milepost.pages.console.forms import Form, read_form
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
            return self.form(request, way_out=await self._way_out(request))
        if self.wait_s(request) > 0:
            return self.form(request, "sign_in.slow", 429)
        # In a strange page, or fetched ahead by a mail scanner, a link does nothing by itself.
        if not sessions.is_ours(request) or request.headers.get("sec-purpose"):
            return self.form(request, token=token)
        return await self._by_link(request, token)

    async def take(self, request: Request) -> Response:
        """The form's answer."""
        form = await read_form(request, 16_384)
        if not self.is_fresh(request, form):
            return self.form(request, "sign_in.stale", 403)
        if self.wait_s(request) > 0:
            return self.form(request, "sign_in.slow", 429)
        if form.get("token"):
            return await self._by_link(request, form.get("token"))
        return await self._by_password(
            request, form.get("email")[:320], password_of(form.pairs), form.get("next")
        )

    def is_fresh(self, request: Request, form: Form) -> bool:
        """Whether a form is one that this browser got from us."""
        mark = request.cookies.get(FORM, "")
        return bool(mark) and sessions.is_ours(request) and fits(form.get("csrf"), mark)

    async def leave(self, request: Request) -> Response:
        """Out, here. Whoever came by the provider is shown the way out there too."""
        how = await sessions.how(self._users, request)
        out = "?out=1" if how == "provider" else ""
        response = RedirectResponse(f"/console/sign-in{out}", 303, HEADERS)
        await sessions.end(self._users, request, response)
        return response

    async def _by_link(self, request: Request, token: str) -> Response:
        found = await self._users.redeem(sessions.digest_of(token))
        user = None if found is None else await self._users.user(found)
        if user is None:
            return self.form(request, "sign_in.link_gone", 403)
        self._by_address.wait_s(address(request), _BACK)
        return await self.enter(request, user, "", "link")

    async def _by_password(
        self, request: Request, email: str, password: str, follow: str
    ) -> Response:
        if self._by_email.wait_s(email.casefold()) > 0:
            return self.form(request, "sign_in.slow", 429, email=email)
        user = await self._users.by_email(email)
        right = await self._passwords.right(password, user.password_hash if user else None)
        if user is None or not right:
            return self.form(request, "sign_in.wrong", 403, email=email)
        self._by_address.wait_s(address(request), _BACK)
        self._by_email.wait_s(email.casefold(), _BACK)
        if outdated(user.password_hash or ""):
            await self._users.rehash(user.id, await self._passwords.hash(password))
        return await self.enter(request, user, follow, "password")

    async def enter(
        self, request: Request, user: User, follow: str, how: sessions.How,
        known: dict[str, str] | None = None,
    ) -> Response:  # fmt: skip
        """A new session, noted in the audit log."""
        response = RedirectResponse(inside(follow), 303, HEADERS)
        await sessions.begin(self._users, user, request, response, how)
        after = {"by": how, **(known or {})}
        audit = self._desk.services.audit
        await audit.note(user.tenant, user.email, "signed_in", f"user {user.email}", None, after)
        return response

    async def _way_out(self, request: Request) -> str | None:
        single = self._desk.services.single
        if single is None or "out" not in request.query_params:
            return None
        base = self._desk.services.base_url or str(request.base_url).rstrip("/")
        return await single.provider.way_out(f"{base}/console/sign-in")

    def wait_s(self, request: Request) -> float:
        return self._by_address.wait_s(address(request))

    def form(
        self, request: Request, fault: str | None = None, status: int = 200, *, token: str = "",
        email: str = "", way_out: str | None = None, template: str = "sign_in.html",
        sent: bool = False,
    ) -> Response:  # fmt: skip
        """The page; `fault`: the key of what went wrong."""
        mark = request.cookies.get(FORM) or secrets.token_urlsafe(16)
        single = self._desk.services.single
        response = self._desk.plain(
            request, self._desk.reader(request), template, status, fault=fault, token=token,
            email=email, csrf=mark_of(mark), follow=request.query_params.get("next", ""),
            provider=single.provider.config.label if single else None, way_out=way_out,
            out="out" in request.query_params, sent=sent,
        )  # fmt: skip
        response.set_cookie(
            FORM, mark, 3600, path="/console", secure=sessions.is_secure(request), httponly=True,
            samesite="strict",
        )  # fmt: skip
        return response
