"""The queue of roads whose rows have to be made anew: nothing is lost, nobody waits in a circle."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio

from milepost.analytics.feed import PAGE, Queue
from milepost.domain.advance import advance
from milepost.domain.marks import Mark
from milepost.domain.status import SUB_CODE
from milepost.engine.rows import ShipmentRow
from milepost.stores.postgres.ledger import PostgresLedger
from milepost.stores.postgres.pool import Pool

pytest_plugins = ["pg"]
pytestmark = pytest.mark.asyncio
MOVING, DONE = SUB_CODE["in_transit.moving"], SUB_CODE["delivered"]
SENT_BACK = SUB_CODE["returning"]


class Store:
    """The read model and the queue over one database."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.lines = PostgresLedger(pool)
        self.queue = Queue(pool)

    async def save(self, *rows: ShipmentRow) -> None:
        await self.lines.save_shipments(rows, [])

    async def queued(self) -> list[tuple[int, int]]:
        return [one async for page in self.queue.pages() for one in page]

    async def taken(self, table: str) -> list[int]:
        """Take all out."""
        found = await self.queued()
        await self.queue.remove(found, table)
        return [road for road, _ in found]


@pytest_asyncio.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async def ensure() -> str:
        return store_url

    pool = Pool(ensure)
    yield Store(pool)
    await pool.close()


def line(road: int, *codes: int, number: str = "SF1") -> ShipmentRow:
    marks = [Mark(at_ + 1, 1_790_000_000 + at_, 0, code, 0) for at_, code in enumerate(codes)]
    state = advance(None, marks)
    return ShipmentRow(
        road, 1, number, "sf", None, 0, state[1], 0, 0, date(2026, 11, 1), 0, state, 1, 1
    )  # fmt: skip


async def test_what_is_over_or_was_is_put_in(store: Store) -> None:
    table = await store.queue.claim(anyway=False)
    await store.save(line(1, MOVING), line(2, MOVING, DONE))
    assert await store.taken(table) == [2]
    await store.save(line(1, MOVING), line(2, MOVING, DONE))  # as they were
    assert await store.taken(table) == []
    await store.save(line(2, MOVING, DONE, DONE))  # one event more
    assert await store.taken(table) == [2]
    await store.save(line(2, MOVING, SENT_BACK))  # the same scan, told with a higher code
    assert await store.taken(table) == [2]
    await store.save(line(2, MOVING, SENT_BACK, SENT_BACK))
    assert await store.taken(table) == []
    await store.save(line(3, DONE), line(4, MOVING))
    assert await store.taken(table) == [3]
    await store.save(line(3, DONE, number="SF2"))
    assert await store.taken(table) == [3]
    await store.lines.save_shipments([], [3, 4, 5])
    assert await store.taken(table) == [3]


async def test_a_road_stands_there_once_and_stays_if_it_changes_again(store: Store) -> None:
    table = await store.queue.claim(anyway=False)
    for count in range(1, 30):
        await store.save(line(1, *[DONE] * count))
    seen = await store.queued()
    assert [road for road, _ in seen] == [1]

    await store.save(line(1, *[DONE] * 40))
    await store.queue.remove(seen, table)
    assert await store.taken(table) == [1]
    assert await store.queued() == []


async def test_only_the_table_that_it_is_for_takes_out(store: Store) -> None:
    mine = await store.queue.claim(anyway=False)
    assert mine == await store.queue.kept_by()
    assert await store.queue.claim(anyway=False) == ""
    await store.save(line(1, DONE))
    assert await store.taken("") == [1]
    next_one = await store.queue.claim(anyway=True)
    assert await store.taken(mine) == [1]
    assert await store.taken(next_one) == [1]
    assert await store.queued() == []


async def test_lines_that_are_not_saved_are_not_put_in(store: Store) -> None:
    broken = line(2, DONE)._replace(tenant=2**40)
    with pytest.raises(Exception, match="out of int32 range"):
        await store.save(line(1, DONE), broken)
    assert await store.queued() == []


async def test_pages(store: Store) -> None:
    roads = random.Random(1).sample(range(-(10**9), 10**9), 2 * PAGE)
    await store.save(*(line(road, DONE) for road in roads))
    assert [len(page) async for page in store.queue.pages()] == [PAGE, PAGE, 0]
    assert [road for road, _ in await store.queued()] == sorted(roads)


async def test_writers_and_keepers_do_not_wait_in_a_circle(store: Store) -> None:
    """Four writers save their roads in ever new orders, while a keeper takes them out."""
    table = await store.queue.claim(anyway=False)
    taken: set[int] = set()

    async def write(seed: int) -> None:
        chance = random.Random(seed)
        for turn in range(15):
            roads = chance.sample(range(seed * 100, seed * 100 + 40), 40)
            await store.save(*(line(road, *[DONE] * (turn + 1)) for road in roads))
            await store.lines.save_shipments([], roads[:5])

    writers = asyncio.gather(*map(write, range(4)))
    while not writers.done():
        taken |= set(await store.taken(table))
        await asyncio.sleep(0)
    await writers
    taken |= set(await store.taken(table))
    assert taken >= {seed * 100 + at_ for seed in range(4) for at_ in range(40)}
    assert await store.queued() == []


async def test_a_keeper_does_not_wait_for_a_writer(store: Store) -> None:
    table = await store.queue.claim(anyway=False)
    await store.save(line(1, DONE), line(2, DONE))
    async with store.pool.connection() as writer, writer.transaction():
        await writer.execute("UPDATE journey_touched SET version = version + 100 WHERE road = 1")
        assert await store.taken(table) == [1, 2]
        assert [road for road, _ in await store.queued()] == [1]
    assert await store.taken(table) == [1]
