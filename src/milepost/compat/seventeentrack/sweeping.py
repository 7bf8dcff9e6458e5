"""Numbers whose time is up are stopped though nobody asks for them."""

from __future__ import annotations

import asyncio
import time
from traceback import format_exception

import structlog

from milepost.compat.core import CompatServices
from milepost.compat.seventeentrack.registry import sweep

log = structlog.get_logger()
EVERY_S = 3_600.0


class Sweeper:
    """Goes through a tenant's numbers beside its calls, at most once an hour."""

    def __init__(self, services: CompatServices) -> None:
        self._services = services
        self._swept: dict[int, float] = {}
        self._running: set[asyncio.Task[None]] = set()

    def wake(self, tenant: int) -> None:
        """A tenant is calling: have its numbers looked at if that was not done lately."""
        now = time.monotonic()
        if now - self._swept.get(tenant, -EVERY_S) < EVERY_S:
            return
        self._swept[tenant] = now
        task = asyncio.create_task(self._sweep(tenant))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _sweep(self, tenant: int) -> None:
        try:
            await sweep(self._services, tenant)
        except ConnectionError as error:
            log.warning("sweep_broken_off", tenant=tenant, error=str(error))
        except Exception as error:
            # Not log.exception: renderers may show local variables, and those hold secrets.
            log.error("sweep_failed", tenant=tenant, error="".join(format_exception(error)))
