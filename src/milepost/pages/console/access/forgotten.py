"""`/console/sign-in/forgotten`: a link by mail that signs in once, for a forgotten password.

The answer is always the same, and comes before anything is looked up: it tells nobody who signs in
here.
"""

from __future__ import annotations

import asyncio

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.pages.console.access import sessions
from milepost.pages.console.access.sign_in import SignIn
from milepost.pages.console.desk import Desk
from milepost.pages.console.forms import read_form
from milepost.pages.console.words import say
from milepost.pages.headers import HEADERS
from milepost.web.limits import Limiter

HOME = "/console/sign-in/forgotten"
LASTS_S = 3_600
# Three mails at once to one person, then one in twenty minutes.
BY_EMAIL = (1 / 1_200, 3)
log = structlog.get_logger()


class Forgotten:
    """Mails go through the tenant's own mail channel; where there is none, none goes out."""

    def __init__(self, desk: Desk, sign_in: SignIn) -> None:
        self._desk = desk
        self._sign_in = sign_in
        self._by_email = Limiter(*BY_EMAIL)
        self._working: set[asyncio.Task[None]] = set()

    async def show(self, request: Request) -> Response:
        sent = "sent" in request.query_params
        return self._sign_in.form(request, template="forgotten.html", sent=sent)

    async def take(self, request: Request) -> Response:
        form = await read_form(request, 16_384)
        if not self._sign_in.is_fresh(request, form):
            return self._sign_in.form(request, "sign_in.stale", 403, template="forgotten.html")
        if self._sign_in.wait_s(request) > 0:
            return self._sign_in.form(request, "sign_in.slow", 429, template="forgotten.html")
        email, locale = form.get("email")[:320], self._desk.reader(request).locale
        if self._by_email.wait_s(email.casefold()) <= 0:
            task = asyncio.create_task(self._send(email, locale))
            self._working.add(task)
            task.add_done_callback(self._working.discard)
        return RedirectResponse(f"{HOME}?sent=1", 303, HEADERS)

    async def _send(self, email: str, locale: str) -> None:
        services = self._desk.services
        try:
            user = await services.users.by_email(email)
            if user is None or services.mail is None:
                return
            path = await sessions.new_link(services.users, user.id, LASTS_S)
            subject = say("forgotten.subject", locale)
            lines = (subject, say("forgotten.line", locale), say("forgotten.ignore", locale))
            button = say("sign_in.go", locale)
            sent = await services.mail(user.tenant, user.email, locale, lines, button, path)
            await services.audit.note(
                user.tenant, user.email, "link_asked", f"user {user.email}", None, {"sent": sent}
            )
        except Exception as error:  # nobody waits for it
            log.warning("link_not_mailed", error=repr(error))
