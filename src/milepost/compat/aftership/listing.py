"""Many trackings: filters, and pages by cursor or, before 2024-10, by number."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from msgspec import Struct

from milepost.compat.aftership import VENDOR, versions
from milepost.compat.aftership.answering import Answer, Asked, Handler
from milepost.compat.aftership.desk import Desk, split
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.sieve import Sieve, read_sieve
from milepost.compat.core import Watch

DEFAULT_LIMIT = 100
MOST = 200
# A filter that the database cannot apply looks at so many trackings in one call.
MOST_LOOKED_AT = 2_000
_ECHOED = ("keyword", "slug", "tag", "fields", "created_at_min", "created_at_max")
_ECHOED_LISTS = ("origin", "destination", "return_to_sender", "courier_destination_country_iso3")


class Page(Struct):
    """What was found, and the id after which to go on; None at the end."""

    found: list[dict[str, Any]]
    after: int | None


def handlers(desk: Desk) -> dict[str, Handler]:
    """By the name of the call."""
    return {"trackings": partial(trackings, desk)}


async def trackings(desk: Desk, asked: Asked) -> Answer:
    limit = number_of(asked, "limit", DEFAULT_LIMIT, MOST)
    sieve = read_sieve(asked)
    if asked.reaches(versions.layout().cursor):
        return Answer(await _by_cursor(desk, asked, sieve, limit))
    return Answer(await _by_number(desk, asked, sieve, limit))


async def _by_cursor(desk: Desk, asked: Asked, sieve: Sieve, limit: int) -> dict[str, Any]:
    after = read_cursor(asked.query.get("cursor"))
    page = await _page(desk, asked.tenant, sieve, after, 0, limit)
    return {
        "pagination": {
            "total": await _total(desk, asked.tenant, sieve, page if after is None else None),
            "next_cursor": "" if page.after is None else write_cursor(page.after),
            "has_next_page": page.after is not None,
        },
        "trackings": [desk.dressed(asked, one) for one in page.found],
    }


async def _by_number(desk: Desk, asked: Asked, sieve: Sieve, limit: int) -> dict[str, Any]:
    number = number_of(asked, "page", 1, 1_000_000)
    page = await _page(desk, asked.tenant, sieve, None, (number - 1) * limit, limit)
    return {
        "page": number,
        "limit": limit,
        "count": await _total(desk, asked.tenant, sieve, page if number == 1 else None),
        **{name: asked.query.get(name, "") for name in _ECHOED},
        **{name: split(asked.query.get(name)) for name in _ECHOED_LISTS},
        "trackings": [desk.dressed(asked, one) for one in page.found],
    }


async def _page(
    desk: Desk, tenant: int, sieve: Sieve, after: int | None, skip: int, limit: int
) -> Page:
    """The next so many that pass, without the first `skip`."""
    page = Page([], None)
    looked_at = 0
    async for watch in _walk(desk, tenant, sieve, after, limit):
        if len(page.found) == limit or (sieve.looks and looked_at == MOST_LOOKED_AT):
            return page
        page.after = watch.id
        looked_at += 1
        if not sieve.passes_watch(watch):
            continue
        if skip and not sieve.looks_at_road:
            skip -= 1
            continue
        shown = await desk.newest(watch)
        if sieve.passes(shown):
            if skip:
                skip -= 1
            else:
                page.found.append(shown)
    page.after = None
    return page


async def _total(desk: Desk, tenant: int, sieve: Sieve, first: Page | None) -> int:
    """How many pass, counted among the newest MOST_LOOKED_AT where the database cannot tell.
    `first`: the page that begins with the newest; if it is the last as well, it holds them all.
    """
    if first is not None and first.after is None:
        return len(first.found)
    if not sieve.looks:
        return await desk.services.watches.count(tenant, VENDOR, filters=sieve.filters)
    total = looked_at = 0
    async for watch in _walk(desk, tenant, sieve, None, MOST):
        if looked_at == MOST_LOOKED_AT:
            break
        looked_at += 1
        if sieve.passes_watch(watch):
            total += not sieve.looks_at_road or sieve.passes(await desk.newest(watch))
    return total


async def _walk(
    desk: Desk, tenant: int, sieve: Sieve, after: int | None, limit: int
) -> AsyncIterator[Watch]:
    """All that the database lets through, newest first."""
    size = min(limit + 1, MOST)
    while True:
        found = await desk.services.watches.page(
            tenant, VENDOR, after=after, limit=size, filters=sieve.filters, newest_first=True
        )
        for watch in found:
            yield watch
        if len(found) < size:
            return
        after, size = found[-1].id, MOST


def number_of(asked: Asked, name: str, default: int, most: int) -> int:
    """A whole number from 1; more than `most` counts as that. Raises FaultError 4008."""
    text = asked.query.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise FaultError(4008, name)
    return min(int(text), most)


def write_cursor(after: int) -> str:
    """Opaque to clients."""
    return base64.urlsafe_b64encode(f"after:{after}".encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> int | None:
    """Raises FaultError 4008 for what is no cursor of ours."""
    if not text:
        return None
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        word, _, number = plain.partition(":")
        if word != "after" or not number.isdecimal() or len(number) > 18:
            raise ValueError(text)
        return int(number)
    except (ValueError, binascii.Error):
        raise FaultError(4008, "cursor") from None
