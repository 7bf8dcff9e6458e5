"""A push that is not taken is tried at the vendor's own times, then waits for a person."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from milepost.compat.core import Outgoing, Push
from milepost.compat.core.discovery import pushes
from milepost.compat.core.sending import Delegate, DialectChannel
from milepost.domain.event import key_of
from milepost.domain.track import Track
from milepost.engine.delivering import Announcer
from milepost.engine.delivery import Delivery, DeliveryFilter
from milepost.engine.dialects import Watch, called
from milepost.engine.rows import Announcement, Group
from milepost.settings import Settings
from milepost.stores.postgres.deliverylog import PostgresDeliveryLog
from milepost.stores.postgres.dialects import (
    Around,
    PostgresCredentials,
    PostgresHooks,
    PostgresWatches,
)
from milepost.stores.postgres.outbox import PostgresOutbox
from milepost.stores.sealer import Sealer
from milepost.wiring import Store, open_store

pytest_plugins = ["pg"]
ADDED = "shipment.event_added"
README = Path(__file__).parents[3] / "docs" / "dialects" / "README.md"
ROAD = files("milepost.compat.shippo") / "fixtures" / "road.json"
TAKEN = b'{"EBusinessID":"1","Success":true,"result":true,"returnCode":"200"}'
SECOND = timedelta(seconds=1)


class Receiver:
    """What a vendor's push meets, on a clock that stands still until it is moved."""

    def __init__(self, store: Store, tenant: int, vendor: str, push: Push) -> None:
        self.store, self.tenant, self.vendor = store, tenant, vendor
        self.now = datetime(2026, 11, 1, 9, tzinfo=UTC)
        self.answer = (500, b"not now")
        self.tried: list[datetime] = []
        sealer = Sealer(b"k" * 32)
        around = Around(
            store.pool, sealer, self.now_us, lambda _: (ADDED,), lambda _: None, self.noted,
            lambda: None, self.noted,
        )  # fmt: skip
        hooks = PostgresHooks(around)
        self.watches = PostgresWatches(around)
        channel = DialectChannel(vendor, push, Delegate(
            watches=self.watches, hooks=hooks, credentials=PostgresCredentials(store.pool, sealer),
            track=self.track, post=self.post, now_us=self.now_us, check_url=lambda _: None,
        ))  # fmt: skip
        self.log = PostgresDeliveryLog(store.pool)
        self.announcer = Announcer(
            PostgresOutbox(store.pool, sealer), {vendor: channel}, now=lambda: self.now
        )

    async def noted(self, _: object) -> None: ...

    def now_us(self) -> int:
        return int(self.now.timestamp()) * 1_000_000

    async def track(self, tenant: int, number: str) -> Track:
        return msgspec.json.decode(ROAD.read_bytes(), type=Track)

    async def post(self, request: Outgoing) -> tuple[int | None, bytes, str | None]:
        self.tried.append(self.now)
        return *self.answer, None

    async def change(self, number: str) -> None:
        """Something happens to a number that is watched with a callback of its own."""
        watch = Watch(tenant=self.tenant, dialect=self.vendor, number=number,
                      callback=f"https://shop.example/{self.vendor}", secret="s")  # fmt: skip
        await self.watches.add(watch)
        change = {"number": number, "previous": None, "event": {"id": "d3", "sub": "delivered"}}
        one = Announcement(self.tenant, key_of(self.tenant, number), ADDED, number,
                           msgspec.json.encode(change), self.now_us())  # fmt: skip
        await self.store.ledger.commit(0, Group(outbox=[one]))

    async def delivery(self) -> Delivery:
        (line,) = await self.log.deliveries_of(
            self.tenant, DeliveryFilter(dialect=self.vendor, limit=2)
        )
        return line

    async def run_out(self) -> None:
        """Try until it is given up, looking a second too early each time."""
        await self.announcer.drain_once()
        while (next_at := (await self.delivery()).next_at) is not None:
            self.now = next_at - SECOND
            assert await self.announcer.drain_once() == 0, f"{self.vendor}: too early"
            self.now = next_at
            assert await self.announcer.drain_once() == 1, f"{self.vendor}: not in time"


@pytest.fixture
async def store(store_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(Settings(data=tmp_path, database=store_url))
    yield opened
    await opened.close()


async def test_every_attempt_at_the_vendors_time_and_a_replay_after_the_last(store: Store) -> None:
    documented = _documented()
    tenant = await store.accounts.tenant("me")
    for place, (vendor, push) in enumerate(pushes()):
        one = Receiver(store, tenant, vendor, push)
        await one.change(f"AB700{place}")

        await one.run_out()

        waits = [later - sooner for sooner, later in zip(one.tried, one.tried[1:], strict=False)]
        name = called(vendor) or vendor
        assert [int(wait.total_seconds()) for wait in waits] == documented[name], name
        dead = await one.delivery()
        assert (dead.state, dead.attempts, dead.next_at) == ("failed", len(waits) + 1, None)
        assert len((await one.log.delivery(tenant, dead.id) or dead).history) == dead.attempts

        one.now, one.answer = one.now + timedelta(days=2), (200, TAKEN)
        assert await one.log.replay(tenant, dead.id, one.now)
        await one.announcer.drain_once()
        again = await one.delivery()
        assert (again.state, one.tried[-1]) == ("delivered", one.now), name
        assert again.message.id == dead.message.id


def _documented() -> dict[str, list[int]]:
    """Vendor → seconds between attempts, as a person reads it."""
    units = {"s": 1, "min": 60, "h": 3_600}
    found: dict[str, list[int]] = {}
    for line in README.read_text("utf-8").splitlines():
        row = re.fullmatch(r"\| `(\w+)` \|[^|]+\| ([^|]+) \|[^|]+\|", line)
        if row is not None:
            parts = (part.split() for part in row[2].split(","))
            found[row[1]] = [int(number) * units[unit] for number, unit in parts]
    return found
