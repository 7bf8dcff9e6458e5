"""`courier-connections`: a merchant's own accounts at carriers, kept for those who read them."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

import msgspec

from milepost.compat.aftership.answering import Answer, Asked, Handler
from milepost.compat.aftership.desk import Desk, split
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.listing import (
    DEFAULT_LIMIT,
    MOST,
    number_of,
    read_cursor,
    write_cursor,
)
from milepost.compat.aftership.slugs import carrier_for
from milepost.compat.core import TooManyWatchedError, Watch
from milepost.domain.moment import to_text

# A connection is kept as a watch that never watches: its secret is sealed at rest like theirs.
KEPT_AS = "aftership/connection"
LARGEST = 16_384


def handlers(desk: Desk) -> dict[str, Handler]:
    """By the name of the call."""
    return {
        "connections": partial(many, desk),
        "connect": partial(create, desk),
        "connection": partial(get, desk),
        "reconnect": partial(update, desk),
        "disconnect": partial(delete, desk),
    }


async def many(desk: Desk, asked: Asked) -> Answer:
    limit = number_of(asked, "limit", DEFAULT_LIMIT, MOST)
    slugs = [slug.lower() for slug in split(asked.query.get("courier_slug"))]
    filters = {"carrier_code": slugs} if slugs else {}
    watches = desk.services.watches
    found = await watches.page(
        asked.tenant, KEPT_AS, after=read_cursor(asked.query.get("cursor")), limit=limit + 1,
        filters=filters, newest_first=True,
    )  # fmt: skip
    more = len(found) > limit
    pagination = {
        "total": await watches.count(asked.tenant, KEPT_AS, filters=filters),
        "next_cursor": write_cursor(found[limit - 1].id) if more else "",
        "has_next_page": more,
    }
    shown = [_shown(watch) for watch in found[:limit]]
    return Answer({"pagination": pagination, "courier_connections": shown})


async def create(desk: Desk, asked: Asked) -> Answer:
    body = asked.body()
    slug = body.get("courier_slug")
    if not slug:
        raise FaultError(4009, "courier_slug")
    carrier = carrier_for(desk.services.crosswalk, slug) if isinstance(slug, str) else None
    if carrier is None:
        raise FaultError(4008, "courier_slug")
    watch = Watch(
        tenant=asked.tenant,
        dialect=KEPT_AS,
        number=secrets.token_hex(16),
        carrier_code=slug.lower(),
        carrier=carrier,
        secret=_credentials(body),
        active=False,
        account=asked.credential.public_id,
    )
    try:
        return Answer(_shown(await desk.services.watches.add(watch)), 201)
    except TooManyWatchedError:
        raise FaultError(403) from None


async def get(desk: Desk, asked: Asked) -> Answer:
    return Answer(_shown(await _found(desk, asked)))


async def update(desk: Desk, asked: Asked) -> Answer:
    watch = await _found(desk, asked)
    watch.secret = _credentials(asked.body())
    await desk.services.watches.save(watch)
    return Answer(_shown(watch))


async def delete(desk: Desk, asked: Asked) -> Answer:
    watch = await _found(desk, asked)
    await desk.services.watches.delete(watch)
    return Answer(_shown(watch))


async def _found(desk: Desk, asked: Asked) -> Watch:
    found = await desk.services.watches.get(asked.tenant, KEPT_AS, asked.path["id"])
    if not found:
        raise FaultError(404)
    return found[0]


def _credentials(body: dict[str, Any]) -> str:
    given = body.get("credentials")
    if given is None:
        raise FaultError(4009, "credentials")
    text = msgspec.json.encode(given).decode()
    if not isinstance(given, dict) or len(text) > LARGEST:
        raise FaultError(4008, "credentials")
    return text


def _shown(watch: Watch) -> dict[str, Any]:
    return {
        "id": watch.number.lower(),
        "courier_slug": watch.carrier_code,
        "credentials": msgspec.json.decode(watch.secret or "{}"),
        "created_at": to_text(watch.created_us // 1_000_000 * 1_000_000, 0),
        "updated_at": to_text(watch.updated_us // 1_000_000 * 1_000_000, 0),
    }
