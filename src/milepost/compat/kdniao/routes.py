"""The paths of Kdniao. Every instruction is answered on each of them: clients mix them up."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from milepost.compat.core import CompatServices, xml
from milepost.compat.kdniao import arrival, faults, maps, query, recognise, subscribe
from milepost.compat.kdniao.asking import Instruction, authenticated, fields_of, read_wanted
from milepost.compat.kdniao.clock import china_now
from milepost.compat.kdniao.faults import KdniaoError, invalid
from milepost.compat.kdniao.routemap import RouteMap
from milepost.compat.kdniao.sign import readings
from milepost.web.endpoint import read_body

Json = dict[str, Any]
Handler = Callable[[CompatServices, Instruction], Awaitable[Json]]
PATHS = (
    "/Ebusiness/EbusinessOrderHandle.aspx",
    "/api/dist",
    "/api/track/packet",
    "/kdniaosandbox/gateway/exterfaceInvoke.json",
)
MOST_BYTES = 256 * 1024
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
HANDLERS: dict[str, Handler] = {
    "1002": query.answer,
    "8001": query.answer,
    "8002": query.answer,
    "7101": query.answer,
    "8003": maps.answer,
    "1008": subscribe.answer,
    "8008": subscribe.answer,
    "8005": subscribe.answer,
    "7108": subscribe.answer,
    "7008": subscribe.answer,
    "2002": recognise.answer,
    "6004": arrival.answer,
    "6006": arrival.answer,
    "6016": arrival.answer,
}
# Instructions that Kdniao has and we do not: addresses, outlets, fares, orders, messages.
ELSEWHERE = frozenset({
    "1001", "1004", "1007", "1011", "1012", "1013", "1021", "1127", "1147", "1801", "2001", "2004",
    "2006",    "3001", "6001", "6002", "8101", "8102", "8103", "9001",
})  # fmt: skip
COLLECTING = "CMD"  # cash on delivery: CMD1002 and its like
_ITEMS = {
    "Traces": "Trace", "Shippers": "Shipper", "Coordinates": "Coordinate",
    "PreCoordinates": "PreCoordinate",
}  # fmt: skip
_ROAD = {"State": "0", "StateEx": "0", "Location": "", "Traces": []}


def routes(services: CompatServices) -> list[Route]:
    door = Door(services)
    return [
        *(_any_case(Route(path, door.call, methods=METHODS)) for path in PATHS),
        Route(maps.PATH, RouteMap(services).show, methods=["GET"]),
    ]


def _any_case(route: Route) -> Route:
    """Kdniao's own servers do not mind how a path is written."""
    route.path_regex = re.compile(route.path_regex.pattern, re.IGNORECASE)
    return route


class Door:
    """Takes calls apart and answers each in Kdniao's shape, with HTTP 200 whatever happens."""

    def __init__(self, services: CompatServices) -> None:
        self._services = services

    async def call(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "")
        form = fields_of(await read_body(request, MOST_BYTES), request.url.query, kind)
        try:
            if request.method != "POST":
                raise KdniaoError(faults.NOT_POST)
            call = await authenticated(self._services.credentials, form)
            if self._services.too_fast_s(call.credential):
                raise KdniaoError(faults.TOO_FAST)
            answer = await self._handler(call.kind)(self._services, call)
        except KdniaoError as error:
            answer = self._refusal(form, error)
        return _response(answer, in_xml=asks_in_xml(form))

    def _handler(self, kind: str) -> Handler:
        if kind in ELSEWHERE or kind.upper().startswith(COLLECTING):
            raise KdniaoError(faults.NO_PACKAGE)
        if kind not in HANDLERS:
            raise invalid("RequestType", kind)
        return HANDLERS[kind]

    def _refusal(self, form: dict[str, str], error: KdniaoError) -> Json:
        kind = form.get("RequestType", "").strip()
        refused: Json = {
            "EBusinessID": form.get("EBusinessID", ""),
            "Success": False,
            "Reason": error.reason,
        }
        handler = HANDLERS.get(kind)
        if handler in (query.answer, maps.answer):
            return refused | _ROAD | _asked(form)
        if handler is subscribe.answer:
            return refused | {"UpdateTime": china_now(self._services.now_us())} | _asked(form)
        if handler is recognise.answer:
            return refused | {"ResultCode": error.code, "Shippers": []} | _asked(form)
        return refused | {"ResultCode": error.code}


def asks_in_xml(form: dict[str, str]) -> bool:
    """Whether the instruction is in XML: it is answered so, whatever DataType says."""
    return xml.is_xml(unquote(form.get("RequestData", "")[:24]))


def _response(answer: Json, *, in_xml: bool) -> Response:
    body = (
        xml.written("Content", answer, _ITEMS).encode() if in_xml else msgspec.json.encode(answer)
    )
    kind = xml.KIND if in_xml else "application/json"
    return Response(body, media_type=kind, headers={"Cache-Control": "no-store"})


def _asked(form: dict[str, str]) -> Json:
    """Which waybill the answer is about, as far as the call can be read."""
    for text in readings(form.get("RequestData", "")):
        try:
            wanted = read_wanted(text)
        except KdniaoError:
            continue
        return {"ShipperCode": wanted.ShipperCode or "", "LogisticCode": wanted.LogisticCode or ""}
    return {"ShipperCode": "", "LogisticCode": ""}
