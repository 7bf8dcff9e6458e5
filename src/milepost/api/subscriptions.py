"""`/v1/subscriptions`: who is told what happens, and where."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET

from milepost.api.subscription_shapes import (
    NewSubscription,
    SubscriptionAnswer,
    SubscriptionChange,
    SubscriptionPage,
    SubscriptionQuery,
    SubscriptionWithSecret,
    TestAnswer,
    shown,
    with_secret,
)
from milepost.engine.announce import TOPICS
from milepost.engine.delivering import Announcer
from milepost.engine.delivery import (
    Channel,
    Message,
    Subscription,
    Subscriptions,
    TooManySubscriptionsError,
)
from milepost.engine.dialects import called, kept_as
from milepost.engine.resolve import BadScanError, checked_number
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

# A secret that was rotated out signs as well for so long.
ROTATION = timedelta(hours=24)


def endpoints(store: Subscriptions, announcer: Announcer) -> list[Endpoint]:
    def endpoint(handler: Any, **given: Any) -> Endpoint:
        return Endpoint(handler=partial(handler, store, announcer), tag="subscriptions", **given)

    one = "/v1/subscriptions/{id}"
    return [
        endpoint(
            add,
            method="POST",
            path="/v1/subscriptions",
            summary="Subscribe a webhook",
            scope="write",
            body=NewSubscription,
            answer=SubscriptionWithSecret,
            status=201,
            answers=(409,),
        ),
        endpoint(
            page,
            method="GET",
            path="/v1/subscriptions",
            summary="List subscriptions",
            query=SubscriptionQuery,
            answer=SubscriptionPage,
        ),
        endpoint(
            show,
            method="GET",
            path=one,
            summary="One subscription",
            answer=SubscriptionAnswer,
            answers=(404,),
        ),
        endpoint(
            change,
            method="PATCH",
            path=one,
            summary="Change a subscription, or switch it on again",
            scope="write",
            body=SubscriptionChange,
            answer=SubscriptionAnswer,
            answers=(404, 409),
        ),
        endpoint(
            delete,
            method="DELETE",
            path=one,
            summary="Delete a subscription and its deliveries",
            scope="write",
            status=204,
            answers=(404,),
        ),
        endpoint(
            test,
            method="POST",
            path=one + "/test",
            summary="Send a test message now",
            scope="write",
            answer=TestAnswer,
            answers=(404,),
        ),
        endpoint(
            rotate,
            method="POST",
            path=one + "/rotate",
            summary="A new secret; the old one signs as well for 24 hours",
            scope="write",
            answer=SubscriptionWithSecret,
            answers=(404, 409),
        ),
    ]


async def add(store: Subscriptions, announcer: Announcer, call: Call) -> SubscriptionWithSecret:
    wanted: NewSubscription = call.body
    channel = _named(announcer, wanted.channel)
    _check(channel, wanted.url, wanted.secret)
    secret = wanted.secret or channel.new_secret()
    number = _number(wanted.number)
    try:
        added = await store.add_subscription(
            call.caller.tenant,
            channel=wanted.channel,
            url=wanted.url,
            secret=secret,
            events=wanted.events or TOPICS,
            number=number,
        )
    except TooManySubscriptionsError as error:
        raise ProblemError(409, str(error)) from None
    await announcer.changed(added.id)
    return with_secret(added)


async def page(store: Subscriptions, _: Announcer, call: Call) -> SubscriptionPage:
    query: SubscriptionQuery = call.query
    after = int(query.cursor or 0)
    found = await store.subscriptions_of(
        call.caller.tenant, after, query.limit + 1, kept_as(query.dialect)
    )
    listed = found[: query.limit]
    following = str(listed[-1].id) if len(found) > query.limit else None
    return SubscriptionPage([shown(one) for one in listed], following)


async def show(store: Subscriptions, _: Announcer, call: Call) -> SubscriptionAnswer:
    return shown(await _found(store, call))


async def change(store: Subscriptions, announcer: Announcer, call: Call) -> SubscriptionAnswer:
    wanted: SubscriptionChange = call.body
    before = await _found(store, call)
    given = {name: value for name, value in _given(wanted) if value is not UNSET}
    if before.dialect is not None and given.keys() - {"active"}:
        raise _dialects(before)
    if before.channel == "epcis" and given.keys() - {"active"}:
        raise ProblemError(409, "It belongs to an EPCIS query; only switch it on or off here.")
    if "url" in given:
        _check(_channel(announcer, before), given["url"], None)
    if "number" in given:
        given["number"] = _number(given["number"])
    changed = await store.change(call.caller.tenant, msgspec.structs.replace(before, **given))
    await announcer.changed(before.id)
    return shown(_there(changed))


async def delete(store: Subscriptions, announcer: Announcer, call: Call) -> None:
    subscription = _id(call)
    if not await store.delete(call.caller.tenant, subscription):
        raise _absent()
    await announcer.changed(subscription)


async def test(store: Subscriptions, announcer: Announcer, call: Call) -> TestAnswer:
    subscription = await _found(store, call)
    payload = msgspec.json.encode({"subscription": str(subscription.id)})
    message = Message(
        f"msg_{secrets.token_hex(16)}", "test", subscription.number, datetime.now(UTC), payload
    )
    answer = await announcer.test(subscription, message)
    return TestAnswer(
        message_id=message.id,
        delivered=answer.error is None,
        code=answer.code,
        error=answer.error,
        response=answer.response,
        duration_ms=answer.duration_ms,
    )


async def rotate(store: Subscriptions, announcer: Announcer, call: Call) -> SubscriptionWithSecret:
    before = await _found(store, call)
    if before.dialect is not None:
        raise _dialects(before)
    secret = _channel(announcer, before).new_secret()
    keep_until = datetime.now(UTC) + ROTATION
    rotated = await store.rotate(call.caller.tenant, before.id, secret, keep_until)
    return with_secret(_there(rotated))


def _channel(announcer: Announcer, one: Subscription) -> Channel:
    return _named(announcer, one.channel)


def _named(announcer: Announcer, name: str) -> Channel:
    found = announcer.channels.get(name)
    if found is None:
        raise ProblemError(409, f"The channel '{name}' is not installed here.")
    return found


def _given(wanted: SubscriptionChange) -> list[tuple[str, Any]]:
    return [(name, getattr(wanted, name)) for name in wanted.__struct_fields__]


def _check(channel: Channel, url: str, secret: str | None) -> None:
    try:
        channel.check_target(url)
        if secret is not None:
            channel.check_secret(secret)
    except ValueError as error:
        raise ProblemError(422, str(error)) from None


def _number(text: str | None) -> str | None:
    try:
        return None if text is None else checked_number(text)
    except BadScanError as error:
        raise ProblemError(422, str(error)) from None


def _id(call: Call) -> int:
    text = call.path("id")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _absent()
    return int(text)


async def _found(store: Subscriptions, call: Call) -> Subscription:
    return _there(await store.subscription(call.caller.tenant, _id(call)))


def _there(found: Subscription | None) -> Subscription:
    if found is None:
        raise _absent()
    return found


def _dialects(one: Subscription) -> ProblemError:
    return ProblemError(
        409, f"A client of {called(one.dialect)} made it; only switch it on or off here."
    )


def _absent() -> ProblemError:
    return ProblemError(404, "There is no such subscription.")
