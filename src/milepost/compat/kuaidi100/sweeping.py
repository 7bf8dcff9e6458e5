"""Subscriptions of which nothing was heard for three days are given up, as Kuaidi100 does.

Their subscriber is told once, with the company that the number looks like.
"""

from __future__ import annotations

import asyncio
import time
from traceback import format_exception

import structlog

from milepost.compat.core import CompatServices, Watch
from milepost.compat.kuaidi100 import VENDOR
from milepost.compat.kuaidi100.push import SILENT_US, since_us

log = structlog.get_logger()
EVERY_S = 3_600.0
PAGE = 500
_TOLD = "silence_told"


class Sweeper:
    """Goes through a tenant's subscriptions beside its calls, at most once an hour."""

    def __init__(self) -> None:
        self._swept: dict[int, float] = {}
        self._running: set[asyncio.Task[None]] = set()

    def wake(self, services: CompatServices, tenant: int) -> None:
        """A tenant is calling: have its subscriptions looked at if that was not done lately."""
        now = time.monotonic()
        if now - self._swept.get(tenant, -EVERY_S) < EVERY_S:
            return
        self._swept[tenant] = now
        task = asyncio.create_task(_guarded(services, tenant))
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def _guarded(services: CompatServices, tenant: int) -> None:
    try:
        await sweep(services, tenant)
    except ConnectionError as error:
        log.warning("sweep_broken_off", tenant=tenant, error=str(error))
    except Exception as error:
        # Not log.exception: renderers may show local variables, and those hold secrets.
        log.error("sweep_failed", tenant=tenant, error="".join(format_exception(error)))


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
    silent = [one for one in watches if roads[one.id] not in known]
    for watch in silent:
        watch.options = watch.options | {_TOLD: True}
        await services.watches.save(watch)
        await services.watches.push(watch)
    return len(silent)
