"""An engine that is killed at any moment, and the next one over the same ledger."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.domain.event import key_of
from milepost.domain.scan import LinkedNumber, Scan
from milepost.engine.linking import links_of
from milepost.engine.rows import ListFilter
from milepost.runners.inline import Inline
from milepost.stores.memory.ledger import MemoryLedger
from unit.engine.whole import NOW_US, TENANT, Clock, engine, folds_of, scan_at

NUMBERS = [f"SF10000{n}" for n in range(6)]
CODES = ["info_received.created", "picked_up", "in_transit.arrived_hub", "delivered", "nonsense"]
# What happens: a batch, the read model is written, a crash, numbers join, or they join and the
# engine is killed before it knows.
STEPS = ["batch", "batch", "batch", "cycle", "crash", "join", "half a join"]

DAY_S = 86_400


async def killed(inline: Inline) -> None:
    """Without a chance to put anything in order."""
    for task in inline._tasks:
        task.cancel()
    await asyncio.gather(*inline._tasks, return_exceptions=True)


async def started(ledger: MemoryLedger, clock: Clock | None = None) -> Inline:
    inline = engine(ledger, clock)
    await inline.start()
    return inline


def batch(chance: random.Random) -> list[Scan]:
    return [
        scan_at(chance.choice(NUMBERS), chance.randrange(1, 300), chance.choice(CODES))
        for _ in range(chance.randrange(1, 8))
    ]


async def live(ledger: MemoryLedger, steps: list[str], chance: random.Random) -> list[list[Scan]]:
    """Do the steps; what was acknowledged."""
    sent: list[list[Scan]] = []
    links = links_of(TENANT, [[LinkedNumber(number=one) for one in NUMBERS[:3]]])
    inline = await started(ledger)
    for step in steps:
        if step == "batch":
            sent.append(batch(chance))
            await inline.journey.take_given(TENANT, "test", b"", sent[-1])
        elif step == "cycle":
            await inline.read_model.cycle(hurry=True)
        elif step == "join":
            await inline.registrar.link(links)
        else:
            if step == "half a join":
                await ledger.add_links(links)
            await killed(inline)
            inline = await started(ledger)
    await killed(inline)
    return sent


async def check(ledger: MemoryLedger, sent: list[list[Scan]]) -> None:
    """The next engine knows all that was acknowledged, once, and says so everywhere."""
    clock = Clock()
    inline = await started(ledger, clock)
    assert inline.shard.states == folds_of(ledger, inline)
    for scans in sent:
        receipt = await inline.journey.take_given(TENANT, "test", b"", scans)
        assert (receipt.accepted, receipt.duplicates) == (0, len(scans))
    await inline.read_model.cycle()
    clock.ahead_s = 60
    while await inline.clockwork.tick():
        pass
    await inline.stop()

    assert set(ledger.shipments) == set(inline.shard.states)
    for road, row in ledger.shipments.items():
        assert row.state == inline.shard.states[road]
        assert row.alerts == len(inline.shard.open.get(road, ()))
    known = {(road, rule) for road, rules in inline.shard.open.items() for rule in rules}
    assert known == {(one.shipment, one.finding.rule) for one in await ledger.open_alerts()}
    assert all(road in inline.shard.states for road, _ in known)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=12), seed=st.integers(0, 2**32))
def test_the_next_engine_knows_what_was_acknowledged(steps: list[str], seed: int) -> None:
    async def run() -> None:
        ledger = MemoryLedger()
        sent = await live(ledger, steps, random.Random(seed))
        await check(ledger, sent)

    asyncio.run(run())


def test_alerts_that_fell_due_while_nobody_was_there() -> None:
    async def run() -> None:
        ledger = MemoryLedger()
        clock = Clock()
        inline = await started(ledger, clock)
        await inline.journey.take_given(
            TENANT, "test", b"", [scan_at(NUMBERS[0], 1, "in_transit.arrived_hub")]
        )
        await killed(inline)
        assert await ledger.open_alerts() == []

        clock.ahead_s = 3 * DAY_S
        later = await started(ledger, clock)
        await later.read_model.cycle(hurry=True)
        await later.clockwork.tick()
        await later.stop()
        road = key_of(TENANT, NUMBERS[0])
        opened = [(one.shipment, one.finding.rule) for one in await ledger.open_alerts()]
        assert opened == [(road, "dwell")]
        rows = await ledger.list_shipments(TENANT, ListFilter(trouble=True))
        assert [row.number for row in rows] == [NUMBERS[0]]

    asyncio.run(run())


def test_a_group_that_cannot_be_written_is_written_later() -> None:
    class Shaky(MemoryLedger):
        failures = 3

        async def commit(self, shard: int, group: object) -> int:  # type: ignore[override]
            written = await super().commit(shard, group)  # type: ignore[arg-type]
            if self.failures:
                self.failures -= 1
                # The answer is lost, though the commit took place; or it is something unheard of.
                raise ConnectionError("gone") if self.failures % 2 else RuntimeError("disk full")
            return written

    async def run() -> None:
        ledger = Shaky()
        inline = await started(ledger)
        scans = [scan_at(NUMBERS[0], 5, "picked_up")]
        receipt = await inline.journey.take_given(TENANT, "test", b"", scans)
        await inline.stop()

        assert receipt.accepted == 1
        assert len(ledger.journal) == 1

    asyncio.run(run())


def test_while_the_database_is_away_the_house_is_kept_later() -> None:
    class Away(MemoryLedger):
        away = True

        async def save_shipments(self, rows: object, gone: object) -> None:  # type: ignore[override]
            if self.away:
                raise ConnectionError("gone")
            await super().save_shipments(rows, gone)  # type: ignore[arg-type]

        async def names_of(self, roads: object) -> dict[int, tuple[int, str]]:  # type: ignore[override]
            if self.away:
                raise ConnectionError("gone")
            return await super().names_of(roads)  # type: ignore[arg-type]

    async def run() -> None:
        ledger, clock = Away(), Clock()
        inline = await started(ledger, clock)
        scans = [scan_at(NUMBERS[0], 500, "in_transit.arrived_hub")]
        await inline.journey.take_given(TENANT, "test", b"", scans)
        inline.shard.wheel.put(key_of(TENANT, NUMBERS[0]), NOW_US // 1_000_000)
        clock.ahead_s = 60
        for work in (inline.read_model.cycle, inline.clockwork.tick):
            with suppress(ConnectionError):
                await work()
        assert inline.shard.dirty
        assert len(inline.shard.wheel)

        ledger.away = False
        clock.ahead_s = 120
        await inline.read_model.cycle()
        assert await inline.clockwork.tick() >= 1
        assert len(ledger.shipments) == 1
        await inline.stop()

    asyncio.run(run())
