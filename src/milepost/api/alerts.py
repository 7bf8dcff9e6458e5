"""`/v1/alerts`: what is wrong now, and what was, over all shipments of a tenant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from msgspec import Meta, Struct

from milepost.domain.alert import Severity
from milepost.domain.moment import to_text
from milepost.engine.alerts import AlertFilter, AlertLog, AlertRow
from milepost.engine.resolve import BadScanError
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Name = Annotated[str, Meta(min_length=1, max_length=100)]
RoadsOf = Callable[[int, str], frozenset[int]]


class AlertQuery(Struct):
    """Filters; `open`: false for those that are over. `cursor` is `next` of the page before."""

    open: bool | None = None
    rule: Name | None = None
    severity: Severity | None = None
    number: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    cursor: Annotated[str, Meta(pattern="^-?[0-9]{1,12}-[0-9]{1,18}$")] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class AlertLine(Struct):
    """An alert. `opened_at`, `cleared_at`: the times from and to which it held; null while it is
    open. `detail`: what the rule measured.
    """

    id: str
    number: str
    rule: str
    severity: str
    opened_at: str
    cleared_at: str | None
    detail: dict[str, Any]


class AlertPage(Struct):
    """One page, newest first; `next` is the cursor of the following page."""

    alerts: list[AlertLine]
    next: str | None


def endpoints(log: AlertLog, roads_of: RoadsOf) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path="/v1/alerts",
            handler=partial(page, log, roads_of),
            summary="Alerts that are open or were, newest first",
            query=AlertQuery,
            answer=AlertPage,
            answers=(422,),
            tag="alerts",
        )
    ]


async def page(log: AlertLog, roads_of: RoadsOf, call: Call) -> AlertPage:
    query: AlertQuery = call.query
    tenant = call.caller.tenant
    try:
        roads = None if query.number is None else sorted(roads_of(tenant, query.number))
    except BadScanError as error:
        raise ProblemError(422, str(error)) from None
    wanted = AlertFilter(
        query.open, query.rule, query.severity, roads, _place(query.cursor), query.limit + 1
    )
    found = await log.list(tenant, wanted)
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    following = None if last is None else f"{last.opened_s}-{last.id}"
    return AlertPage([_line(one) for one in shown], following)


def _place(cursor: str | None) -> tuple[int, int] | None:
    if cursor is None:
        return None
    opened_s, _, number = cursor.rpartition("-")
    return int(opened_s), int(number)


def _line(row: AlertRow) -> AlertLine:
    cleared_at = None if row.cleared_s is None else _text(row.cleared_s)
    return AlertLine(
        str(row.id), row.number, row.rule, row.severity, _text(row.opened_s), cleared_at, row.detail
    )


def _text(at_s: int) -> str:
    return to_text(at_s * 1_000_000, 0)
