"""Where what terminals say goes: samples, facts and alarms, media, card reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from milepost.domain.telemetry import RfidRead
from milepost.engine.devices import Facts, Media, Parts, Telemetry, Terminal
from milepost.intake.devices.group import Admitted
from milepost.intake.devices.limits import Counts

# Where a terminal's card reads go: (tenant, asset, reads).
Reads = Callable[[Terminal, Sequence[RfidRead]], Awaitable[None]]


class Keeping(NamedTuple):
    """Where what terminals say is kept. `reads`: where a terminal's card reads go."""

    telemetry: Telemetry
    facts: Facts
    media: Media
    parts: Parts
    reads: Reads | None = None


async def keep(keeping: Keeping, found: Admitted, counts: Counts, now_us: int) -> None:
    """All of it, durable when this returns. Raises what the stores raise; may be told again."""
    for tenant, samples in found.samples.items():
        recorded = await keeping.telemetry.record(tenant, samples, now_us)
        counts.samples += recorded.accepted
        counts.repeated += recorded.repeated
    for tenant, told in found.told.items():
        await keeping.facts.record(tenant, told, now_us)
    for terminal, medium, received in found.media:
        received_us = round(received.timestamp() * 1e6)
        await keeping.media.add(terminal.tenant, terminal.asset, medium, received_us)
        counts.media += 1
    if keeping.reads is not None:
        for terminal, reads in found.reads:
            await keeping.reads(terminal, reads)
