"""Create, read, change and delete a tracking; track it again; call it completed."""

from __future__ import annotations

from functools import partial
from typing import Any

from milepost.compat.aftership import VENDOR, ids, shape, telling
from milepost.compat.aftership.answering import Answer, Asked, Handler
from milepost.compat.aftership.checkpoints import standing
from milepost.compat.aftership.desk import Desk
from milepost.compat.aftership.engaging import announce, complete_with, read_end
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.recognise import carrier_of
from milepost.compat.core import AlreadyWatchedError, TooManyWatchedError, Watch
from milepost.engine.resolve import BadScanError, checked_number

_NOT_OPTIONS = {"tracking_number", "slug", "slug_group"}
_LONGEST = 48


def handlers(desk: Desk) -> dict[str, Handler]:
    """By the name of the call."""
    calls = (create, get, update, delete, retrack, complete)
    return {call.__name__: partial(call, desk) for call in calls}


async def create(desk: Desk, asked: Asked) -> Answer:
    told = telling.read(asked.wrapped("tracking", 4006), asked.version, new=True)
    number = _number(told.get("tracking_number"))
    await _check_id(desk, asked, told.get("id"))
    slug, carrier = await carrier_of(desk, asked.tenant, number, told.get("slug"))
    watch = Watch(
        tenant=asked.tenant,
        dialect=VENDOR,
        number=number,
        carrier_code=slug,
        carrier=carrier,
        options=_options(told) | {"version": asked.version},
        account=asked.credential.public_id,
    )
    watch = await _added(desk, asked, watch)
    known = await desk.road(watch)
    await announce(desk.services, watch, told)
    # What is known already is told, as clients wait for the first update after a creation.
    if known is not None and standing(known.events):
        await desk.services.watches.push(watch)
    return Answer(asked.wrap("tracking", await desk.shown(asked, watch)), 201)


async def get(desk: Desk, asked: Asked) -> Answer:
    watch = await desk.found(asked)
    return Answer(asked.wrap("tracking", await desk.shown(asked, watch)))


async def update(desk: Desk, asked: Asked) -> Answer:
    watch = await desk.found(asked)
    told = telling.read(asked.wrapped("tracking", 4006), asked.version, new=False)
    if told.get("slug"):
        known = await carrier_of(desk, asked.tenant, watch.number, told["slug"])
        watch.carrier_code, watch.carrier = known
    changed = watch.options | _options(told)
    watch.options = {name: value for name, value in changed.items() if value is not None}
    try:
        await desk.services.watches.save(watch)
    except AlreadyWatchedError as error:
        raise FaultError(4003, data=await _of_existing(desk, asked, error.watch)) from None
    await announce(desk.services, watch, told)
    return Answer(asked.wrap("tracking", await desk.shown(asked, watch)))


async def delete(desk: Desk, asked: Asked) -> Answer:
    watch = await desk.found(asked)
    shown = await desk.shown(asked, watch)
    await desk.services.watches.delete(watch)
    return Answer(asked.wrap("tracking", shown))


async def retrack(desk: Desk, asked: Asked) -> Answer:
    watch = await desk.found(asked)
    if shape.is_active(watch, await desk.road(watch)):
        raise FaultError(4013)
    if "retracked_us" in watch.options:
        raise FaultError(4016)
    watch.options = watch.options | {"retracked_us": desk.services.now_us()}
    watch.active, watch.stopped_us = True, None
    await desk.services.watches.save(watch)
    return Answer(asked.wrap("tracking", await desk.shown(asked, watch)))


async def complete(desk: Desk, asked: Asked) -> Answer:
    watch = await desk.found(asked)
    body = asked.body()
    ended = read_end(desk.services, watch, body.get("reason"), body.get("event_datetime"))
    before = watch.active, watch.stopped_us
    # Stopped first, so that its end is pushed once and by us, not by chance.
    watch.active, watch.stopped_us = False, desk.services.now_us()
    await desk.services.watches.save(watch)
    try:
        await complete_with(desk.services, watch, ended)
    except FaultError:
        watch.active, watch.stopped_us = before
        await desk.services.watches.save(watch)
        raise
    await desk.services.watches.push(watch)
    return Answer(asked.wrap("tracking", await desk.shown(asked, watch)))


def _number(given: Any) -> str:
    if given is None or (isinstance(given, str) and not given.strip()):
        raise FaultError(4007)
    try:
        number = checked_number(given)
    except BadScanError:
        raise FaultError(4005) from None
    if len(number) > _LONGEST or not (number.isascii() and number.replace("-", "").isalnum()):
        raise FaultError(4017)
    return number


async def _check_id(desk: Desk, asked: Asked, own_id: str | None) -> None:
    if own_id is None:
        return
    if not ids.may_be_own(own_id) or ids.is_made(own_id):
        raise FaultError(4015)
    if existing := await desk.own(asked.tenant, own_id):
        raise FaultError(4003, data=await _of_existing(desk, asked, existing))


def _options(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in _NOT_OPTIONS}


async def _added(desk: Desk, asked: Asked, watch: Watch) -> Watch:
    try:
        return await desk.services.watches.add(watch)
    except AlreadyWatchedError as error:
        raise FaultError(4003, data=await _of_existing(desk, asked, error.watch)) from None
    except TooManyWatchedError:
        raise FaultError(403) from None


async def _of_existing(desk: Desk, asked: Asked, watch: Watch) -> dict[str, Any]:
    """So that a client which did not remember can go on with the one that is there."""
    shown = await desk.shown(asked, watch)
    shown.pop("checkpoints", None)
    wrapped: dict[str, Any] = asked.wrap("tracking", shown)
    return wrapped
