"""What the gateway bears, and what it counts."""

from __future__ import annotations

from msgspec import Struct

from milepost.intake.devices.reassembly import Patience


class Limits(Struct, frozen=True, kw_only=True):
    """`group_s`: how long a group gathers. `idle_s`: silence after which a connection ends."""

    group_s: float = 0.05
    idle_s: float = 600.0
    connections: int = 20_000
    waiting: int = 50_000
    attempts: int = 3
    parts: Patience = Patience()


class Counts(Struct):
    """What has happened since the start."""

    connections: int = 0
    messages: int = 0
    samples: int = 0
    repeated: int = 0
    media: int = 0
    answers: int = 0
    faults: int = 0
    groups: int = 0
    refused_connections: int = 0
