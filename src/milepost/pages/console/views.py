"""Saved views: the filters of a list under a name, with how many rows they give."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.responses import Response

from milepost.pages.console.filters import Filters
from milepost.pages.console.visit import Visit
from milepost.stores.postgres.console.books import View
from milepost.stores.postgres.console.worries import COUNTED

# The lists that have views, by their address and what it may ask for.
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "worries": ("/console", ("state", "severity", "rule", "carrier", "owner", "waits", "case",
                             "due", "q", "after")),
    "shipments": ("/console/shipments", ("main", "carrier", "trouble", "q", "to", "due", "sort",
                                         "after")),
}  # fmt: skip
# Where the list goes on is no part of a view.
POSITION = "after"
# None where they cannot be counted in time.
Count = Callable[[Filters], Awaitable[int | None]]


class Tab(Struct, frozen=True):
    """A view with its count. `id` is None for those that everybody has."""

    name: str
    url: str
    count: str
    current: bool
    id: int | None = None


def filters_of(visit: Visit, name: str) -> Filters:
    """What the address asks of a list."""
    path, known = LISTS[name]
    return Filters(path, visit.request.query_params, known)


async def tabs(
    visit: Visit, name: str, built_in: Sequence[tuple[str, str]], count: Count
) -> list[Tab]:
    """`built_in`: (text's key, query) of the views that everybody has."""
    filters = filters_of(visit, name)
    saved = await visit.services.views.of(visit.tenant, visit.user.id, name)
    fixed = [View(0, visit.reader.text(key), query, False) for key, query in built_in]
    views = [*fixed, *saved]
    found = await asyncio.gather(*(count(_asked(name, one.query)) for one in views))
    current = _asked(name, filters.query).query
    return [
        Tab(one.name, filters.saved(one.query), _shown(n), one.query == current, one.id or None)
        for one, n in zip(views, found, strict=True)
    ]


async def save(visit: Visit) -> Response:
    """The filters of the address under a name, for oneself or for everybody."""
    page = _list_of(visit)
    filters = _asked(page, visit.form.get("query"))
    name = visit.form.get("name")[:60]
    shared = visit.form.get("shared") == "1" and visit.may("manager")
    if name:
        await visit.services.views.add(
            visit.tenant, visit.user.id, page, name, filters.query, shared=shared
        )
        await visit.note("view_saved", f"view {name}", None, {"query": filters.query})
    return visit.back(filters.saved(filters.query))


async def drop(visit: Visit) -> Response:
    view = visit.form.get("view")
    if view.isascii() and view.isdigit() and len(view) < 18:
        shared = visit.may("manager")
        await visit.services.views.delete(visit.tenant, visit.user.id, int(view), shared=shared)
        await visit.note("view_deleted", f"view {view}", None, None)
    return visit.back(LISTS[_list_of(visit)][0])


def _asked(name: str, query: str) -> Filters:
    path, known = LISTS[name]
    kept = tuple(one for one in known if one != POSITION)
    return Filters(path, dict(parse_qsl(query)), kept)


def _shown(found: int | None) -> str:
    if found is None:
        return "…"
    return f"{COUNTED - 1}+" if found >= COUNTED else str(found)


def _list_of(visit: Visit) -> str:
    page = visit.form.get("page")
    return page if page in LISTS else "worries"
