"""From a handler that returns an object or refuses, to an endpoint that always answers 200."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from traceback import format_exception
from typing import Any

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from milepost.compat.core import CompatServices
from milepost.compat.kuaidi100 import asking, faults
from milepost.compat.kuaidi100.faults import RefusedError
from milepost.web.problems import ProblemError

log = structlog.get_logger()
JSON = "application/json;charset=UTF-8"
Handler = Callable[[CompatServices, dict[str, str]], Awaitable[Any]]
Refuse = Callable[[tuple[str, str]], dict[str, Any]]


def route(
    path: str,
    handler: Handler,
    services: CompatServices,
    *,
    methods: tuple[str, ...] = ("POST",),
    refuse: Refuse = faults.body,
) -> Route:
    """`refuse` makes the answer of a fault: not all calls have the same."""
    endpoint = partial(_serve, services, handler, methods, refuse)
    return Route(path, endpoint, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])


async def _serve(
    services: CompatServices,
    handler: Handler,
    methods: tuple[str, ...],
    refuse: Refuse,
    request: Request,
) -> Response:
    try:
        if request.method not in methods and request.method != "HEAD":
            raise RefusedError(faults.NOT_POST)
        answer = await handler(services, await asking.fields(request))
    except RefusedError as error:
        answer = refuse((error.code, error.message))
    except ProblemError:
        answer = refuse(faults.INCOMPLETE)
    except ConnectionError:
        answer = refuse(faults.BUSY)
    except Exception as error:
        # Not log.exception: renderers may show local variables, and those hold secrets.
        trace = "".join(format_exception(error))
        log.error("kuaidi100_failed", path=request.url.path, error=trace)
        answer = refuse(faults.FAULT)
    if isinstance(answer, Response):
        return answer
    return Response(msgspec.json.encode(answer), media_type=JSON)
