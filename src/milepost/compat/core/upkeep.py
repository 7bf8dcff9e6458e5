"""What dialects do by the clock alone, for all tenants: a dialect's `sweeping.py`, if it has one,
offers `async def sweep(services, tenant) -> int`, how many numbers it changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.util import find_spec
from traceback import format_exception

import structlog

from milepost.compat.core.discovery import all_dialects
from milepost.compat.core.services import CompatServices

log = structlog.get_logger()
EVERY_US = 3_600_000_000
Sweep = Callable[[CompatServices, int], Awaitable[int]]


def sweeps() -> dict[str, Sweep]:
    """By vendor."""
    return {
        vendor: import_module(f"{dialect.package}.sweeping").sweep
        for vendor, dialect in all_dialects().items()
        if find_spec(f"{dialect.package}.sweeping")
    }


class Upkeep:
    """Sweeps every hour of the server's clock."""

    def __init__(self, services: CompatServices) -> None:
        self._services = services
        self._sweeps = sweeps()
        self._swept_us: int | None = None

    async def turn(self) -> int:
        """Sweep if it is time; how many numbers were changed."""
        now_us = self._services.now_us()
        # A clock that was put back must not keep us waiting until it is where it was.
        if self._swept_us is not None and 0 <= now_us - self._swept_us < EVERY_US:
            return 0
        changed = 0
        for vendor, sweep in self._sweeps.items():
            for tenant in await self._services.watches.tenants(vendor):
                changed += await self._guarded(vendor, sweep, tenant)
        self._swept_us = now_us
        return changed

    async def _guarded(self, vendor: str, sweep: Sweep, tenant: int) -> int:
        try:
            return await sweep(self._services, tenant)
        except ConnectionError:
            raise
        except Exception as error:
            # Not log.exception: renderers may show local variables, and those hold secrets.
            trace = "".join(format_exception(error))
            log.error("sweep_failed", dialect=vendor, tenant=tenant, error=trace)
            return 0
