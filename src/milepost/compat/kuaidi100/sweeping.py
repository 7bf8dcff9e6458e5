"""Subscriptions that nobody hears of are given up, as Kuaidi100 does: after three days without any
record (three more under the company that the number looks like, if that is another one), and after
sixty days without a change. Their subscriber is told each time.
"""

from __future__ import annotations

from milepost.compat.core import CompatServices, Watch
from milepost.compat.kuaidi100 import VENDOR, clock
from milepost.compat.kuaidi100.push import (
    QUIET,
    QUIET_US,
    SIGNED,
    SILENCE_TOLD_US,
    SILENCES,
    SILENT_US,
    since_us,
)

PAGE = 500
_MOST_SILENCES = 2


async def sweep(services: CompatServices, tenant: int) -> int:
    """How many subscribers were told that there is nothing to tell."""
    told, after = 0, None
    before_us = services.now_us() - SILENT_US
    while page := await services.watches.page(
        tenant, VENDOR, after=after, limit=PAGE, filters={"active": True}
    ):
        after = page[-1].id
        old = [one for one in page if since_us(one) <= before_us]
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
            told += await _tell_of_silence(services, watch)
        elif QUIET not in watch.options and await _is_quiet(services, watch):
            told += await _push(services, watch, {QUIET: True})
    return told


async def _tell_of_silence(services: CompatServices, watch: Watch) -> int:
    now_us, times = services.now_us(), int(watch.options.get(SILENCES) or 0)
    since = int(watch.options.get(SILENCE_TOLD_US) or 0)
    if times >= _MOST_SILENCES or now_us - since < SILENT_US:
        return 0
    return await _push(services, watch, {SILENCES: times + 1, SILENCE_TOLD_US: now_us})


async def _is_quiet(services: CompatServices, watch: Watch) -> bool:
    """Whether nothing has come for sixty days, though the parcel is still on its way."""
    before_us = services.now_us() - QUIET_US
    if since_us(watch) > before_us:
        return False
    track = await services.queries.track(watch.tenant, watch.number, private=True)
    if track is None or track.status.main in SIGNED:
        return False
    return all(clock.us_of(event.received_at) <= before_us for event in track.events)


async def _push(services: CompatServices, watch: Watch, marks: dict[str, int]) -> int:
    watch.options = watch.options | marks
    await services.watches.save(watch)
    await services.watches.push(watch)
    return 1
