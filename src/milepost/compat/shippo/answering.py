"""From a handler to an endpoint: who calls, what was sent, and errors in Shippo's shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from hmac import compare_digest
from math import ceil
from traceback import format_exception
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from milepost.compat.core import CompatServices, Credential
from milepost.compat.core.bodies import NotAnObjectError, NotJsonError, object_of
from milepost.compat.shippo import VENDOR, faults
from milepost.compat.shippo.faults import ShippoError
from milepost.web.endpoint import read_body
from milepost.web.problems import ProblemError

log = structlog.get_logger()
MOST_BYTES = 1024 * 1024
_SCHEMES = {"shippotoken", "bearer"}
_FORM = "application/x-www-form-urlencoded"


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


def refusals(path: str, allowed: tuple[str, ...]) -> list[Route]:
    """What other methods are told; behind the routes of those that are allowed."""
    others = [one for one in ("GET", "POST", "PUT", "PATCH", "DELETE") if one not in allowed]

    async def refuse(request: Request) -> Response:
        return _json({"detail": f'Method "{request.method}" not allowed.'}, 405)

    return [Route(one, refuse, methods=others) for one in (path, f"{path}/")]


def route(
    method: str, path: str, handler: Handler, services: CompatServices, status: int = 200
) -> list[Route]:
    """With and without a slash at the end. None from `handler` is 204 without a body."""
    endpoint = partial(_serve, services, handler, status)
    return [Route(one, endpoint, methods=[method]) for one in (path, f"{path}/")]


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
    return Call(services, found, request, _form(body) if _is_form(request, body) else _object(body))


def _is_form(request: Request, body: bytes) -> bool:
    """curl calls everything a form, JSON too."""
    declared = request.headers.get("content-type", "").startswith(_FORM)
    return declared and not body.lstrip().startswith(b"{")


def _form(body: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(body.decode()))
    except (UnicodeDecodeError, ValueError):
        raise faults.detail(400, "Form parse error.") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        return object_of(body)
    except NotJsonError:
        raise faults.detail(400, "JSON parse error.") from None
    except NotAnObjectError:
        raise faults.detail(400, "Invalid data. Expected a dictionary.") from None
