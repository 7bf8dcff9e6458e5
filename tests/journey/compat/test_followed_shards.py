"""Several engine processes: each announces what is followed through any, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from milepost.domain.event import key_of
from milepost.engine.delivery import Wanted
from milepost.engine.dialects import Watch
from milepost.runners.inline import Inline, clock_us
from milepost.runners.peers import Peers
from milepost.settings import Settings
from milepost.stores.postgres.dialects import Around, PostgresWatches
from milepost.stores.postgres.outbox import PostgresOutbox
from milepost.stores.sealer import Sealer
from milepost.wiring.store import Store, open_store
from milepost.wiring.tables import Tables

pytest_plugins = ["pg"]
ADDED = "shipment.event_added"
SEALER = Sealer(b"k" * 32)


class Process:
    """An engine among several, as `wiring.telling` joins it with who is told."""

    def __init__(self, store: Store, me: int, folder: Path, tenant: int) -> None:
        self.engine = Inline(
            store.ledger, Tables(), number=me, peers=Peers(me, 2, folder), now_us=clock_us
        )
        self.outbox = PostgresOutbox(store.pool, SEALER)
        self.tenant, self.started = tenant, False
        self.watches = PostgresWatches(Around(
            store.pool, SEALER, clock_us, lambda _: (ADDED,), lambda _: None, self.noted,
            lambda: None, self.engine.follow,
        ))  # fmt: skip

    async def noted(self, _: int) -> None: ...

    async def start(self) -> None:
        await self.engine.start()
        self.engine.followed.pack(await self.outbox.followed())
        self.engine.audience.followed = self.engine.followed
        self.started = True
        self.engine.audience.set({self.tenant: Wanted(frozenset(), {}, frozenset({ADDED}))})

    def announces(self, number: str) -> bool:
        key = key_of(self.tenant, number)
        return self.engine.audience.wants(self.tenant, ADDED, number, key)

    async def follow(self, number: str) -> None:
        await self.watches.add(Watch(tenant=self.tenant, dialect="kdniao", number=number))


@asynccontextmanager
async def several(url: str, folder: Path) -> AsyncIterator[tuple[Process, Process, Process]]:
    """Two processes that run, and one that can take the second's place."""
    store = await open_store(Settings(data=folder, database=url))
    tenant = await store.accounts.tenant("shop")
    one, other, again = (Process(store, me, folder, tenant) for me in (0, 1, 1))
    await one.start()
    await other.start()
    try:
        yield one, other, again
    finally:
        for process in (one, other, again):
            if process.started:
                await process.engine.stop()
        await store.close()


async def test_what_is_followed_through_one_is_announced_by_each(
    store_url: str, tmp_path: Path
) -> None:
    async with several(store_url, tmp_path) as (one, other, _):
        await one.follow("AB1001")
        await other.follow("AB1002")

        for process in (one, other):
            said = [process.announces(number) for number in ("AB1001", "AB1002", "AB1003")]
            assert said == [True, True, False]


async def test_one_that_is_away_is_waited_for(store_url: str, tmp_path: Path) -> None:
    async with several(store_url, tmp_path) as (one, other, again):
        other.engine._server.close()
        following = asyncio.create_task(one.follow("AB1001"))
        done, _ = await asyncio.wait([following], timeout=0.3)
        assert not done  # nobody is told that it is followed while one would miss its changes

        await again.start()
        await following
        assert again.announces("AB1001")
