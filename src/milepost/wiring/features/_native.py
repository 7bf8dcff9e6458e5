"""The native API called in process, for somebody who has been let in elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlencode

import msgspec
from starlette.requests import Request
from starlette.routing import Router
from starlette.types import Message

from milepost.pages.console.native import Answer, Who
from milepost.web.auth import Caller, Gatekeeper
from milepost.web.endpoint import Endpoint, routes_of
from milepost.web.limits import Limiter
from milepost.web.problems import ProblemError

_CALLER = "milepost.caller"


class InProcess:
    """See `pages.console.native.Native`. `endpoints` is asked once, when all features are open."""

    def __init__(self, endpoints: Callable[[], Sequence[Endpoint]], limiter: Limiter) -> None:
        self._endpoints = endpoints
        self._limiter = limiter
        self._router: Router | None = None

    async def __call__(
        self, who: Who, method: str, path: str, *, query: Mapping[str, Any] | None = None,
        body: Any = None, raw: tuple[str, bytes] | None = None,
    ) -> Answer:  # fmt: skip
        if self._router is None:
            routes = routes_of(list(self._endpoints()), _Inside(), self._limiter)
            self._router = Router(list(routes))
        kind, content = raw or ("application/json", _encoded(body))
        scope = _scope(_caller(who), method, path, query, kind)
        answered = _Answered(content)
        try:
            await self._router(scope, answered.receive, answered.send)
        except ProblemError as error:
            return Answer(error.problem.status, msgspec.to_builtins(error.problem))
        return answered.answer()


class _Inside(Gatekeeper):
    """Whoever asks has been looked at before."""

    def __init__(self) -> None:
        super().__init__(_nobody)

    async def caller(self, request: Request, scope: str) -> Caller:
        caller: Caller = request.scope[_CALLER]
        if scope not in caller.scopes:
            raise ProblemError(403, "Your role does not allow this.")
        return caller


class _Answered:
    """One exchange with an ASGI application."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._status = 500
        self._parts: list[bytes] = []

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self._content, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        else:
            self._parts.append(message.get("body", b""))

    def answer(self) -> Answer:
        text = b"".join(self._parts)
        try:
            return Answer(self._status, msgspec.json.decode(text) if text else None, text)
        except msgspec.DecodeError:
            return Answer(self._status, text.decode("utf-8", "replace"), text)


async def _nobody(_: bytes) -> None:
    return None


def _caller(who: Who) -> Caller:
    scopes = frozenset({"read", "write"}) if who.writes else frozenset({"read"})
    scopes |= {"personal"} if who.personal else set()
    # Keys count from 1 upwards, so users never share a bucket with one.
    return Caller(who.tenant, who.name, -who.user, scopes)


def _encoded(body: Any) -> bytes:
    return b"" if body is None else msgspec.json.encode(body)


def _scope(
    caller: Caller, method: str, path: str, query: Mapping[str, Any] | None, kind: str
) -> dict[str, Any]:
    bare, _, asked = path.partition("?")
    given = urlencode({name: one for name, one in (query or {}).items() if one is not None})
    return {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http",
        "path": unquote(bare), "raw_path": bare.encode(), "root_path": "",
        "query_string": "&".join(one for one in (asked, given) if one).encode(),
        "headers": [(b"content-type", kind.encode()), (b"host", b"localhost")],
        "client": None, "server": ("localhost", 80), "state": {}, _CALLER: caller,
    }  # fmt: skip
