"""What reading telemetry needs of the store, as protocols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

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


class Fact(NamedTuple):
    """The newest that a device said of its asset under one name."""

    at_us: int
    value: Any


class Alarm(NamedTuple):
    """An alarm from its first report to its last; an unknown one goes by its number, in digits."""

    alarm: str
    from_us: int
    until_us: int
    lat_e7: int | None
    lon_e7: int | None


class MediumKept(NamedTuple):
    """A picture, sound or film; see `engine.devices.Medium`."""

    id: str
    at_us: int
    received_us: int
    number: int
    content_type: str
    event: int
    channel: int
    lat_e7: int | None
    lon_e7: int | None
    bytes: int
    complete: bool


class FactReader(Protocol):
    """What devices said of assets, out of the store."""

    async def facts(self, tenant: int, asset: str) -> Mapping[str, Fact]:
        """The newest of each; `alarms` is among them where the devices tell of alarms."""
        ...

    async def alarms(
        self, tenant: int, asset: str, from_us: int, until_us: int, limit: int
    ) -> Sequence[Alarm]: ...


class MediaReader(Protocol):
    """What devices took pictures of, out of the store; the newest first."""

    async def page(
        self, tenant: int, asset: str, from_us: int, until_us: int, limit: int
    ) -> Sequence[MediumKept]: ...

    async def open(
        self, tenant: int, asset: str, medium: str
    ) -> tuple[MediumKept, bytes] | None: ...


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
