"""The whole engine over a ledger in memory, and what must not depend on how events came in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import structlog

from milepost.domain.event import Event
from milepost.domain.scan import Scan
from milepost.domain.track import Track
from milepost.engine.ports import Ledger
from milepost.engine.rows import Link
from milepost.engine.unfold import folded
from milepost.runners.inline import Inline
from milepost.stores.memory.ledger import MemoryLedger
from milepost.wiring import Tables

# Hundreds of engines start here: none has to say that it has loaded nothing.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOW_US = int(NOW.timestamp() * 1_000_000)
TENANT = 1
TABLES = Tables()

# What comes in: a batch of scans, or numbers that turn out to belong together.
Step = list[Scan] | tuple[Link, ...]


class Clock:
    """What the engine takes for now; `ahead_s` after `NOW`."""

    def __init__(self) -> None:
        self.ahead_s = 0

    def us(self) -> int:
        return NOW_US + self.ahead_s * 1_000_000


def engine(ledger: Ledger, clock: Clock | None = None) -> Inline:
    return Inline(ledger, TABLES, now_us=(clock or Clock()).us)


class Seen(msgspec.Struct):
    """All that the engine says afterwards. `tracks` are without the times of receipt."""

    states: dict[int, bytes]
    folds: dict[int, bytes]
    alerts: set[tuple[int, str]]
    open: set[tuple[int, str]]
    tracks: dict[str, Any]
    accepted: int


def walk(steps: Sequence[Step]) -> Seen:
    """Everything in, one step after the other, at one and the same time."""
    return asyncio.run(_walk(steps))


async def _walk(steps: Sequence[Step]) -> Seen:
    ledger = MemoryLedger()
    inline = engine(ledger)
    await inline.start()
    accepted = 0
    numbers: set[str] = set()
    for step in steps:
        if isinstance(step, tuple):
            await inline.registrar.link(step)
        else:
            receipt = await inline.journey.take_given(TENANT, "test", b"", step)
            accepted += receipt.accepted
            numbers |= {scan.number for scan in step}
    await inline.second_look.settle()
    tracks = {number: shown(await inline.queries.track(TENANT, number)) for number in numbers}
    await inline.stop()
    judged = [*inline.shard.open.items(), *inline.desk.standing.items()]
    open_rules = {(road, rule) for road, rules in judged for rule in rules}
    alerts = {(one.shipment, one.finding.rule) for one in await ledger.open_alerts()}
    states, folds = inline.shard.states, folds_of(ledger, inline)
    return Seen(states, folds, alerts, open_rules, tracks, accepted)


def folds_of(ledger: MemoryLedger, inline: Inline) -> dict[int, bytes]:
    """Road → the fold of its events as the journal has them."""
    roads: dict[int, list[Event]] = {}
    for _, row in ledger.journal:
        roads.setdefault(inline.shard.road_of(row.event.parcel), []).append(row.event)
    return {road: folded(events) for road, events in roads.items()}


def shown(track: Track | None) -> Any:
    found = msgspec.to_builtins(track)
    for event in found["events"] if found else ():
        del event["received_at"]
    return found


def scan_at(number: str, hours: float, code: str | None = None, **more: Any) -> Scan:
    """A scan of some hours before `NOW`."""
    return Scan(number=number, occurred_at=NOW - timedelta(hours=hours), code=code, **more)
