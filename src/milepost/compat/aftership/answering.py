"""The envelope of every answer: meta and data, version and rate limit in the headers."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from msgspec import Struct
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from milepost.compat.aftership import versions
from milepost.compat.aftership.access import Access
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.rates import Rates
from milepost.compat.core import Credential
from milepost.compat.core.bodies import without_mark
from milepost.engine.journey import OverloadedError
from milepost.web.endpoint import read_body
from milepost.web.problems import ProblemError

log = structlog.get_logger()
MOST_BYTES = 1024 * 1024


class Asked(Struct):
    """One call: by whom, in which version, with what."""

    version: str
    credential: Credential
    query: QueryParams
    path: dict[str, str]
    raw: bytes

    @property
    def tenant(self) -> int:
        return self.credential.tenant

    def reaches(self, since: str) -> bool:
        """Whether the version is as new as that one."""
        return versions.reaches(self.version, since)

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; none at all counts as an empty one."""
        if not self.raw.strip():
            return {}
        try:
            found = msgspec.json.decode(without_mark(self.raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise FaultError(4001) from None
        if found == []:
            return {}  # PHP's way to write an empty object
        if not isinstance(found, dict):
            raise FaultError(400)
        return found

    def wrapped(self, name: str, missing: int) -> dict[str, Any]:
        """The object that old versions wrap in a name; `missing`: the fault if it is not there."""
        body = self.body()
        if self.reaches(versions.layout().unwrapped):
            return body
        found = body.get(name)
        if not isinstance(found, dict):
            raise FaultError(missing)
        return found

    def wrap(self, name: str, data: Any) -> Any:
        """The same for an answer."""
        return data if self.reaches(versions.layout().unwrapped) else {name: data}


class Answer(Struct, frozen=True):
    """`code` is meta.code and HTTP status in one."""

    data: Any
    code: int = 200


Handler = Callable[[Asked], Awaitable[Answer]]


class Serve:
    """A handler as an ASGI application of its own, so that every fault keeps the envelope."""

    def __init__(self, handler: Handler, access: Access, rates: Rates) -> None:
        self._handler = handler
        self._access = access
        self._rates = rates

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers: dict[str, str] = {}
        try:
            answer = await self._answer(Request(scope, receive, send), headers)
            meta = {"meta": {"code": answer.code}, "data": answer.data}
            response = _response(meta, answer.code, headers)
        except Exception as error:
            fault = fault_of(error)
            response = _response(fault.body(), fault.status, headers)
        await response(scope, receive, send)

    async def _answer(self, request: Request, headers: dict[str, str]) -> Answer:
        path, query = _sent(request)
        version = path.pop("version", versions.LEGACY)
        if version != versions.LEGACY:
            if not versions.is_version(version):
                raise FaultError(404)
            headers["as-api-version"] = version
        raw = await read_body(request, MOST_BYTES)
        credential = await self._access.credential(request, raw)
        allowed, limits = self._rates.count(credential.key)
        headers.update(limits)
        if not allowed:
            raise FaultError(429)
        return await self._handler(Asked(version, credential, query, path, raw))


def _sent(request: Request) -> tuple[dict[str, str], QueryParams]:
    """The parts of the path, and the query. Raises FaultError."""
    path = {name: str(value) for name, value in request.path_params.items()}
    query = request.url.query
    for name, value in path.items():
        # npm's aftership 8.1.0 joins a query to its path with "&" where it should be "?".
        path[name], _, more = value.partition("&")
        query = "&".join(part for part in (query, more) if part)
    params = _merged(QueryParams(query))
    if any("\x00" in text for text in (*path.values(), *params.values())):
        raise FaultError(400)  # PostgreSQL would refuse to look for it
    return path, params


def _merged(query: QueryParams) -> QueryParams:
    """A list is written with commas; some clients repeat the name, with brackets or without."""
    values: dict[str, list[str]] = {}
    for name, value in query.multi_items():
        values.setdefault(name.partition("[")[0], []).append(value)
    return QueryParams({name: ",".join(filter(None, found)) for name, found in values.items()})


def fault_of(error: Exception) -> FaultError:
    """What a client is told of an error; a fault of ours is logged and shows nothing of itself."""
    if isinstance(error, FaultError):
        return error
    if isinstance(error, ProblemError):
        return FaultError(413 if error.problem.status == 413 else 400)
    if isinstance(error, OverloadedError | ConnectionError):
        return FaultError(503)
    # Not log.exception: renderers may show local variables, and those hold secrets.
    log.error("aftership_fault", error="".join(traceback.format_exception(error)))
    return FaultError(500)


def _response(body: Any, status: int, headers: dict[str, str]) -> Response:
    content = msgspec.json.encode(body)
    return Response(content, status_code=status, headers=headers, media_type="application/json")
