"""Registered numbers: finding one, and stopping those whose time is up."""

from __future__ import annotations

from typing import NamedTuple

from milepost.compat.core import CompatServices, Watch
from milepost.compat.seventeentrack import VENDOR, faults, lifecycle
from milepost.compat.seventeentrack.call import Call, Item, read_carrier, read_number
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.shape import carrier_of
from milepost.domain.track import Track
from milepost.engine.dialects import LastPush

PAGE = 500


class Found(NamedTuple):
    """A registered number, and its road as far as it is known."""

    watch: Watch
    track: Track | None
    push: LastPush | None = None


async def find(call: Call, item: Item, carrier_field: str = "carrier") -> Found:
    """The registered number that an item means. Raises FaultError."""
    number = read_number(item)
    carrier = read_carrier(item, carrier_field)
    services = call.services
    watches = await services.watches.get(call.tenant, VENDOR, number)
    track = None
    if watches:
        track = await services.queries.track(call.tenant, number, private=True)
    for watch in watches:
        await settle(services, watch, track, call.now_us)
    left = [watch for watch in watches if not lifecycle.is_forgotten(watch, call.now_us)]
    mine = [watch for watch in left if carrier in (None, carrier_of(watch))]
    if not mine:
        raise FaultError(faults.NOT_REGISTERED, number)
    if len(mine) > 1:
        raise FaultError(faults.NOT_UNIQUE, number)
    return Found(mine[0], track)


async def settle(services: CompatServices, watch: Watch, track: Track | None, now_us: int) -> None:
    """What the clock has done meanwhile: stop tracking, or forget what was stopped long ago."""
    if lifecycle.is_forgotten(watch, now_us):
        await services.watches.delete(watch)
        return
    if not watch.active:
        return
    due_us = lifecycle.stops_us(watch, track)
    if due_us <= now_us:
        lifecycle.stop(watch, lifecycle.EXPIRED, due_us)
        await services.watches.save(watch)
        await services.watches.push(watch)


async def sweep(services: CompatServices, tenant: int) -> int:
    """Stop and forget what is due among all numbers of a tenant; how many were looked at.

    Nobody needs to ask for a number for its TRACKING_STOPPED to be sent.
    """
    after, seen = None, 0
    while page := await services.watches.page(tenant, VENDOR, after=after, limit=PAGE):
        for watch in page:
            seen += await _sweep_one(services, watch)
        after = page[-1].id
    return seen


async def _sweep_one(services: CompatServices, watch: Watch) -> int:
    now_us = services.now_us()
    if watch.active and now_us - watch.created_us < lifecycle.DONE_US:
        return 0
    track = None
    if watch.active:
        track = await services.queries.track(watch.tenant, watch.number)
    await settle(services, watch, track, now_us)
    return 1
