"""Subscriptions that nobody hears of are given up, as Kuaidi100 does: after three days without any
record (with the company that the number looks like), and after sixty days without a change.

Their subscriber is told once.
"""

from __future__ import annotations

from milepost.compat.core import CompatServices, Watch
from milepost.compat.kuaidi100 import VENDOR, clock
from milepost.compat.kuaidi100.push import QUIET, QUIET_US, SIGNED, SILENT_US, since_us

PAGE = 500
_TOLD = "silence_told"


async def sweep(services: CompatServices, tenant: int) -> int:
    """How many subscribers were told that there is nothing to tell."""
    told, after = 0, None
    before_us = services.now_us() - SILENT_US
    while page := await services.watches.page(
        tenant, VENDOR, after=after, limit=PAGE, filters={"active": True}
    ):
        after = page[-1].id
        old = [one for one in page if since_us(one) <= before_us and _TOLD not in one.options]
        told += await _tell(services, tenant, old)
        if page[-1].created_us > before_us:
            break
    return told


async def _tell(services: CompatServices, tenant: int, watches: list[Watch]) -> int:
    roads = {one.id: services.queries.road_of(tenant, one.number) for one in watches}
    known = await services.queries.known(list(roads.values())) if roads else set()
    told = 0
    for watch in watches:
        if roads[watch.id] not in known:
            told += await _push(services, watch, {_TOLD: True})
        elif await _is_quiet(services, watch):
            told += await _push(services, watch, {_TOLD: True, QUIET: True})
    return told


async def _is_quiet(services: CompatServices, watch: Watch) -> bool:
    """Whether nothing has come for sixty days, though the parcel is still on its way."""
    before_us = services.now_us() - QUIET_US
    if since_us(watch) > before_us:
        return False
    track = await services.queries.track(watch.tenant, watch.number, private=True)
    if track is None or track.status.main in SIGNED:
        return False
    return all(clock.us_of(event.received_at) <= before_us for event in track.events)


async def _push(services: CompatServices, watch: Watch, marks: dict[str, bool]) -> int:
    watch.options = watch.options | marks
    await services.watches.save(watch)
    await services.watches.push(watch)
    return 1
