"""A closed road leaves journal and memory, answers as before, and wakes up for a late scan."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import msgspec
import pytest

from milepost.domain.track import Track
from milepost.settings import Settings
from milepost.wiring import Milepost

pytest_plugins = ["pg"]
NUMBER = "YT8000000000777"
BASE = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)
CODES = ["picked_up", "in_transit.arrived_hub", "out_for_delivery", "delivered.signature"]


class Clock:
    """A clock that a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> int:
        return time.time_ns() // 1_000 + int(self.ahead.total_seconds() * 1e6)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def running(store_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Milepost]:
    one = Milepost(Settings(data=tmp_path, database=store_url), clock)
    await one.start()
    yield one
    await one.stop()


def scan(hours: int, code: str, number: str = NUMBER) -> dict[str, object]:
    at = BASE + timedelta(hours=hours)
    text = f"【杭州转运中心】{code}"
    return {"number": number, "carrier": "yto", "code": code, "text": text,
            "occurred_at": at.isoformat()}  # fmt: skip


async def send(running: Milepost, tenant: int, *scans: dict[str, object]) -> None:
    body = msgspec.json.encode(scans)
    await running.engine.journey.take_scans(tenant, body)
    await running.engine.read_model.cycle(hurry=True)


async def close_and_seal(running: Milepost, clock: Clock) -> int:
    clock.ahead += timedelta(days=10)
    assert running.engine.sealing is not None
    return await running.engine.sealing.seal()


def told(track: Track | None) -> bytes:
    assert track is not None
    return msgspec.json.encode(msgspec.structs.replace(track, sealed=False, alerts=[]))


async def rows_in_journal(running: Milepost) -> int:
    connection = await asyncpg.connect(running.settings.database)
    try:
        return await connection.fetchval("SELECT count(*) FROM journal")
    finally:
        await connection.close()


async def test_a_sealed_road_reads_as_before(running: Milepost, clock: Clock) -> None:
    tenant = await running.store.accounts.tenant("shop")
    await send(running, tenant, *(scan(hour, code) for hour, code in enumerate(CODES)))
    before = await running.engine.queries.track(tenant, NUMBER)

    assert await close_and_seal(running, clock) == 1
    assert running.engine.shard.states == {}
    assert running.engine.sealing is not None
    await running.engine.sealing.tidy()

    after = await running.engine.queries.track(tenant, NUMBER)
    assert after is not None
    assert after.sealed
    assert told(before) == told(after)
    assert await rows_in_journal(running) == 0


async def test_only_closed_roads_are_sealed(running: Milepost, clock: Clock) -> None:
    tenant = await running.store.accounts.tenant("shop")
    await send(running, tenant, *(scan(hour, code) for hour, code in enumerate(CODES[:3])))

    assert await close_and_seal(running, clock) == 0
    assert len(running.engine.shard.states) == 1


async def test_a_late_scan_wakes_a_sealed_road(running: Milepost, clock: Clock) -> None:
    tenant = await running.store.accounts.tenant("shop")
    await send(running, tenant, *(scan(hour, code) for hour, code in enumerate(CODES)))
    await close_and_seal(running, clock)
    assert running.engine.sealing is not None
    await running.engine.sealing.tidy()
    repeated = msgspec.json.encode([scan(1, CODES[1]), scan(2, "in_transit.departed_facility")])

    receipt = await running.engine.journey.take_scans(tenant, repeated)
    await running.engine.read_model.cycle(hurry=True)

    assert (receipt.accepted, receipt.duplicates) == (1, 1)
    track = await running.engine.queries.track(tenant, NUMBER)
    assert track is not None
    assert track.status.sub == "delivered.signature"
    assert len(track.events) == 5
    assert not track.sealed
    assert await running.engine.sealing.seal() == 1
    again = await running.engine.queries.track(tenant, NUMBER)
    assert told(track) == told(again)


async def test_sealed_roads_are_known_after_a_restart(
    running: Milepost, clock: Clock, tmp_path: Path
) -> None:
    tenant = await running.store.accounts.tenant("shop")
    await send(running, tenant, *(scan(hour, code) for hour, code in enumerate(CODES)))
    await close_and_seal(running, clock)

    other = Milepost(Settings(data=tmp_path, database=running.settings.database), clock)
    await other.start()
    try:
        assert other.engine.shard.states == {}
        receipt = await other.engine.journey.take_scans(
            tenant, msgspec.json.encode([scan(3, CODES[3])])
        )
        assert (receipt.accepted, receipt.duplicates) == (0, 1)
    finally:
        await other.stop()


async def test_another_tenant_sees_nothing_of_a_sealed_road(
    running: Milepost, clock: Clock
) -> None:
    tenant = await running.store.accounts.tenant("shop")
    stranger = await running.store.accounts.tenant("stranger")
    await send(running, tenant, *(scan(hour, code) for hour, code in enumerate(CODES)))
    await close_and_seal(running, clock)

    assert await running.engine.queries.track(stranger, NUMBER) is None
