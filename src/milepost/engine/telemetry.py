"""What reading telemetry needs of the store, as protocols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from milepost.domain.telemetry import Change, Sample


class Curve(NamedTuple):
    """The values of one field of one asset, oldest first. Times in µs since 1970."""

    times: list[int]
    values: list[int]


class Asset(NamedTuple):
    """A truck, cage, bag, locker or sensor. `path`: (lat_e7, lon_e7) pairs it is to follow."""

    name: str
    kind: str
    label: str | None = None
    path: tuple[tuple[int, int], ...] = ()
    corridor_m: int | None = None
    created_us: int = 0


class TelemetryReader(Protocol):
    """Samples out of the store. Times in µs since 1970, both ends included."""

    async def curve(
        self, tenant: int, asset: str, field: str, from_us: int, until_us: int
    ) -> Curve: ...

    async def curves(
        self, tenant: int, asset: str, fields: Sequence[str], from_us: int, until_us: int
    ) -> Mapping[str, Curve]:
        """Several fields of one asset, read once."""
        ...

    async def known(self, tenant: int, names: Sequence[str]) -> set[str]:
        """Those of the names of which anything was ever measured (or said)."""
        ...

    async def samples(
        self, tenant: int, assets: Sequence[str], from_us: int, until_us: int
    ) -> Mapping[str, list[Sample]]: ...

    async def latest(
        self, tenant: int, asset: str, field: str, from_us: int, until_us: int
    ) -> Sample | None:
        """The newest sample of the stretch that has a value of the field."""
        ...


# Told after samples (or changes) have become durable: the tenant, and what was recorded.
SamplesListener = Callable[[int, Sequence[Sample]], None]
ChangesListener = Callable[[int, Sequence[Change]], None]
