"""Calls that only older versions have: the last checkpoint, and who is notified."""

from __future__ import annotations

from functools import partial
from typing import Any

from milepost.compat.aftership import shape
from milepost.compat.aftership.answering import Answer, Asked, Handler
from milepost.compat.aftership.desk import Desk, split
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.telling import MOST_ITEMS
from milepost.compat.aftership.versions import older_tracking

# As AfterShip's lists call them → as customers hold them.
_KINDS = {"emails": "email", "smses": "phone_number"}


def handlers(desk: Desk) -> dict[str, Handler]:
    """By the name of the call."""
    calls = (last_checkpoint, notified, notify, silence)
    return {call.__name__: partial(call, desk) for call in calls}


async def last_checkpoint(desk: Desk, asked: Asked) -> Answer:
    shown = older_tracking(await desk.newest(await desk.found(asked)), asked.version)
    answer = shape.last_checkpoint(shown)
    if wanted := split(asked.query.get("fields")):
        answer["checkpoint"] = {
            name: value for name, value in answer["checkpoint"].items() if name in wanted
        }
    return Answer(answer)


async def notified(desk: Desk, asked: Asked) -> Answer:
    return _answer((await desk.found(asked)).options.get("customers"))


async def notify(desk: Desk, asked: Asked) -> Answer:
    return await _change(desk, asked, adds=True)


async def silence(desk: Desk, asked: Asked) -> Answer:
    return await _change(desk, asked, adds=False)


async def _change(desk: Desk, asked: Asked, *, adds: bool) -> Answer:
    watch = await desk.found(asked)
    wanted = _read(asked)
    customers: list[dict[str, Any]] = list(watch.options.get("customers") or [])
    for kind, values in wanted.items():
        for value in values:
            known = [one for one in customers if one.get(kind) == value]
            if adds and not known:
                customers.append({kind: value})
            elif not adds:
                customers = [_without(one, kind, value) for one in customers]
    customers = [one for one in customers if any(one.values())][:MOST_ITEMS]
    watch.options = watch.options | {"customers": customers}
    await desk.services.watches.save(watch)
    return _answer(customers)


def _read(asked: Asked) -> dict[str, list[str]]:
    given = asked.body().get("notification")
    if not isinstance(given, dict):
        raise FaultError(4014)
    return {kind: _values(given.get(name), name) for name, kind in _KINDS.items()}


def _values(given: Any, name: str) -> list[str]:
    values = [given] if isinstance(given, str) else given or []
    if not isinstance(values, list) or len(values) > MOST_ITEMS:
        raise FaultError(4008, name)
    if not all(isinstance(one, str) and 0 < len(one) <= 320 for one in values):
        raise FaultError(4008, name)
    return values


def _without(customer: dict[str, Any], kind: str, value: str) -> dict[str, Any]:
    if customer.get(kind) != value:
        return customer
    return {name: held for name, held in customer.items() if name != kind}


def _answer(customers: Any) -> Answer:
    found = {
        name: [one[kind] for one in customers or [] if one.get(kind)]
        for name, kind in _KINDS.items()
    }
    return Answer({"notification": found})
