"""`/track/v2.4/…`, `v2.2` and `v1`: every call a POST with the header `17token`."""

from __future__ import annotations

import re
import traceback

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost.compat.core import CompatServices, Credential
from milepost.compat.seventeentrack import VENDOR, changing, faults, listing, reading, registering
from milepost.compat.seventeentrack.call import Call, Handler, Item
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.first import V1
from milepost.compat.seventeentrack.shape import V22, V24
from milepost.web.endpoint import read_body
from milepost.web.problems import ProblemError

log = structlog.get_logger()
MOST_BYTES = 1024 * 1024
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_VERSIONS = {"v1": V1, "v2": V22, "v2.1": V22, "v2.2": V22, "v2.3": V22, "v2.4": V24}
_encode = msgspec.json.Encoder().encode

CALLS: dict[str, Handler] = {
    "register": registering.register,
    "changecarrier": changing.change_carrier,
    "changeinfo": changing.change_info,
    "stoptrack": changing.stop,
    "retrack": changing.retrack,
    "deletetrack": changing.delete,
    "gettracklist": listing.get_track_list,
    "gettrackinfo": reading.get_track_info,
    "getrealtimetrackinfo": reading.get_realtime,
    "push": changing.push,
    "getquota": reading.get_quota,
    # The first version's; clients of the second go on calling it.
    "carrieridentify": reading.identify_carrier,
}


def routes(services: CompatServices) -> list[BaseRoute]:
    """One route for all of them: 17TRACK's clients write the path in any case."""
    route = Route("/track/{version}/{call:path}", _Serve(services), methods=METHODS)
    route.path_regex = re.compile(route.path_regex.pattern, re.IGNORECASE)
    return [route]


class _Serve:
    """Answers in 17TRACK's shape whatever happens."""

    def __init__(self, services: CompatServices) -> None:
        self._services = services

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        request = Request(scope, receive, send)  # type: ignore[arg-type]
        response = await self._answer(request)
        await response(scope, receive, send)  # type: ignore[arg-type]

    async def _answer(self, request: Request) -> Response:
        try:
            return _response(await self._call(request), 200)
        except FaultError as error:
            return _response(faults.of_call(error), error.http)
        except ProblemError as error:
            status = error.problem.status
            return _response(faults.of_call(FaultError(status)), status)
        except ConnectionError:
            return _response(faults.of_call(FaultError(503)), 503)
        except Exception as error:
            # Not log.exception: renderers may show local variables, and those hold secrets.
            told = "".join(traceback.format_exception(error))
            log.error("dialect_failed", dialect=VENDOR, path=request.url.path, error=told)
            return _response(faults.of_call(FaultError(faults.INTERNAL)), 500)

    async def _call(self, request: Request) -> Item:
        version = _VERSIONS.get(request.path_params["version"].lower())
        handler = CALLS.get(request.path_params["call"].strip("/").lower())
        if version is None or handler is None:
            raise FaultError(404, http=404)
        if request.method != "POST":
            raise FaultError(405, http=405)
        credential = await self._credential(request)
        if self._services.too_fast_s(credential):
            raise FaultError(429, http=429)
        body = await read_body(request, MOST_BYTES)
        call = Call(self._services, credential, version, self._services.now_us())
        return await handler(call, body)

    async def _credential(self, request: Request) -> Credential:
        token = request.headers.get("17token", "").strip()
        found = await self._services.credentials.find(VENDOR, token) if token else None
        if found is None:
            raise FaultError(faults.BAD_KEY, http=401)
        return found


def _response(answer: Item, status: int) -> Response:
    return Response(_encode(answer), status_code=status, media_type="application/json")
