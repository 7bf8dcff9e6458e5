"""`/v1/deliveries`: the delivery log, and sending again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from milepost.engine.delivering import Announcer
from milepost.engine.delivery import Attempt, Delivery, DeliveryFilter, DeliveryLog, State
from milepost.engine.dialects import called, kept_as
from milepost.engine.resolve import BadScanError, checked_number
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Id = Annotated[str, Meta(pattern="^[0-9]{1,18}$")]
Dialect = Annotated[str, Meta(pattern="^[a-z0-9_]{1,40}$")]


class DeliveryQuery(Struct):
    """Filters of the log."""

    state: State | None = None
    number: str | None = None
    subscription: Id | None = None
    dialect: Dialect | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Id | None = None


class ReplayWish(Struct, forbid_unknown_fields=True):
    """Which dead letters are sent again, oldest first: all, or those of one receiver."""

    subscription: Id | None = None
    dialect: Dialect | None = None
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1_000


class Replayed(Struct):
    """How many are sent again."""

    replayed: int


class DeliveryLine(Struct, kw_only=True):
    """A delivery. `next_at`: when it is tried next; `last_…`: of the last attempt."""

    id: str
    subscription: str
    message_id: str
    topic: str
    number: str
    dialect: str | None
    state: State
    attempts: int
    next_at: datetime | None
    last_code: int | None
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


class DeliveryAnswer(DeliveryLine, kw_only=True):
    """A delivery with what it tells and every attempt, oldest first."""

    data: Any
    history: Sequence[Attempt]


class DeliveryPage(Struct):
    """One page, newest first; `next` is the cursor of the following page."""

    deliveries: list[DeliveryLine]
    next: str | None


def endpoints(store: DeliveryLog, announcer: Announcer) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path="/v1/deliveries",
            handler=partial(page, store),
            summary="The delivery log, newest first",
            query=DeliveryQuery,
            answer=DeliveryPage,
            tag="deliveries",
        ),
        Endpoint(
            method="GET",
            path="/v1/deliveries/{id}",
            handler=partial(show, store),
            summary="One delivery with all its attempts",
            answer=DeliveryAnswer,
            answers=(404,),
            tag="deliveries",
        ),
        Endpoint(
            method="POST",
            path="/v1/deliveries/replay",
            handler=partial(replay_failed, store, announcer),
            summary="Send dead letters again",
            scope="write",
            body=ReplayWish,
            answer=Replayed,
            status=202,
            tag="deliveries",
        ),
        Endpoint(
            method="POST",
            path="/v1/deliveries/{id}/replay",
            handler=partial(replay, store, announcer),
            summary="Send a delivery again, under the same message id",
            scope="write",
            answer=DeliveryLine,
            status=202,
            answers=(404, 409),
            tag="deliveries",
        ),
    ]


async def page(store: DeliveryLog, call: Call) -> DeliveryPage:
    query: DeliveryQuery = call.query
    try:
        number = None if query.number is None else checked_number(query.number)
    except BadScanError:
        return DeliveryPage([], None)  # nothing was ever sent about what is no number
    wanted = DeliveryFilter(
        state=query.state,
        number=number,
        subscription=int(query.subscription) if query.subscription else None,
        dialect=kept_as(query.dialect),
        before=int(query.cursor) if query.cursor else None,
        limit=query.limit + 1,
    )
    found = await store.deliveries_of(call.caller.tenant, wanted)
    shown = found[: query.limit]
    following = str(shown[-1].id) if len(found) > query.limit else None
    return DeliveryPage([DeliveryLine(**_fields(one)) for one in shown], following)


async def show(store: DeliveryLog, call: Call) -> DeliveryAnswer:
    found = await _found(store, call)
    data = msgspec.Raw(found.message.payload)
    return DeliveryAnswer(**_fields(found), data=data, history=found.history)


async def replay(store: DeliveryLog, announcer: Announcer, call: Call) -> DeliveryLine:
    before = await _found(store, call)
    if not await store.replay(call.caller.tenant, before.id, datetime.now(UTC)):
        raise ProblemError(409, "Its subscription is disabled; switch it on first.")
    announcer.wake()
    return DeliveryLine(**_fields(await _found(store, call)))


async def replay_failed(store: DeliveryLog, announcer: Announcer, call: Call) -> Replayed:
    wish: ReplayWish = call.body
    wanted = DeliveryFilter(
        state="failed",
        subscription=int(wish.subscription) if wish.subscription else None,
        dialect=kept_as(wish.dialect),
        limit=wish.limit,
    )
    replayed = await store.replay_failed(call.caller.tenant, wanted, datetime.now(UTC))
    if replayed:
        announcer.wake()
    return Replayed(replayed)


async def _found(store: DeliveryLog, call: Call) -> Delivery:
    text = call.path("id")
    known = text.isascii() and text.isdigit() and len(text) <= 18
    found = await store.delivery(call.caller.tenant, int(text)) if known else None
    if found is None:
        raise ProblemError(404, "There is no such delivery.")
    return found


def _fields(one: Delivery) -> dict[str, Any]:
    message = one.message
    return {
        "id": str(one.id),
        "subscription": str(one.subscription),
        "message_id": message.id,
        "topic": message.topic,
        "number": message.number or "",
        "dialect": called(one.dialect),
        "state": one.state,
        "attempts": one.attempts,
        "next_at": one.next_at,
        "last_code": one.last_code,
        "last_error": one.last_error,
        "created_at": message.created_at,
        "finished_at": one.finished_at,
    }
