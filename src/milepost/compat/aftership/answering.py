"""The envelope of every answer: meta and data, version and rate limit in the headers."""

from __future__ import annotations

import time
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
from milepost.compat.core import Credential
from milepost.engine.journey import OverloadedError
from milepost.web.endpoint import read_body
from milepost.web.problems import ProblemError

log = structlog.get_logger()
MOST_BYTES = 1024 * 1024
# Of one key. AfterShip allows 10; a server of one's own needs a limit only against run-away loops.
RATE_PER_S = 2_000


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
            found = msgspec.json.decode(self.raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise FaultError(4001) from None
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


class Rates:
    """Calls of each key within the second."""

    def __init__(self, per_s: int = RATE_PER_S, clock: Callable[[], float] = time.time) -> None:
        self._per_s = per_s
        self._clock = clock
        self._second = 0
        self._calls: dict[int, int] = {}

    def count(self, key: int) -> tuple[bool, dict[str, str]]:
        """Whether one more call is allowed, and the headers that tell how many are."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._calls = second, {}
        calls = self._calls[key] = self._calls.get(key, 0) + 1
        headers = {
            "x-ratelimit-limit": str(self._per_s),
            "x-ratelimit-remaining": str(max(0, self._per_s - calls)),
            "x-ratelimit-reset": str(second + 1),
        }
        return calls <= self._per_s, headers


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
        path = {name: str(value) for name, value in request.path_params.items()}
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
        return await self._handler(Asked(version, credential, request.query_params, path, raw))


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
