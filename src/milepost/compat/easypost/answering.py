"""From a handler to an endpoint: who calls, what was sent, and errors in EasyPost's shape."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from functools import partial
from hmac import compare_digest
from traceback import format_exception
from typing import Any

import msgspec
import structlog
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from milepost.compat.core import CompatServices, Credential
from milepost.compat.core.bodies import (
    BodyError,
    NotAFormError,
    NotAnObjectError,
    NotJsonError,
    object_of,
)
from milepost.compat.easypost import VENDOR, faults
from milepost.compat.easypost.faults import EasyPostError
from milepost.web.endpoint import read_body
from milepost.web.problems import ProblemError

log = structlog.get_logger()
MOST_BYTES = 1024 * 1024
_UNREADABLE: dict[type[BodyError], str] = {
    NotJsonError: "The body is not valid JSON.",
    NotAnObjectError: "The body is not a JSON object.",
    NotAFormError: "The body is not a form in UTF-8.",
}


class Call(Struct):
    """One call: who, and the decoded body (an empty object for none)."""

    services: CompatServices
    credential: Credential
    request: Request
    body: dict[str, Any]

    @property
    def tenant(self) -> int:
        return self.credential.tenant

    def inside(self, name: str) -> dict[str, Any]:
        """The object that the body wraps under `name`, or the body if it wraps none."""
        wrapped = self.body.get(name)
        return wrapped if isinstance(wrapped, dict) else self.body


Handler = Callable[[Call], Awaitable[Any]]


def route(
    method: str, path: str, handler: Handler, services: CompatServices, status: int = 200
) -> Route:
    """`handler` returns what is sent as JSON; None is 204 without a body."""
    return Route(path, partial(_serve, services, handler, status), methods=[method])


async def _serve(
    services: CompatServices, handler: Handler, status: int, request: Request
) -> Response:
    try:
        answer = await handler(await _call(services, request))
    except EasyPostError as error:
        return faults.response(error)
    except ProblemError as error:
        problem = error.problem
        text = problem.detail or problem.title
        return faults.response(EasyPostError(problem.status, "BAD_REQUEST", text))
    except ConnectionError:
        text = "Nothing has been done; try again in a moment."
        return faults.response(EasyPostError(503, "SERVICE_UNAVAILABLE", text))
    except Exception as error:
        # Not log.exception: renderers may show local variables, and those hold secrets.
        trace = "".join(format_exception(error))
        log.error("easypost_failed", path=request.url.path, error=trace)
        text = "An unexpected fault; it has been logged."
        return faults.response(EasyPostError(500, "INTERNAL_SERVER_ERROR", text))
    if answer is None:
        return Response(status_code=204)
    return Response(msgspec.json.encode(answer), status, media_type="application/json")


async def _call(services: CompatServices, request: Request) -> Call:
    key = key_of(request.headers.get("authorization", ""))
    credential = await services.credentials.find(VENDOR, key) if key else None
    if credential is None or not _same(credential.secrets["api_key"], key):
        raise faults.unauthorized()
    if services.too_fast_s(credential):
        raise EasyPostError(429, "RATE_LIMITED", "You have exceeded the rate limit.")
    body = await read_body(request, MOST_BYTES)
    return Call(services, credential, request, _object(request, body))


def _same(right: str, given: str) -> bool:
    return compare_digest(right.encode(), given.encode())


def key_of(header: str) -> str:
    """The key in `Bearer KEY` or `Basic base64(KEY:)`, empty for neither."""
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _object(request: Request, body: bytes) -> dict[str, Any]:
    try:
        return object_of(body, request.headers.get("content-type", ""))
    except BodyError as error:
        raise EasyPostError(400, "BAD_REQUEST", _UNREADABLE[type(error)]) from None
