"""What the judge of sensors needs from outside, as protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from milepost.domain.care import Limits
from milepost.engine.telemetry import Asset


class Shipments(Protocol):
    """What the judge asks of shipments."""

    async def prepare(self, tenant: int, numbers: Sequence[str], *, states: bool) -> None:
        """Know what is asked of these next."""
        ...

    def road(self, tenant: int, number: str) -> int: ...

    def scanned(self, tenant: int, number: str) -> Mapping[str, Sequence[int]]:
        """All names under which the same box may be contained in assets, each with when the box's
        scans saw it at facilities (µs, oldest first).
        """
        ...

    def limits(self, tenant: int, number: str) -> Limits: ...

    def ended_us(self, road: int) -> int | None:
        """Since when it is handed over; None while it is under way."""
        ...


class Paths(Protocol):
    """Planned paths of assets."""

    async def one(self, tenant: int, name: str) -> Asset | None: ...


class Recorded(Protocol):
    """Alerts that were written before."""

    async def recorded(self, road: int, rules: Sequence[str]) -> list[tuple[str, int, int | None]]:
        """(rule, second since when, second until when) of all of a road's alerts."""
        ...
