"""What devices' protocols need of the store, as protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from milepost.domain.telemetry import Sample

Value = str | int | float | bool


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


class Told(NamedTuple):
    """What a device said of its asset beside what is measured, at one instant.

    `facts`: names carry their unit (`odometer_m`). `alarms` None: it says nothing of alarms, ():
    there are none. One that no table names goes by its number, in digits.
    """

    asset: str
    at_us: int
    facts: Mapping[str, Value]
    alarms: tuple[str, ...] | None = None
    lat_e7: int | None = None
    lon_e7: int | None = None


class Facts(Protocol):
    """Where facts and alarms go. Durable when it returns; in any order, any number of times."""

    async def record(self, tenant: int, told: Sequence[Told], received_us: int) -> None: ...


class Medium(Struct, frozen=True, kw_only=True):
    """A picture, sound or film that a device took; `body` as it came.

    `at_us`, `lat_e7`, `lon_e7`: when and where, as far as the device says. `event`: why it was
    taken, `channel`: by which camera; both are the protocol's own numbers. `complete` False: its
    end never came.
    """

    number: int
    content_type: str
    event: int
    channel: int
    body: bytes
    at_us: int | None = None
    lat_e7: int | None = None
    lon_e7: int | None = None
    complete: bool = True


class Media(Protocol):
    """Where they go. Durable when it returns; the same content is kept once."""

    async def add(self, tenant: int, asset: str, medium: Medium, received_us: int) -> None: ...


# A terminal's message that came in parts: protocol, identity, kind, serial of its first part.
PartKey = tuple[str, str, int, int]


class HeldPart(NamedTuple):
    """A frame that holds `part` of `parts` of a message, and for whom it is kept."""

    key: PartKey
    terminal: Terminal
    parts: int
    part: int
    frame: bytes


class Held(NamedTuple):
    """The frames of a message by part, and those that had been kept before."""

    frames: dict[int, bytes]
    repeated: frozenset[int]


class Parts(Protocol):
    """Where parts wait for the others. Durable when `keep` returns."""

    async def keep(self, parts: Sequence[HeldPart], received_us: int) -> Mapping[PartKey, Held]: ...

    async def drop(self, keys: Sequence[PartKey]) -> None: ...

    async def older(self, than_us: int) -> Sequence[HeldPart]:
        """Parts of messages of which nothing came since."""
        ...
