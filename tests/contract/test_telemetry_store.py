"""Samples and containment in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest

from milepost.domain.telemetry import Change, Sample
from milepost.engine.devices import Recorded, Terminal
from milepost.engine.telemetry import Asset
from milepost.stores.postgres.assets import PostgresAssets, TerminalTakenError
from milepost.stores.postgres.containment import PostgresContainment
from milepost.stores.postgres.packing import Packing
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.telemetry import PostgresTelemetry, PostgresTerminals

pytest_plugins = ["pg"]

T0 = 1_790_000_000_000_000
S = 1_000_000
NOW = T0 + 10**12


def sample(second: int, temperature: int | None = 5_000, asset: str = "truck:1") -> Sample:
    return Sample(asset, T0 + second * S, temperature_mc=temperature)


@pytest.fixture
async def pool(store_url: str) -> AsyncIterator[Pool]:
    async def url() -> str:
        return store_url

    opened = Pool(url)
    yield opened
    await opened.close()


@pytest.fixture
def telemetry(pool: Pool) -> PostgresTelemetry:
    return PostgresTelemetry(pool)


async def test_what_was_recorded_is_read_back(telemetry: PostgresTelemetry) -> None:
    given = [
        sample(n, 4_000 + n)._replace(lat_e7=-300_000_000 - n, valid=n % 2 == 0) for n in range(50)
    ]

    assert await telemetry.record(1, given, NOW) == Recorded(50, 0)
    assert await telemetry.samples(1, ["truck:1"], T0, NOW) == {"truck:1": given}
    assert await telemetry.samples(2, ["truck:1"], T0, NOW) == {}


async def test_repetitions_in_any_order_do_no_harm(telemetry: PostgresTelemetry) -> None:
    given = [sample(n) for n in range(40)]
    shuffled = given * 3
    random.Random(4).shuffle(shuffled)
    parts = [shuffled[n : n + 7] for n in range(0, len(shuffled), 7)]
    receipts = await asyncio.gather(*(telemetry.record(1, part, NOW) for part in parts))

    assert sum(one.accepted for one in receipts) == 40
    assert sum(one.repeated for one in receipts) == 80
    assert (await telemetry.samples(1, ["truck:1"], T0, NOW))["truck:1"] == given


async def test_two_contents_of_one_instant_are_two_samples(telemetry: PostgresTelemetry) -> None:
    await telemetry.record(1, [sample(0, 5_000)], NOW)
    assert await telemetry.record(1, [sample(0, 6_000), sample(0, 5_000)], NOW) == Recorded(1, 1)


async def test_numbers_that_cannot_be_kept_take_nobody_down(telemetry: PostgresTelemetry) -> None:
    bad = [sample(0), sample(1, 2**61)]
    answers = await asyncio.gather(
        telemetry.record(1, bad, NOW), telemetry.record(1, [sample(2)], NOW), return_exceptions=True
    )

    assert isinstance(answers[0], ValueError)
    assert answers[1] == Recorded(1, 0)


async def test_terminals_belong_to_one_tenant(pool: Pool) -> None:
    terminals = PostgresTerminals(pool)
    mine = Terminal(1, "jt808", "013912345678", "truck:YB1", "secret")
    await terminals.save(mine)
    await terminals.save(mine._replace(asset="truck:YB2"))

    assert await terminals.find("jt808", "013912345678") == mine._replace(asset="truck:YB2")
    assert await terminals.find("jt808", "013912345679") is None
    assert await terminals.find_many(2, "jt808", ["013912345678"]) == {}
    with pytest.raises(TerminalTakenError):
        await terminals.save(mine._replace(tenant=2))


async def test_assets_keep_what_is_not_given(pool: Pool) -> None:
    assets = PostgresAssets(pool)
    await assets.save(1, Asset("truck:1", "truck", "Blue one", ((1, 2), (3, 4)), 500, 7))
    changed = await assets.save(1, Asset("truck:1", "truck", "Red one"))

    assert changed == Asset("truck:1", "truck", "Red one", ((1, 2), (3, 4)), 500, 7)
    assert await assets.page(1) == [changed]
    assert await assets.page(2) == []


def change(child: str, parent: str, hour: float, action: str = "add") -> Change:
    return Change(child, parent, T0 + int(hour * 3600 * S), action, "test")  # type: ignore[arg-type]


CHANGES = [
    change("parcel:A1", "bag:1", 0),
    change("parcel:A2", "bag:1", 0.1),
    change("bag:1", "truck:1", 1),
    change("*", "truck:1", 6, "remove"),
    change("parcel:A1", "", 9, "observe"),
    change("*", "bag:1", 10, "remove"),
]


async def test_containment_does_not_depend_on_order(pool: Pool) -> None:
    store = PostgresContainment(pool)
    expected = None
    for tenant in range(1, 6):
        shuffled = CHANGES + CHANGES[:3]
        random.Random(tenant).shuffle(shuffled)
        for n in range(0, len(shuffled), tenant):
            await store.record(tenant, shuffled[n : n + tenant])
        found = await store.of(tenant, ["parcel:A1", "parcel:A2", "bag:1"])
        expected = expected or found
        assert found == expected
    assert expected is not None
    assert [one.ended for one in expected["parcel:A1"]] == ["inferred"]
    assert expected["bag:1"][0].until_us == T0 + 6 * 3600 * S


async def test_what_was_within_a_truck(pool: Pool) -> None:
    store = PostgresContainment(pool)
    assert await store.record(1, CHANGES + CHANGES[:2]) == len(CHANGES)
    assert await store.record(1, CHANGES) == 0

    hour = 3600 * S
    inside = await store.within(1, ["truck:1", "bag:1"], T0 + 2 * hour, T0 + 3 * hour)
    assert [one.child for one in inside["truck:1"]] == ["bag:1"]
    assert [one.child for one in inside["bag:1"]] == ["parcel:A1", "parcel:A2"]
    assert await store.within(1, ["truck:1"], T0 + 7 * hour, T0 + 8 * hour) == {}


async def test_listeners_hear_of_what_others_record(pool: Pool) -> None:
    heard: list[tuple[int, int]] = []
    PostgresTelemetry(pool).listen(lambda tenant, found: heard.append((tenant, len(found))))
    PostgresContainment(pool).listen(lambda tenant, found: heard.append((tenant, len(found))))

    await PostgresTelemetry(pool).record(3, [sample(1)], NOW)
    await PostgresContainment(pool).record(4, CHANGES[:2])
    assert heard == [(3, 1), (4, 2)]


async def test_one_failing_write_is_told_to_all_of_its_batch(pool: Pool) -> None:
    telemetry = PostgresTelemetry(pool)
    await telemetry.record(1, [sample(1)], NOW)
    async with pool.connection() as connection:
        await connection.execute("ALTER TABLE telemetry_sample RENAME TO elsewhere")
    with pytest.raises(asyncpg.UndefinedTableError):
        await telemetry.record(1, [sample(2)], NOW)
    async with pool.connection() as connection:
        await connection.execute("ALTER TABLE elsewhere RENAME TO telemetry_sample")

    assert await telemetry.record(1, [sample(2)], NOW) == Recorded(1, 0)


def months(asset: str, days: int, every_s: int = 60) -> list[Sample]:
    return [
        Sample(asset, T0 + n * every_s * S, temperature_mc=4_000 + n * 37 % 900)
        for n in range(days * 86_400 // every_s)
    ]


async def test_packing_changes_nothing_that_is_read(pool: Pool) -> None:
    telemetry, packing = PostgresTelemetry(pool), Packing(pool)
    given = [sample(n, 4_000 + n % 7) for n in range(2_000)]
    random.Random(1).shuffle(given)
    await telemetry.record(1, given, NOW)
    before = await telemetry.samples(1, ["truck:1"], T0, NOW)
    assert await packing.round() == 2_000
    async with pool.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM telemetry_sample") == 0

    assert await telemetry.samples(1, ["truck:1"], T0, NOW) == before
    # What was packed is still known, and late samples find their place.
    late = sample(5)._replace(temperature_mc=9_999)
    assert await telemetry.record(1, [given[0], given[1], late], NOW) == Recorded(1, 2)
    curve = await telemetry.curve(1, "truck:1", "temperature_mc", T0, NOW)
    assert len(curve.times) == 2_001
    assert curve.times == sorted(curve.times)
    assert 9_999 in curve.values
    newest = await telemetry.latest(1, "truck:1", "temperature_mc", T0, NOW)
    assert newest is not None
    assert newest.at_us == T0 + 1_999 * S


async def test_small_chunks_are_packed_into_one(pool: Pool) -> None:
    telemetry, packing = PostgresTelemetry(pool), Packing(pool)
    for turn in range(9):
        await telemetry.record(1, [sample(turn * 10 + n) for n in range(10)], NOW)
        async with pool.connection() as connection:
            asset = await connection.fetchval("SELECT id FROM asset")
        await packing.pack(asset)
    await packing.round()
    async with pool.connection() as connection:
        rows = await connection.fetch("SELECT samples FROM telemetry_chunk")

    assert [row["samples"] for row in rows] == [90]
    assert len((await telemetry.samples(1, ["truck:1"], T0, NOW))["truck:1"]) == 90


async def test_a_curve_of_months_is_read_at_once(pool: Pool) -> None:
    telemetry, packing = PostgresTelemetry(pool), Packing(pool)
    given = months("truck:1", 90, 180)
    for start in range(0, len(given), 20_000):
        await telemetry.record(1, given[start : start + 20_000], NOW)
        await packing.round()
    began = time.process_time()
    curve = await telemetry.curve(1, "truck:1", "temperature_mc", T0, T0 + 10**14)
    took_s = time.process_time() - began
    async with pool.connection() as connection:
        size = await connection.fetchval("SELECT sum(length(body)) FROM telemetry_chunk")

    assert len(curve.times) == 43_200
    assert curve.values == [one.temperature_mc for one in given]
    assert size < 2 * 43_200
    assert took_s < 2.0
