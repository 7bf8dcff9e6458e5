"""A typed endpoint: what comes in and goes out are structs, and OpenAPI is read off them."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from milepost.web.auth import Caller, Gatekeeper
from milepost.web.bodies import read_body as read_body
from milepost.web.limits import Limiter
from milepost.web.problems import ProblemError

JSON = "application/json"
_encode = msgspec.json.Encoder().encode
NUL = "A text cannot have the character NUL in it."
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Call(Struct):
    """One call: who, what, and the decoded body and query."""

    request: Request
    caller: Caller
    body: Any = None
    query: Any = None

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])


class Endpoint(Struct, kw_only=True, frozen=True):
    """What an endpoint takes and gives. `raw_body`: the handler reads the bytes itself;
    `body` then only documents them. `answers` lists further problem statuses.
    """

    method: Method
    path: str
    handler: Callable[[Call], Awaitable[Any]]
    summary: str
    scope: str = "read"
    body: Any = None
    raw_body: bool = False
    media_types: tuple[str, ...] = (JSON,)
    query: Any = None
    answer: Any = None
    answer_type: str = JSON
    status: int = 200
    answers: tuple[int, ...] = ()
    tag: str = "shipments"
    most_bytes: int = 16 * 1024 * 1024


def routes_of(endpoints: Sequence[Endpoint], gate: Gatekeeper, limiter: Limiter) -> list[Route]:
    """Starlette routes that serve the endpoints."""
    paths: dict[str, dict[str, _Serve]] = {}
    for one in endpoints:
        paths.setdefault(one.path, {})[one.method] = _Serve(one, gate, limiter)
    return [Route(path, _ByMethod(served), methods=list(served)) for path, served in paths.items()]


class _ByMethod:
    """All methods of a path in one route, so that a 405 names every method that is allowed."""

    def __init__(self, served: dict[str, _Serve]) -> None:
        self._served = served

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self._served[method](scope, receive, send)


class _Serve:
    """ASGI callables are taken by Starlette as they are; one object an endpoint."""

    def __init__(self, endpoint: Endpoint, gate: Gatekeeper, limiter: Limiter) -> None:
        self._endpoint = endpoint
        self._gate = gate
        self._limiter = limiter
        self._body = msgspec.json.Decoder(endpoint.body) if endpoint.body else None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        one = self._endpoint
        caller = await self._gate.caller(request, one.scope)
        self._limiter.check(caller.key)
        call = Call(request, caller)
        if one.query is not None:
            call.query = _query(request, one.query)
        if one.raw_body:
            call.body = await read_body(request, one.most_bytes)
        elif self._body is not None:
            call.body = self._decode(await read_body(request, one.most_bytes))
        result = await one.handler(call)
        if isinstance(result, Response):
            return result
        if result is None:
            return Response(status_code=one.status)
        return Response(_encode(result), status_code=one.status, media_type=JSON)

    def _decode(self, body: bytes) -> Any:
        assert self._body is not None
        if b"\\u0000" in body:
            raise ProblemError(422, NUL)
        try:
            return self._body.decode(body.removeprefix(BOM_UTF8))
        except msgspec.ValidationError as error:
            raise ProblemError(422, str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ProblemError(400, f"The body is not valid JSON: {error}") from None


def _query(request: Request, kind: Any) -> Any:
    values = dict(request.query_params)
    if any("\x00" in value for value in values.values()):
        raise ProblemError(422, f"Query: {NUL}")
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ProblemError(422, f"Query: {error}") from None
