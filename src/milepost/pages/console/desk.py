"""What all pages of the console share: who visits, templates, answers, the guard at the door."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from milepost.domain.moment import to_datetime
from milepost.pages.assets import Assets
from milepost.pages.console import menu
from milepost.pages.console.access import sessions
from milepost.pages.console.access.roles import may
from milepost.pages.console.forms import MOST_BYTES, Form, read_form
from milepost.pages.console.native import Answer, Who
from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.refusals import in_words
from milepost.pages.console.services import Services
from milepost.pages.console.streaming import Parts, place, streamed
from milepost.pages.console.words import language_for, language_names
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.view.reader import Reader
from milepost.stores.postgres.users import User
from milepost.web.problems import Problem, ProblemError

SAID = "milepost_said"
PART = "x-part"


class Visit:
    """One request of a signed-in user."""

    def __init__(self, desk: Desk, request: Request, user: User, csrf: str) -> None:
        self.desk = desk
        self.services = desk.services
        self.request = request
        self.user = user
        self.csrf = csrf
        self.reader = desk.reader(request)
        self.form = Form([], {})

    @property
    def tenant(self) -> int:
        return self.user.tenant

    @property
    def part(self) -> str | None:
        """Which part of the page the script asks for; None for the whole."""
        return self.request.headers.get(PART)

    @property
    def base_url(self) -> str:
        """Where browsers reach us, without a slash."""
        return self.services.base_url or str(self.request.base_url).rstrip("/")

    @property
    def named(self) -> Reader:
        """Says places and windows as the buyer's pages do."""
        return Reader(self.reader.locale, self.reader.now, self.services.carrier_name)

    @property
    def made_up(self) -> bool:
        """Whether the tenant's data are invented, which every page says."""
        return self.services.synthetic(self.tenant)

    def may(self, role: str) -> bool:
        return may(self.user.role, role)

    async def call(self, method: str, path: str, *, personal: bool = False, **given: Any) -> Answer:
        """The native API, for this user; `personal`: also for what only agents may see."""
        may = personal and self.may("agent")
        who = Who(self.tenant, self.user.id, self.user.email, method != "GET", may)
        return await self.services.native(who, method, path, **given)

    async def note(self, action: str, subject: str, before: Any, after: Any) -> None:
        """Into the audit log."""
        await self.services.audit.note(self.tenant, self.user.email, action, subject, before, after)

    async def changed(
        self, method: str, path: str, action: str, subject: str, before: Any = None, **given: Any
    ) -> Answer:
        """A call that changes something, noted where it did."""
        answer = await self.call(method, path, **given)
        if answer.ok:
            after = answer.body if answer.body is not None else given.get("body")
            await self.note(action, subject, before, _plain(after))
        return answer

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        return self.desk.page(self, template, status, **context)

    def fault(self, problem: Problem) -> Response:
        """The page that says what went wrong."""
        said = [problem.detail or problem.title, *(one.get("error") for one in problem.errors)]
        title = "common.fault." + ("404" if problem.status == 404 else "other")
        lines = list(dict.fromkeys(in_words(str(one), self.reader) for one in said))
        return self.page("fault.html", problem.status, title=self.reader.text(title), lines=lines)

    def html(self, template: str, **context: Any) -> str:
        """A part of a page."""
        return self.desk.html(
            self.reader, template, may=self.may, csrf=self.csrf, made_up=self.made_up, **context
        )

    def stream(self, template: str, parts: Parts, **context: Any) -> Response:
        """A page whose parts come when they are there; it names their places by `place`."""
        whole = self.page(template, place=place, **context)
        fault = self.html("_fault.html", text=self.reader.text("figures.failed"))
        return streamed(whole, parts, self.request, fault)

    def back(self, to: str, said: str | None = None, undo: int | None = None) -> Response:
        """To another page, which says something at its head."""
        response: Response = RedirectResponse(to, 303, HEADERS)
        if said is not None:
            value = quote(f"{undo or ''}|{said}")
            response.set_cookie(
                SAID, value, 60, path="/console", httponly=True, samesite="lax",
                secure=sessions.is_secure(self.request),
            )  # fmt: skip
        return response

    def said(self, answer: Answer, key: str, to: str, **values: object) -> Response:
        """Back, with the text of `key`, or with what the API would not do."""
        good = self.reader.text(key, **values)
        return self.back(to, good if answer.ok else self.why(answer))

    def why(self, answer: Answer) -> str:
        """Why the API would not do something, in the reader's language."""
        return " ".join(in_words(one, self.reader) for one in answer.reasons)


Page = Callable[[Visit], Awaitable[Response]]


class Desk:
    """Opens the door for those who may come in."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.assets = Assets()
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
                return _to_sign_in(request)
            if not visit.may(needs):
                return visit.page("refused.html", 403, needs=needs)
            if request.method == "POST":
                if not sessions.is_ours(request):
                    return visit.page("stale.html", 403)
                visit.form = await read_form(request, most_bytes)
                if not hmac.compare_digest(visit.form.get("csrf").encode(), visit.csrf.encode()):
                    return visit.page("stale.html", 403)
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

    def page(self, visit: Visit, template: str, status: int, **context: Any) -> Response:
        """A page for a signed-in user; what was said last is shown once."""
        undo, said = _said(visit.request)
        texts = {
            "visit": visit, "user": visit.user, "csrf": visit.csrf, "may": visit.may,
            "menu": menu.of(visit.user.role), "path": visit.request.url.path,
            "said": said, "undo": undo, "undo_s": self.services.undo_s, "part": visit.part,
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


def _to_sign_in(request: Request) -> Response:
    """A script is told in so many words; a browser is led there and back again."""
    if request.headers.get(PART):
        return Response("sign in\n", 401, HEADERS, "text/plain")
    url = request.url
    wanted = url.path + (f"?{url.query}" if url.query else "")
    follow = f"?next={quote(wanted, safe='')}" if request.method == "GET" else ""
    return RedirectResponse(f"/console/sign-in{follow}", 303, HEADERS)


def _plain(value: Any) -> Any:
    """What is noted of an answer: secrets that are shown once stay out of the log."""
    if not isinstance(value, Mapping):
        return value
    hidden = {"secret", "key", "credentials", "token", "password"}
    return {name: ("…" if name in hidden else one) for name, one in value.items()}


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("milepost.pages.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
