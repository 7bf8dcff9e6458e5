"""`OPTIONS`: which versions are spoken and what a resource allows; before any key is shown."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost.api.epcis.answers import HEADERS, ROOT
from milepost.api.epcis.resources import COLUMNS
from milepost.epcis.documents import MOST_EVENTS

_WRITES = {"capture": "GET, POST", "events": "GET, POST", "queries": "GET, POST"}


def routes() -> Sequence[BaseRoute]:
    names = [*_WRITES, *COLUMNS]
    paths = [ROOT, *(f"{ROOT}/{name}" for name in names)]
    return [Route(path, _allowed, methods=["OPTIONS"]) for path in paths] + [
        Route(f"{ROOT}/{{name}}/{{rest:path}}", _allowed, methods=["OPTIONS"])
    ]


async def _allowed(request: Request) -> Response:
    name = request.url.path.removeprefix(ROOT).strip("/")
    methods = _WRITES.get(name) or _below(name)
    headers = HEADERS | {"Allow": f"{methods}, OPTIONS", "GS1-EPC-Format": "No_Preference"}
    headers["GS1-CBV-XML-Format"] = "No_Preference"
    if name == "capture":
        headers["GS1-Capture-Error-Behaviour"] = "all"
        headers["GS1-EPCIS-Capture-Limit"] = str(MOST_EVENTS)
        headers["GS1-EPCIS-Capture-File-Size-Limit"] = str(16 * 1024 * 1024)
    return Response(status_code=204, headers=headers)


def _below(name: str) -> str:
    if not name.startswith("queries/"):
        return "GET"
    return "GET, POST" if name.endswith("/subscriptions") else "GET, DELETE"
