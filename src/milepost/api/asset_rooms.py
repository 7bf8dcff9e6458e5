"""What the resources of assets work with, and what their questions have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from milepost.engine.containment import Containment
from milepost.engine.devices import Terminal
from milepost.engine.sensor_queries import SensorQueries
from milepost.engine.telemetry import Asset, FactReader, MediaReader
from milepost.sensing.geofence import Fence
from milepost.web.endpoint import Call
from milepost.web.problems import ProblemError


class AssetStore(Protocol):
    """Where assets are kept."""

    async def save(self, tenant: int, asset: Asset) -> Asset: ...

    async def page(
        self, tenant: int, after: str = "", kind: str | None = None, limit: int = 50
    ) -> list[Asset]: ...

    async def one(self, tenant: int, name: str) -> Asset | None: ...


class TerminalStore(Protocol):
    """Where devices and tags are kept. `save` raises ValueError for another tenant's."""

    async def save(self, terminal: Terminal) -> None: ...

    async def of_asset(self, tenant: int, asset: str) -> list[Terminal]: ...


class FenceStore(Protocol):
    """Where places are kept."""

    async def fences(self, tenant: int) -> list[Fence]: ...

    async def save_fence(self, tenant: int, fence: Fence) -> None: ...

    async def delete_fence(self, tenant: int, name: str) -> bool: ...


class AssetServices(Struct, frozen=True):
    """What the resource works with."""

    assets: AssetStore
    terminals: TerminalStore
    fences: FenceStore
    containment: Containment
    queries: SensorQueries
    facts: FactReader
    media: MediaReader
    now_us: Callable[[], int]
    changed: Callable[[int, str], None]


def asset_of(call: Call) -> str:
    """The asset that the path names."""
    return call.path("asset").replace("\x00", "")


def span_of(services: AssetServices, call: Call) -> tuple[int, int]:
    """The stretch that the query asks for, in microseconds. Raises ProblemError."""
    span = services.queries.span(call.query.since, call.query.until)
    if span is None:
        raise ProblemError(422, "Query: since and until are times with an offset (RFC 3339).")
    return span
