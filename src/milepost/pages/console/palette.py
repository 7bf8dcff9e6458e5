"""`/console/find`: what the palette and the search box find: numbers, orders, pages, actions."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from milepost.domain.status import BY_CODE
from milepost.engine.ports import ListFilter
from milepost.engine.resolve import BadScanError
from milepost.pages.console import menu
from milepost.pages.console.desk import Visit
from milepost.pages.headers import HEADERS

MOST = 8


async def find(visit: Visit) -> Response:
    """The palette's rows; without a script, the list or the one shipment itself."""
    text = visit.request.query_params.get("q", "").replace("\x00", "").strip()[:200]
    if visit.part != "palette":
        known = await _is_number(visit, text)
        where = f"/console/shipments/{quote(text, safe='')}" if known else (
            f"/console/shipments?q={quote(text)}"
        )  # fmt: skip
        return RedirectResponse(where, 303, HEADERS)
    rows = []
    if len(text) >= 3:
        wanted = ListFilter(text=text, limit=MOST)
        rows = await visit.services.ledger.list_shipments(visit.tenant, wanted)
    found = [
        (row.number, BY_CODE[row.code].sub, row.order_number or "",
         f"/console/shipments/{quote(row.number, safe='')}")
        for row in rows
    ]  # fmt: skip
    return visit.page("_palette.html", found=found, pages=_pages(visit, text), text=text)


async def _is_number(visit: Visit, text: str) -> bool:
    try:
        return await visit.services.queries.track(visit.tenant, text) is not None
    except BadScanError:
        return False


def _pages(visit: Visit, text: str) -> list[tuple[str, str, str]]:
    """(name, path, key) of the pages whose name has the text in it."""
    named = (
        (visit.reader.text(f"menu.{one.name}"), one.path, one.key)
        for _, entries in menu.of(visit.user.role)
        for one in entries
    )
    return [one for one in named if text.casefold() in one[0].casefold()]
