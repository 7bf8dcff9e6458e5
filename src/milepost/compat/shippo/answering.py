"""From a handler to an endpoint: who calls, what was sent, and errors in Shippo's shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from hmac import compare_digest
from math import ceil
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
from milepost.compat.shippo import VENDOR, faults
from milepost.compat.shippo.faults import ShippoError
from milepost.web.endpoint import read_body
from milepost.web.problems import ProblemError

log = structlog.get_logger()
MOST_BYTES = 1024 * 1024
_SCHEMES = {"shippotoken", "bearer"}
_UNREADABLE: dict[type[BodyError], str] = {
    NotJsonError: "JSON parse error.",
    NotAnObjectError: "Invalid data. Expected a dictionary.",
    NotAFormError: "Form parse error.",
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

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def text(self, name: str) -> str:
        """A field of the body as text, empty if it is missing."""
        value = self.body.get(name)
        return value.strip() if isinstance(value, str) else ""


Handler = Callable[[Call], Awaitable[Any]]


def refusal(path: str, allowed: tuple[str, ...]) -> Route:
    """What other methods are told; behind the routes of those that are allowed."""
    others = [one for one in ("GET", "POST", "PUT", "PATCH", "DELETE") if one not in allowed]

    async def refuse(request: Request) -> Response:
        return _json({"detail": f'Method "{request.method}" not allowed.'}, 405)

    return Route(path, refuse, methods=others)


def route(
    method: str, path: str, handler: Handler, services: CompatServices, status: int = 200
) -> Route:
    """None from `handler` is 204 without a body."""
    return Route(path, partial(_serve, services, handler, status), methods=[method])


async def _serve(
    services: CompatServices, handler: Handler, status: int, request: Request
) -> Response:
    try:
        answer = await handler(await _call(services, request))
    except ShippoError as error:
        return _json(error.body, error.status)
    except ProblemError as error:
        problem = error.problem
        return _json({"detail": problem.detail or problem.title}, problem.status)
    except ConnectionError:
        return _json({"detail": "Nothing has been done; try again in a moment."}, 503)
    except Exception as error:
        # Not log.exception: renderers may show local variables, and those hold secrets.
        trace = "".join(format_exception(error))
        log.error("shippo_failed", path=request.url.path, error=trace)
        return _json({"detail": "An unexpected fault; it has been logged."}, 500)
    return Response(status_code=204) if answer is None else _json(answer, status)


def _json(body: Any, status: int) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


async def _call(services: CompatServices, request: Request) -> Call:
    header = request.headers.get("authorization")
    if not header:
        raise faults.detail(401, "Authentication credentials were not provided.")
    scheme, _, token = header.strip().partition(" ")
    token = token.strip() if scheme.lower() in _SCHEMES else ""
    found = await services.credentials.find(VENDOR, token) if token else None
    if found is None or not compare_digest(found.secrets["token"].encode(), token.encode()):
        raise faults.detail(401, "Invalid token.")
    if wait_s := services.too_fast_s(found):
        text = f"Request was throttled. Expected available in {ceil(wait_s)} seconds."
        raise faults.detail(429, text)
    body = await read_body(request, MOST_BYTES)
    return Call(services, found, request, _object(request, body))


def _object(request: Request, body: bytes) -> dict[str, Any]:
    try:
        return object_of(body, request.headers.get("content-type", ""))
    except BodyError as error:
        raise faults.detail(400, _UNREADABLE[type(error)]) from None
