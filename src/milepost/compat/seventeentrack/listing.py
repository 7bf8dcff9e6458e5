"""`gettracklist`: registered numbers, page by page, with how each stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from milepost.compat.core import Watch
from milepost.compat.seventeentrack import VENDOR, faults, first
from milepost.compat.seventeentrack.call import Call, Item, read_json
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.filtering import Wanted, read_wanted
from milepost.compat.seventeentrack.registry import Found, settle
from milepost.compat.seventeentrack.row import news_us, pushed_us, row_of
from milepost.compat.seventeentrack.shape import Asked, item
from milepost.engine.dialects import LastPush

PAGE_SIZE = 40
# A question that only the roads can answer is put to so many of them at most.
MOST_SEARCHED = 5_000
_CHUNK = 200


async def get_track_list(call: Call, body: bytes) -> Item:
    """`data.accepted` and, beside it, `page`."""
    wanted = read_wanted(_object(body))
    start = (wanted.page_no - 1) * PAGE_SIZE
    search = _search if wanted.is_about_roads else _look_up
    total, found = await search(call, wanted, start)
    return {
        "page": {
            "data_total": total,
            "page_total": -(-total // PAGE_SIZE),
            "page_no": wanted.page_no,
            "page_size": PAGE_SIZE,
        },
        "code": 0,
        "data": {"accepted": [_row(call, one) for one in found]},
    }


def _row(call: Call, one: Found) -> Item:
    row = row_of(one, call)
    if call.version != first.V1:
        return row
    shown = None
    if one.track is not None:
        shown = item(Asked.of(one.watch, first.V1), one.track, call.services.crosswalk, call.now_us)
    return first.row_of(row, shown["track"] if shown else None)


def _object(body: bytes) -> Item:
    """The object of filters; some clients put it into an array, or send nothing."""
    given = read_json(body) if body.strip() else {}
    if isinstance(given, list):
        given = given[0] if given else {}
    if not isinstance(given, dict):
        raise FaultError(faults.BAD_DATA)
    return given


async def _look_up(call: Call, wanted: Wanted, start: int) -> tuple[int, list[Found]]:
    """The page, straight from the store."""
    watches = call.services.watches
    total = await watches.count(call.tenant, VENDOR, filters=wanted.columns)
    if start >= total:
        return total, []
    page = await watches.page(
        call.tenant,
        VENDOR,
        limit=start + PAGE_SIZE,
        filters=wanted.columns,
        newest_first=wanted.newest_first,
    )
    return total, await _with_roads(call, page[start:])


async def _search(call: Call, wanted: Wanted, start: int) -> tuple[int, list[Found]]:
    """The page of those whose roads are as wanted."""
    found: list[Found] = []
    after, seen = None, 0
    while seen < MOST_SEARCHED:
        page = await call.services.watches.page(
            call.tenant, VENDOR, after=after, limit=_CHUNK, filters=wanted.columns
        )
        if not page:
            break
        found += [one for one in await _with_roads(call, page) if wanted.fits(one)]
        after, seen = page[-1].id, seen + len(page)
    found.sort(key=_order(wanted), reverse=wanted.newest_first)
    return len(found), found[start : start + PAGE_SIZE]


def _order(wanted: Wanted) -> Callable[[Found], Any]:
    if wanted.by_news:
        return lambda one: (news_us(one) or 0, one.watch.id)
    if wanted.by_push:
        return lambda one: (pushed_us(one) or 0, one.watch.id)
    return lambda one: one.watch.id


async def _with_roads(call: Call, watches: list[Watch]) -> list[Found]:
    pushes = await call.services.watches.last_pushes(call.tenant, VENDOR, watches)
    return list(
        await asyncio.gather(*(_with_road(call, one, pushes.get(one.id)) for one in watches))
    )


async def _with_road(call: Call, watch: Watch, push: LastPush | None) -> Found:
    track = await call.services.queries.track(call.tenant, watch.number, private=True)
    await settle(call.services, watch, track, call.now_us)
    return Found(watch, track, push)
