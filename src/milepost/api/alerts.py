"""`/v1/alerts`: what is wrong now, and what was, over all shipments of a tenant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from msgspec import Meta, Struct

from milepost.domain.alert import Severity
from milepost.domain.moment import to_text
from milepost.domain.scan import id_text
from milepost.engine.alert_views import told_detail
from milepost.engine.alerts import AlertFilter, AlertLog, AlertRow
from milepost.engine.resolve import BadScanError
from milepost.locale.catalogue import has, translate
from milepost.locale.negotiate import match, negotiate
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Name = Annotated[str, Meta(min_length=1, max_length=100)]
RoadsOf = Callable[[int, str], frozenset[int]]


class AlertQuery(Struct):
    """Filters; `open`: false for those that are over. `cursor` is `next` of the page before.
    `language`: of the texts, as a BCP 47 tag; without it, what the request accepts.
    """

    open: bool | None = None
    rule: Name | None = None
    severity: Severity | None = None
    number: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    cursor: Annotated[str, Meta(pattern="^-?[0-9]{1,12}-[0-9]{1,18}$")] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    language: Annotated[str, Meta(max_length=35)] | None = None


class AlertLine(Struct):
    """An alert. `opened_at`, `cleared_at`: the times from and to which it held; null while it is
    open. `name`, `what`, `do`: what it is called, what it means, and what to do next. `because`:
    ids of the events that it rested on when it was told. `detail`: what the rule measured.
    """

    id: str
    number: str
    rule: str
    severity: str
    name: str
    what: str
    do: str
    opened_at: str
    cleared_at: str | None
    because: list[str]
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
    tenant, language = call.caller.tenant, _language(call)
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
    return AlertPage([_line(one, language) for one in shown], following)


def _place(cursor: str | None) -> tuple[int, int] | None:
    if cursor is None:
        return None
    opened_s, _, number = cursor.rpartition("-")
    return int(opened_s), int(number)


def _language(call: Call) -> str:
    wanted: str | None = call.query.language
    if wanted is not None and match(wanted) is None:
        raise ProblemError(422, f"There are no texts in the language '{wanted}'.")
    return negotiate(wanted, None, call.request.headers.get("accept-language", ""))


def _line(row: AlertRow, language: str) -> AlertLine:
    name, what, do = (_said(row.rule, part, language) for part in ("name", "what", "do"))
    return AlertLine(
        id=str(row.id), number=row.number, rule=row.rule, severity=row.severity,
        name=name, what=what, do=do, opened_at=_text(row.opened_s),
        cleared_at=None if row.cleared_s is None else _text(row.cleared_s),
        because=[id_text(one) for one in row.because], detail=told_detail(row.detail),
    )  # fmt: skip


def _said(rule: str, part: str, language: str) -> str:
    named = rule if has(f"rule.{rule}.{part}", language) else "fallback"
    return translate(f"rule.{named}.{part}", language)


def _text(at_s: int) -> str:
    return to_text(at_s * 1_000_000, 0)
