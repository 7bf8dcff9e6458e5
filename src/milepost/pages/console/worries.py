"""`/console`: what needs a person, the most urgent first, each with the one next action."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response

from milepost.domain.status import BY_CODE
from milepost.locale.catalogue import CATALOGUES, DEFAULT
from milepost.pages.console.coming import destination_of
from milepost.pages.console.filters import Filters
from milepost.pages.console.next_step import Next, next_of
from milepost.pages.console.reader import HOUR_US
from milepost.pages.console.views import filters_of, tabs
from milepost.pages.console.visit import Visit
from milepost.pages.console.why import Why, why_of
from milepost.stores.postgres.console.outlooks import Ahead
from milepost.stores.postgres.console.worries import Worry, WorryFilter

SEVERITIES = ("info", "warning", "critical")
PAGE = 50
# Views that everybody has: (text, query).
BUILT_IN = (
    ("view.all", ""), ("view.critical", "severity=critical"), ("view.today", "due=24"),
    ("view.mine", "owner=me"), ("view.carrier", "waits=carrier"),
    ("view.snoozed", "state=snoozed"), ("view.acknowledged", "state=acknowledged"),
)  # fmt: skip


class Line(Struct, frozen=True):
    """A row as the template lays it out."""

    one: Worry
    destination: str
    severity: str
    sub: str | None
    url: str
    next: Next
    late: bool
    why: Why


async def show(visit: Visit) -> Response:
    """The list; its rows alone for the script."""
    filters = filters_of(visit, "worries")
    wanted = filter_of(visit, filters)
    rows = await visit.services.worries.list(visit.tenant, wanted, visit.services.now_us())
    shown = rows[:PAGE]
    following = f"{shown[-1].rank_us}~{shown[-1].number}" if len(rows) > PAGE else None
    more = filters.with_(after=following) if following else None
    ahead = await visit.services.outlooks.of([one.road for one in shown])
    lines = [line_of(visit, one, ahead.get(one.road)) for one in shown]
    if visit.part == "rows":
        return visit.page("_worry_rows.html", lines=lines, more=more, filters=filters)
    return visit.page(
        "worries.html", lines=lines, more=more, filters=filters,
        tabs=await tabs(visit, "worries", BUILT_IN, partial(_count, visit)),
        carriers=await visit.services.network.carriers(visit.tenant), states=STATES,
        severities=SEVERITIES[::-1], rules=_rules(visit),
    )  # fmt: skip


def _rules(visit: Visit) -> list[tuple[str, str]]:
    """(rule, what it is called), by their names in the reader's language."""
    keys = (key.split(".") for key in CATALOGUES[DEFAULT] if key.startswith("rule."))
    names = {key[1] for key in keys} - {"fallback"}
    return sorted(((one, visit.reader.rule(one)) for one in names), key=lambda one: one[1])


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


def line_of(visit: Visit, one: Worry, ahead: Ahead | None = None) -> Line:
    """`ahead` knows the destination's parts, which are said in the reader's language."""
    reader = visit.reader
    return Line(
        one=one,
        destination=_toward(ahead, visit) or reader.place(one.destination),
        severity=SEVERITIES[one.severity - 1],
        sub=BY_CODE[one.code].sub if one.code is not None else None,
        url=f"/console/shipments/{quote(one.number, safe='')}",
        next=next_of(one),
        late=one.due_us < visit.services.now_us(),
        why=why_of(one, reader),
    )


def _toward(ahead: Ahead | None, visit: Visit) -> str:
    return destination_of(ahead.destination, visit.named) if ahead else ""


async def _count(visit: Visit, filters: Filters) -> int:
    wanted = filter_of(visit, filters)
    return await visit.services.worries.count(visit.tenant, wanted, visit.services.now_us())
