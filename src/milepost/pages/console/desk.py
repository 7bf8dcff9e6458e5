"""What all pages of the console share: who visits, templates, answers, the guard at the door."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from milepost.domain.moment import to_datetime
from milepost.pages.assets import shared
from milepost.pages.console import menu
from milepost.pages.console.access import sessions
from milepost.pages.console.forms import MOST_BYTES, Form, read_form
from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.refusals import in_words
from milepost.pages.console.services import Services
from milepost.pages.console.visit import PART, SAID, Page, Visit
from milepost.pages.console.words import language_for, language_names
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.web.problems import ProblemError

# Never sent back to a page, not even to who typed it.
_UNSENT = ("csrf", "password", "current")


class Desk:
    """Opens the door for those who may come in."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.assets = shared()
        self._templates = _environment()

    def reader(self, request: Request) -> ConsoleReader:
        locale = language_for(
            request.query_params.get("lang"), request.cookies.get("lang"),
            request.headers.get("accept-language", ""),
        )  # fmt: skip
        now = to_datetime(self.services.now_us(), 0)
        return ConsoleReader(locale, now, self.services.carrier_name)

    def guarded(
        self, handler: Page, needs: str = "viewer", most_bytes: int = MOST_BYTES
    ) -> Callable[[Request], Awaitable[Response]]:
        """The handler for users of a role; forms must carry the session's token."""

        async def serve(request: Request) -> Response:
            visit = await self._visit(request)
            if visit is None:
                return await self._nobody(request)
            if not visit.may(needs):
                return visit.page("refused.html", 403, needs=needs)
            if request.method == "POST":
                if not sessions.is_ours(request):
                    return visit.page("stale.html", 403, fields=[])
                visit.form = await read_form(request, most_bytes)
                if not hmac.compare_digest(visit.form.get("csrf").encode(), visit.csrf.encode()):
                    return visit.page("stale.html", 403, fields=_fields(visit.form))
            try:
                return await handler(visit)
            except ProblemError as error:
                return visit.fault(error.problem)

        return serve

    async def _visit(self, request: Request) -> Visit | None:
        token = sessions.token_of(request)
        if token is None:
            return None
        user = await self.services.users.of_session(sessions.digest_of(token))
        return None if user is None else Visit(self, request, user, sessions.csrf_of(token))

    async def _nobody(self, request: Request) -> Response:
        """Whose session ended while a form was filled in keeps what was typed; all others are led
        to the door.
        """
        if request.method == "POST" and sessions.is_ours(request) and not _with_file(request):
            form = await read_form(request, MOST_BYTES)
            if form.get("csrf"):
                kept = {"fields": _fields(form), "path": request.url.path, "fault": None}
                return self.plain(request, self.reader(request), "expired.html", 401, **kept)
        return _to_sign_in(request)

    def page(self, visit: Visit, template: str, status: int, **context: Any) -> Response:
        """A page for a signed-in user; what was said last is shown once."""
        undo, said = _said(visit.request)
        texts = {
            "visit": visit, "user": visit.user, "csrf": visit.csrf, "may": visit.may,
            "menu": menu.of(visit.user.role), "path": visit.request.url.path,
            "came_by": _here(visit.request), "said": said, "undo": undo,
            "undo_s": self.services.undo_s, "part": visit.part,
            "made_up": visit.made_up,
        }  # fmt: skip
        response = self.plain(visit.request, visit.reader, template, status, **texts, **context)
        if said and visit.part is None:
            response.delete_cookie(SAID, path="/console")
        return response

    def html(self, reader: ConsoleReader, template: str, **context: Any) -> str:
        """A template in the reader's language."""
        return self._templates.get_template(template).render(
            t=reader.text, r=reader, locale=reader.locale, asset=self.assets.url,
            languages=language_names(), in_words=lambda text: in_words(text, reader), **context,
        )  # fmt: skip

    def plain(
        self, request: Request, reader: ConsoleReader, template: str, status: int, **context: Any
    ) -> Response:
        """A page for anybody."""
        html = self.html(reader, template, **context)
        headers = HEADERS | NO_INDEX | {"Content-Language": reader.locale}
        response = HTMLResponse(html, status, headers)
        chosen = request.query_params.get("lang")
        if chosen in language_names():
            response.set_cookie(
                "lang", str(chosen), 365 * 86_400, httponly=True, samesite="lax",
                secure=sessions.is_secure(request),
            )  # fmt: skip
        return response


def _said(request: Request) -> tuple[str, str]:
    undo, _, said = unquote(request.cookies.get(SAID, "")).partition("|")
    return (undo if undo.isascii() and undo.isdigit() else ""), said[:500]


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _with_file(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/")


def _fields(form: Form) -> list[tuple[str, str]]:
    """What a form was to say, to be sent again; nothing of one with a file, which cannot be."""
    if form.files:
        return []
    return [one for one in form.pairs if one[0] not in _UNSENT]


def _to_sign_in(request: Request) -> Response:
    """A script is told in so many words; a browser is led there and back again."""
    if request.headers.get(PART):
        return Response("sign in\n", 401, HEADERS, "text/plain")
    follow = f"?next={quote(_here(request), safe='')}" if request.method == "GET" else ""
    return RedirectResponse(f"/console/sign-in{follow}", 303, HEADERS)


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("milepost.pages.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
