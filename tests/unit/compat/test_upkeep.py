"""Sweeps by the server's clock."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from milepost.compat.core.upkeep import EVERY_US, Upkeep, sweeps


class Swept:
    """Services that count how often a sweep asked for its tenants."""

    def __init__(self) -> None:
        self.clock = 0
        self.times = 0
        self.watches = SimpleNamespace(tenants=self._tenants)

    async def _tenants(self, _vendor: str) -> list[int]:
        self.times += 1
        return []

    def now_us(self) -> int:
        return self.clock

    def at(self, upkeep: Upkeep, clock: int) -> bool:
        """Whether it sweeps at a time of the clock."""
        before, self.clock = self.times, clock
        asyncio.run(upkeep.turn())
        return self.times == before + len(sweeps())


def test_it_sweeps_once_an_hour_and_again_when_the_clock_is_put_back() -> None:
    services: Any = Swept()
    upkeep = Upkeep(services)

    assert services.at(upkeep, 90 * EVERY_US)
    assert not services.at(upkeep, 91 * EVERY_US - 1)
    assert services.at(upkeep, 91 * EVERY_US)
    assert services.at(upkeep, 1 * EVERY_US)
    assert not services.at(upkeep, 2 * EVERY_US - 1)
    assert services.at(upkeep, 2 * EVERY_US)
