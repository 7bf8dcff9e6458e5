"""`/console/analytics`: the reports that `/v1/reports` offers, and any of them as a table."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import Response

from milepost.pages.console.desk import Visit

LONGEST = 200


async def show(visit: Visit) -> Response:
    """What reports there are; with `?report=` that one, the other parameters handed on to it."""
    listed = await visit.call("GET", "/v1/reports")
    query = dict(visit.request.query_params)
    name = query.pop("report", "")
    query.pop("lang", None)
    answer = None
    if name:
        path = f"/v1/reports/{quote(name, safe='')}"
        answer = await visit.call("GET", f"{path}?{urlencode(query)}")
    rows = _rows(answer.body) if answer is not None and answer.ok else []
    names = _names(listed.body) if listed.ok else []
    return visit.page("analytics.html", reports=names, name=name, answer=answer, rows=rows)


def _names(body: Any) -> list[str]:
    found = body.get("reports", []) if isinstance(body, dict) else []
    return [one["name"] if isinstance(one, dict) else str(one) for one in found]


def _rows(body: Any) -> list[dict[str, Any]]:
    """The first list of objects in the answer."""
    values = body.values() if isinstance(body, dict) else [body]
    for value in values:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return value[:LONGEST]
    return []
