"""What devices' protocols need of the store, as protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from milepost.domain.telemetry import Sample


class Terminal(NamedTuple):
    """A device that may report. `secret` is what it authenticates with, where it can."""

    tenant: int
    protocol: str
    identity: str  # as the protocol names it: a phone number, an IMEI
    asset: str
    secret: str | None = None


class Terminals(Protocol):
    """The devices that tenants have made known."""

    async def find(self, protocol: str, identity: str) -> Terminal | None: ...

    async def save(self, terminal: Terminal) -> None: ...


class Recorded(NamedTuple):
    """What became of some samples: `repeated` had been recorded before."""

    accepted: int
    repeated: int


class Telemetry(Protocol):
    """Where samples go. Durable when it returns."""

    async def record(
        self, tenant: int, samples: Sequence[Sample], received_us: int
    ) -> Recorded: ...
