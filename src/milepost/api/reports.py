"""`/v1/reports`: what the history says, and the shipments behind every figure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta, Struct, field
from starlette.responses import Response

from milepost.analytics.answers import Answer, BehindPage
from milepost.analytics.asked_before import FOLLOWS
from milepost.analytics.definitions import allowed, reports
from milepost.analytics.exporting import as_csv, as_parquet
from milepost.analytics.reports import MOST_ROWS, Reports, UnknownReportError
from milepost.analytics.selection import BadSelectionError, Selection
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Value = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")]
Time = Annotated[str, Meta(max_length=40)]
PARQUET = "application/vnd.apache.parquet"
_OTHER = ("from", "to", "by", "format", "limit", "which", "cursor")
_SECONDS = 12
Found = TypeVar("Found")


class Filters(Struct, kw_only=True):
    """`from` and `to`: a day, a time, or seconds since 1970 (of the first movement; `to` is
    exclusive, but a day is meant with all its hours). The others keep one value of a dimension;
    `origin` and `destination` are a country, region or city.
    """

    from_: Time | None = field(name="from", default=None)
    to: Time | None = None
    carrier: Value | None = None
    last_carrier: Value | None = None
    service: Value | None = None
    category: Value | None = None
    origin: Value | None = None
    origin_region: Value | None = None
    origin_city: Value | None = None
    destination: Value | None = None
    destination_region: Value | None = None
    destination_city: Value | None = None
    lane: Value | None = None
    weight: Value | None = None
    season: Value | None = None
    year: Value | None = None
    month: Value | None = None
    week: Value | None = None
    day: Value | None = None
    goods: Value | None = None
    packing: Value | None = None
    hs_chapter: Value | None = None
    country: Value | None = None
    code: Value | None = None
    facility: Value | None = None
    next_facility: Value | None = None


class ReportQuery(Filters, kw_only=True):
    """`by`: dimensions to group by, parted by commas. `limit`: how many groups, largest first."""

    by: Value | None = None
    format: Literal["json", "csv", "parquet"] = "json"
    limit: Annotated[int, Meta(ge=1, le=MOST_ROWS)] = 1_000


class BehindQuery(Filters, kw_only=True):
    """`which`: one of the report's parts, such as `broken`; all without it."""

    which: Value | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    cursor: Annotated[str, Meta(max_length=60)] | None = None


class ReportLine(Struct, frozen=True):
    """A report that can be asked for. `parts`: the counts whose shipments can be listed."""

    name: str
    title: str
    about: str
    by: list[str]
    dimensions: list[str]
    parts: list[str]


class ReportList(Struct, frozen=True):
    reports: list[ReportLine]


class ReportServices(Struct, frozen=True):
    """`fresh`: takes in what was committed before the question, if this process can."""

    reports: Reports
    fresh: Callable[[], Awaitable[None]]
    synthetic: Callable[[int], bool]


def endpoints(services: ReportServices) -> list[Endpoint]:
    def endpoint(handler: Any, **given: Any) -> Endpoint:
        return Endpoint(method="GET", handler=partial(handler, services), tag="reports", **given)

    return [
        endpoint(listed, path="/v1/reports", summary="Which reports there are", answer=ReportList),
        endpoint(
            report,
            path="/v1/reports/{name}",
            summary="A report, as JSON, CSV or Parquet",
            query=ReportQuery,
            answer=Answer,
            answers=(404, 422),
        ),
        endpoint(
            behind,
            path="/v1/reports/{name}/shipments",
            summary="The shipments behind a figure of a report",
            query=BehindQuery,
            answer=BehindPage,
            answers=(404, 422),
        ),
    ]


async def listed(_: ReportServices, call: Call) -> ReportList:
    return ReportList(
        [
            ReportLine(name, one.title, one.about, list(one.by), allowed(one), list(one.parts))
            for name, one in reports().items()
        ]
    )


async def report(services: ReportServices, call: Call) -> Answer | Response:
    query: ReportQuery = call.query
    by = tuple(one.strip() for one in (query.by or "").split(",") if one.strip())
    tenant = call.caller.tenant
    if not FOLLOWS.get():
        await services.fresh()
    answer = await _asked(
        services.reports.report(
            tenant,
            _name(call),
            selection(query, by),
            limit=query.limit,
            synthetic=services.synthetic(tenant),
        )
    )
    if query.format == "json":
        return answer
    body = as_csv(answer) if query.format == "csv" else as_parquet(answer)
    kind = "text/csv" if query.format == "csv" else PARQUET
    name = f'attachment; filename="{answer.report}.{query.format}"'
    return Response(body, media_type=kind, headers={"Content-Disposition": name})


async def behind(services: ReportServices, call: Call) -> BehindPage:
    query: BehindQuery = call.query
    await services.fresh()
    return await _asked(
        services.reports.behind(
            call.caller.tenant,
            _name(call),
            selection(query, ()),
            which=query.which,
            limit=query.limit,
            after=_position(query.cursor) if query.cursor else None,
        )
    )


async def _asked(question: Awaitable[Found]) -> Found:
    try:
        return await question
    except UnknownReportError as error:
        names = ", ".join(reports())
        raise ProblemError(404, f"There is no report '{error}', only {names}.") from None
    except BadSelectionError as error:
        raise ProblemError(422, str(error)) from None


def _name(call: Call) -> str:
    return call.path("name").replace("-", "_")


def selection(query: Filters, by: tuple[str, ...]) -> Selection:
    """A question's span and filters. Raises ProblemError for what is no time."""
    given = {name: getattr(query, name) for name in query.__struct_fields__}
    filters = {
        name: value
        for name, value in given.items()
        if value is not None and name not in _OTHER and name != "from_"
    }
    return Selection(
        from_s=_second(query.from_, "from"),
        to_s=_second(query.to, "to"),
        filters=filters,
        by=by,
    )


def _second(text: str | None, name: str) -> int | None:
    """A day means its first second, as an end its last; all in UTC unless an offset is given."""
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= _SECONDS:
        return int(text)
    try:
        if len(text) == len("2026-11-01"):
            start = date.fromisoformat(text) + timedelta(days=name == "to")
            return int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp())
        found = datetime.fromisoformat(text)
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise ProblemError(422, f"{name}: neither a day nor a time") from None


def _position(cursor: str) -> tuple[int, int]:
    road, _, item = cursor.partition(".")
    try:
        found = int(road), int(item)
    except ValueError:
        raise ProblemError(422, "cursor: not one that this list gave") from None
    if not all(-(2**63) <= one < 2**63 for one in found):
        raise ProblemError(422, "cursor: not one that this list gave")
    return found
