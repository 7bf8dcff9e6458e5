"""`/console/shipments`: every shipment, newest event first, at any number of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response

from milepost.domain.status import BY_CODE, MAINS
from milepost.engine.ports import ListFilter, ShipmentRow
from milepost.pages.console.desk import Visit
from milepost.pages.console.filters import Filters

KNOWN = ("main", "carrier", "trouble", "q", "after")
PAGE = 50


class ShipmentLine(Struct, frozen=True):
    """A row as the template lays it out."""

    one: ShipmentRow
    sub: str
    url: str


async def show(visit: Visit) -> Response:
    filters = Filters("/console/shipments", visit.request.query_params, KNOWN)
    main = filters.get("main")
    wanted = ListFilter(
        main=main if main in MAINS else None,
        carrier=filters.get("carrier") or None,
        text=filters.get("q") or None,
        trouble=filters.get("trouble") == "1" or None,
        limit=PAGE + 1,
        after=_position(filters.get("after")),
    )
    rows = await visit.services.ledger.list_shipments(visit.tenant, wanted)
    shown = rows[:PAGE]
    following = f"{shown[-1].last_s}~{shown[-1].id}" if len(rows) > PAGE else None
    context: dict[str, Any] = {
        "lines": [_line(one) for one in shown],
        "more": filters.with_(after=following) if following else None,
        "filters": filters,
    }
    if visit.part == "rows":
        return visit.page("_shipment_rows.html", **context)
    carriers = await visit.services.network.carriers(visit.tenant)
    return visit.page("shipments.html", mains=MAINS, carriers=carriers, **context)


def _line(row: ShipmentRow) -> ShipmentLine:
    url = f"/console/shipments/{quote(row.number, safe='')}"
    return ShipmentLine(row, BY_CODE[row.code].sub, url)


def _position(text: str) -> tuple[int, int] | None:
    last, tilde, road = text.partition("~")
    if not tilde or len(text) > 45:
        return None
    try:
        position = int(last), int(road)
    except ValueError:
        return None
    return position if all(-(2**63) <= one < 2**63 for one in position) else None
