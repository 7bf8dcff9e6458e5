"""One request of a signed-in user, and what every page may ask of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.pages.console.access import sessions
from milepost.pages.console.access.roles import may
from milepost.pages.console.forms import Form
from milepost.pages.console.native import Answer, Who
from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.refusals import in_words
from milepost.pages.console.services import Services
from milepost.pages.console.streaming import Parts, place, streamed
from milepost.pages.headers import HEADERS
from milepost.pages.view.reader import Reader
from milepost.stores.postgres.users import User
from milepost.web.problems import Problem

SAID = "milepost_said"
PART = "x-part"


class Hall(Protocol):
    """What a visit needs of the desk that opened the door to it."""

    services: Services

    def reader(self, request: Request) -> ConsoleReader: ...

    def page(self, visit: Visit, template: str, status: int, **context: Any) -> Response: ...

    def html(self, reader: ConsoleReader, template: str, **context: Any) -> str: ...


class Visit:
    """One request of a signed-in user."""

    def __init__(self, desk: Hall, request: Request, user: User, csrf: str) -> None:
        self.desk = desk
        self.services = desk.services
        self.request = request
        self.user = user
        self.csrf = csrf
        self.reader = desk.reader(request)
        self.form = Form([], {})
        self.refused: tuple[str, str] | None = None

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
        if self.refused is not None and status == 200:
            status = 422
        return self.desk.page(self, template, status, **context)

    async def again(self, page: Page, form: str, why: str) -> Response:
        """The page once more: its form `form` says why it was refused, and keeps what was typed."""
        self.refused = (form, why)
        return await page(self)

    def kept(self, form: str, field: str, usual: str = "") -> str:
        """What stands in a field of a form: what was typed into it, if it was refused."""
        return self.form.get(field, usual) if self.fault_of(form) else usual

    def fault_of(self, form: str) -> str:
        """Why a form was refused; empty if it was not."""
        return self.refused[1] if self.refused is not None and self.refused[0] == form else ""

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


def _plain(value: Any) -> Any:
    """What is noted of an answer: secrets that are shown once stay out of the log."""
    if not isinstance(value, Mapping):
        return value
    hidden = {"secret", "key", "credentials", "token", "password"}
    return {name: ("…" if name in hidden else one) for name, one in value.items()}
