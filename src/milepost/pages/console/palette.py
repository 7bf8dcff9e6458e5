"""`/console/find`: what the palette and the search box find: numbers, orders, cases, views, pages,
reports, actions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import RedirectResponse, Response

from milepost.domain.status import BY_CODE
from milepost.engine.resolve import BadScanError
from milepost.engine.rows import ListFilter, SlowListError
from milepost.locale.catalogue import DEFAULT
from milepost.pages.console import menu
from milepost.pages.console.analytics.shown import shown
from milepost.pages.console.views import LISTS
from milepost.pages.console.visit import Visit
from milepost.pages.console.words import say
from milepost.pages.headers import HEADERS

MOST = 8
_FROM_LETTERS = 3
# What can be done from anywhere: (text, address, role).
ACTIONS = (
    ("shipment.open_case", "/console/cases/new", "agent"),
    ("sending.add", "/console/subscriptions#url", "manager"),
    ("connections.add", "/console/connections", "manager"),
    ("notices.give", "/console/notices#title", "manager"),
    ("policies.add_exception", "/console/policies#exceptions", "manager"),
    ("brand.mail", "/console/brand#mails", "manager"),
    ("keys.add", "/console/keys#name", "admin"),
    ("users.add", "/console/users#email", "admin"),
    ("account.language", "/console/account#language", "viewer"),
    ("account.password", "/console/account", "viewer"),
    ("net.wall", "/console/network?wall=1", "viewer"),
)


class Found(Struct, frozen=True):
    """A row. `kind`: what it is, in words; `key`: the letter behind `g` that leads there."""

    name: str
    url: str
    kind: str = ""
    more: str = ""
    key: str = ""


async def find(visit: Visit) -> Response:
    """The palette's rows; without a script, the list or the one shipment itself."""
    text = visit.request.query_params.get("q", "").replace("\x00", "").strip()[:200]
    if visit.part != "palette":
        known = await _is_number(visit, text)
        where = f"/console/shipments/{quote(text, safe='')}" if known else (
            f"/console/shipments?q={quote(text)}"
        )  # fmt: skip
        return RedirectResponse(where, 303, HEADERS)
    records = await asyncio.gather(_shipments(visit, text), _cases(visit, text))
    places = [*_pages(visit), *await _views(visit), *_reports(visit), *_actions(visit)]
    rows = [*records[0], *records[1], *_fitting(places, text)]
    return visit.page("_palette.html", found=rows[: 3 * MOST])


async def _is_number(visit: Visit, text: str) -> bool:
    try:
        return await visit.services.queries.track(visit.tenant, text) is not None
    except BadScanError:
        return False


async def _shipments(visit: Visit, text: str) -> list[Found]:
    if len(text) < _FROM_LETTERS:
        return []
    wanted = ListFilter(text=text, limit=MOST)
    try:
        rows = await visit.services.ledger.list_shipments(visit.tenant, wanted)
    except SlowListError:  # a few letters more find it
        return []
    return [
        Found(row.number, f"/console/shipments/{quote(row.number, safe='')}",
              visit.reader.status(BY_CODE[row.code].sub), row.order_number or "")
        for row in rows
    ]  # fmt: skip


async def _cases(visit: Visit, text: str) -> list[Found]:
    """A case by its number, with `#` or the word before it or not."""
    number = text.split(" ")[-1].lstrip("#")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return []
    answer = await visit.call("GET", f"/v1/cases/{number}")
    if not answer.ok:
        return []
    case = answer.body["case"]
    name = visit.reader.text("worries.case", id=number)
    return [Found(name, f"/console/cases/{number}", visit.reader.named("case", case["kind"]),
                  case["number"])]  # fmt: skip


def _pages(visit: Visit) -> Iterator[tuple[str, Found]]:
    for _, entries in menu.of(visit.user.role):
        for one in entries:
            kind = visit.reader.text("palette.page")
            key = f"menu.{one.name}"
            yield key, Found(visit.reader.text(key), one.path, kind, key=one.key)


async def _views(visit: Visit) -> list[tuple[str, Found]]:
    found = []
    for page, (path, _) in LISTS.items():
        for one in await visit.services.views.of(visit.tenant, visit.user.id, page):
            kind = visit.reader.text("palette.view")
            more = visit.reader.text(f"menu.{page}")
            found.append(("", Found(one.name, f"{path}?{one.query}", kind, more)))
    return found


def _reports(visit: Visit) -> Iterator[tuple[str, Found]]:
    kind = visit.reader.text("menu.analytics")
    for name in shown():
        key = f"report.{name}.title"
        yield key, Found(visit.reader.text(key), f"/console/analytics/{name}", kind)


def _actions(visit: Visit) -> Iterator[tuple[str, Found]]:
    kind = visit.reader.text("palette.actions")
    for key, path, role in ACTIONS:
        if visit.may(role):
            yield key, Found(visit.reader.text(key), path, kind)


def _fitting(found: Iterable[tuple[str, Found]], text: str) -> Iterator[Found]:
    """Those that have every word of the text, in the reader's language or in English."""
    words = text.casefold().split()
    for key, one in found:
        names = f"{one.name} {one.kind} {say(key, DEFAULT) if key else ''}".casefold()
        if all(word in names for word in words):
            yield one
