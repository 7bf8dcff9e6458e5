"""`/console/shipments`: every shipment, newest event first, at any number of them."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from msgspec import Struct, structs
from starlette.responses import Response

from milepost.domain.status import BY_CODE, MAINS
from milepost.engine.outlook import OVER
from milepost.engine.rows import ListFilter, ShipmentRow, SlowListError
from milepost.pages.console.coming import Coming, coming_of, country_of, destination_of
from milepost.pages.console.filters import Filters
from milepost.pages.console.refusals import in_words
from milepost.pages.console.views import filters_of, tabs
from milepost.pages.console.visit import Visit
from milepost.pages.view.reader import Reader
from milepost.stores.postgres.console.outlook_query import OutlookFilter
from milepost.stores.postgres.console.outlooks import Ahead, Listed

# By when it comes: name → (from, until) in hours from now.
DUE: dict[str, tuple[int | None, int]] = {
    "overdue": (None, 0), "24": (0, 24), "72": (0, 72), "168": (0, 168),
}  # fmt: skip
SORTS = ("newest", "soonest")
# Views that everybody has: (text, query).
BUILT_IN = (
    ("view.all", ""), ("shipments.within.overdue", "due=overdue"),
    ("shipments.within.24", "due=24"), ("shipments.trouble", "trouble=1"),
)  # fmt: skip
PAGE = 50
# What was looked up longer ago is looked up again for whoever looks at it.
STALE_S = 900


class ShipmentLine(Struct, frozen=True):
    """A row as the template lays it out."""

    one: ShipmentRow
    sub: str
    url: str
    destination: str
    coming: Coming | None


async def show(visit: Visit) -> Response:
    filters = filters_of(visit, "shipments")
    rows, fault = await _found(visit, filters)
    shown = rows[:PAGE]
    following = "~".join(map(str, shown[-1].position)) if len(rows) > PAGE else None
    _look_again(visit, shown)
    reader = visit.named
    context: dict[str, Any] = {
        "lines": [_line(one, reader) for one in shown],
        "more": filters.with_(after=following) if following else None,
        "filters": filters, "fault": fault,
    }  # fmt: skip
    if visit.part == "rows":
        return visit.page("_shipment_rows.html", **context)
    carriers = await visit.services.network.carriers(visit.tenant)
    return visit.page("shipments.html", mains=MAINS, carriers=carriers, due=tuple(DUE),
                      sorts=SORTS, tabs=await tabs(visit, "shipments", BUILT_IN,
                                                   partial(_count, visit)), **context)  # fmt: skip


async def _count(visit: Visit, filters: Filters) -> int | None:
    wanted = _ahead_of(visit, filters, _wanted(filters))
    try:
        return await visit.services.outlooks.count(visit.tenant, wanted)
    except SlowListError:
        return None


async def _found(visit: Visit, filters: Filters) -> tuple[list[Listed], str | None]:
    """The rows, or why there are none to show."""
    try:
        return await _rows(visit, filters), None
    except SlowListError as error:
        return [], in_words(str(error), visit.reader)


async def _rows(visit: Visit, filters: Filters) -> list[Listed]:
    """One more than a page has. What does not ask for the road ahead is listed without it."""
    wanted = _wanted(filters)
    outlooks = visit.services.outlooks
    asked = _ahead_of(visit, filters, wanted)
    if asked != wanted:
        return await outlooks.list(visit.tenant, asked)
    names = ListFilter.__struct_fields__
    plain = {name: one for name, one in structs.asdict(wanted).items() if name in names}
    found = await visit.services.ledger.list_shipments(visit.tenant, ListFilter(**plain))
    ahead = await outlooks.of([one.id for one in found])
    return [Listed(one, ahead.get(one.id), (one.last_s, one.id)) for one in found]


def _wanted(filters: Filters) -> OutlookFilter:
    main = filters.get("main")
    return OutlookFilter(
        main=main if main in MAINS else None,
        carrier=filters.get("carrier") or None,
        text=filters.get("q") or None,
        trouble=filters.get("trouble") == "1" or None,
        after=_position(filters.get("after")),
        limit=PAGE + 1,
    )


def _ahead_of(visit: Visit, filters: Filters, wanted: OutlookFilter) -> OutlookFilter:
    """With what the address asks of destination and arrival."""
    changed: dict[str, Any] = {}
    if toward := filters.get("to"):
        country = country_of(toward, visit.reader.locale)
        changed |= {"country": country} if country else {"toward": toward}
    now_s = visit.services.now_us() // 1_000_000
    if span := DUE.get(filters.get("due")):
        begin, end = span
        changed["comes_from_s"] = None if begin is None else now_s + begin * 3_600
        changed["comes_before_s"] = now_s + end * 3_600
    if span or filters.get("sort") == "soonest":
        changed["soonest"] = True
    return structs.replace(wanted, **changed)


def _look_again(visit: Visit, shown: list[Listed]) -> None:
    """Windows move with time alone; those that somebody sees are made anew behind the page."""
    before_s = visit.services.now_us() // 1_000_000 - STALE_S
    aged = [one.shipment.id for one in shown if _aged(one.ahead, before_s)]
    if aged:
        visit.services.look_ahead(aged)


def _aged(ahead: Ahead | None, before_s: int) -> bool:
    return ahead is None or (ahead.arrival is not None and ahead.looked_s < before_s)


def _line(listed: Listed, reader: Reader) -> ShipmentLine:
    row, ahead = listed.shipment, listed.ahead
    status = BY_CODE[row.code]
    under_way = status.main not in OVER
    return ShipmentLine(
        one=row, sub=status.sub,
        url=f"/console/shipments/{quote(row.number, safe='')}",
        destination=destination_of(ahead.destination, reader) if ahead else "",
        coming=coming_of(ahead.arrival, reader) if ahead and under_way else None,
    )  # fmt: skip


def _position(text: str) -> tuple[int, int] | None:
    last, tilde, road = text.partition("~")
    if not tilde or len(text) > 45:
        return None
    try:
        position = int(last), int(road)
    except ValueError:
        return None
    return position if all(-(2**63) <= one < 2**63 for one in position) else None
