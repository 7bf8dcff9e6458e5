"""`/console`: what needs a person, the most urgent first, each with the one next action."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl, quote

from msgspec import Struct
from starlette.responses import Response

from milepost.domain.status import BY_CODE
from milepost.pages.console.desk import Visit
from milepost.pages.console.filters import Filters
from milepost.pages.console.next_step import Next, next_of
from milepost.pages.console.reader import HOUR_US
from milepost.pages.console.why import Why, why_of
from milepost.stores.postgres.console.books import View
from milepost.stores.postgres.console.worries import COUNTED, Worry, WorryFilter

KNOWN = ("state", "severity", "rule", "carrier", "owner", "waits", "case", "due", "q", "after")
SEVERITIES = ("info", "warning", "critical")
PAGE = 50
# Views that everybody has: (name, query).
BUILT_IN = (
    ("all", ""), ("critical", "severity=critical"), ("today", "due=24"), ("mine", "owner=me"),
    ("carrier", "waits=carrier"), ("snoozed", "state=snoozed"),
    ("acknowledged", "state=acknowledged"),
)  # fmt: skip


class Line(Struct, frozen=True):
    """A row as the template lays it out."""

    one: Worry
    severity: str
    sub: str | None
    url: str
    next: Next
    late: bool
    why: Why


class Tab(Struct, frozen=True):
    """A saved view with its count. `id` is None for those that everybody has."""

    name: str
    url: str
    count: str
    current: bool
    id: int | None = None


async def show(visit: Visit) -> Response:
    """The list; its rows alone for the script."""
    filters = Filters("/console", visit.request.query_params, KNOWN)
    wanted = filter_of(visit, filters)
    rows = await visit.services.worries.list(visit.tenant, wanted, visit.services.now_us())
    shown = rows[:PAGE]
    following = f"{shown[-1].rank_us}~{shown[-1].number}" if len(rows) > PAGE else None
    more = filters.with_(after=following) if following else None
    lines = [line_of(visit, one) for one in shown]
    if visit.part == "rows":
        return visit.page("_worry_rows.html", lines=lines, more=more, filters=filters)
    return visit.page(
        "worries.html", lines=lines, more=more, filters=filters, tabs=await tabs(visit, filters),
        carriers=await visit.services.network.carriers(visit.tenant), states=STATES,
        severities=SEVERITIES[::-1],
    )  # fmt: skip


STATES = ("open", "acknowledged", "snoozed", "all")


def filter_of(visit: Visit, filters: Filters) -> WorryFilter:
    """The filters of an address; what makes no sense is left out."""
    severity, owner = filters.get("severity"), filters.get("owner")
    due = filters.get("due")
    hours = int(due) if due.isascii() and due.isdigit() and len(due) < 6 else None
    return WorryFilter(
        state=filters.get("state", "open"),
        severity=SEVERITIES.index(severity) + 1 if severity in SEVERITIES else None,
        rule=filters.get("rule") or None,
        carrier=filters.get("carrier") or None,
        owner=visit.user.email if owner == "me" else owner or None,
        waits_for=filters.get("waits") or None,
        case={"yes": True, "no": False}.get(filters.get("case")),
        due_us=None if hours is None else visit.services.now_us() + hours * HOUR_US,
        text=filters.get("q") or None,
        after=_position(filters.get("after")),
        limit=PAGE + 1,
    )


def _position(text: str) -> tuple[int, str] | None:
    rank, tilde, number = text.partition("~")
    digits = rank.removeprefix("-")
    fits = tilde and digits.isascii() and digits.isdigit() and len(digits) < 18
    return (int(rank), number) if fits else None


def line_of(visit: Visit, one: Worry) -> Line:
    return Line(
        one=one,
        severity=SEVERITIES[one.severity - 1],
        sub=BY_CODE[one.code].sub if one.code is not None else None,
        url=f"/console/shipments/{quote(one.number, safe='')}",
        next=next_of(one),
        late=one.due_us < visit.services.now_us(),
        why=why_of(one, visit.reader),
    )


async def tabs(visit: Visit, filters: Filters) -> list[Tab]:
    """Views with their counts."""
    saved = await visit.services.views.of(visit.tenant, visit.user.id, "worries")
    fixed = [(View(0, visit.reader.text(f"view.{name}"), query, False)) for name, query in BUILT_IN]
    counts = await asyncio.gather(*(_count(visit, one.query) for one in [*fixed, *saved]))
    current = Filters(filters.path, filters.values, tuple(one for one in KNOWN if one != "after"))
    return [
        Tab(one.name, filters.saved(one.query), count, one.query == current.query, one.id or None)
        for one, count in zip([*fixed, *saved], counts, strict=True)
    ]


async def _count(visit: Visit, query: str) -> str:
    wanted = filter_of(visit, Filters("", dict(parse_qsl(query)), KNOWN))
    found = await visit.services.worries.count(visit.tenant, wanted, visit.services.now_us())
    return f"{COUNTED - 1}+" if found >= COUNTED else str(found)


async def save_view(visit: Visit) -> Response:
    """The filters of the address under a name, for oneself or for everybody."""
    filters = Filters("/console", dict(parse_qsl(visit.form.get("query"))), KNOWN[:-1])
    name = visit.form.get("name")[:60]
    shared = visit.form.get("shared") == "1" and visit.may("manager")
    if name:
        await visit.services.views.add(
            visit.tenant, visit.user.id, "worries", name, filters.query, shared=shared
        )
        await visit.note("view_saved", f"view {name}", None, {"query": filters.query})
    return visit.back(filters.saved(filters.query))


async def drop_view(visit: Visit) -> Response:
    view = visit.form.get("view")
    if view.isascii() and view.isdigit() and len(view) < 18:
        shared = visit.may("manager")
        await visit.services.views.delete(visit.tenant, visit.user.id, int(view), shared=shared)
        await visit.note("view_deleted", f"view {view}", None, None)
    return visit.back("/console")
