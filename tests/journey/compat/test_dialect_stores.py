"""Credentials, watches, hooks and the fan-out to them over a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from milepost.domain.event import key_of
from milepost.engine.delivery import Wanted
from milepost.engine.dialects import AlreadyWatchedError, Hook, TooManyWatchedError, Watch
from milepost.engine.following import Followed
from milepost.engine.resolve import BadScanError
from milepost.engine.rows import Announcement, Group, Link
from milepost.settings import Settings
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


class World:
    """The stores over one database."""

    def __init__(self, store: Store, me: int, other: int) -> None:
        self.store, self.me, self.other = store, me, other
        self.sealer = Sealer(b"k" * 32)
        self.clock = 0.0
        self.changed: list[int] = []
        self.woken = 0
        self.credentials = PostgresCredentials(store.pool, self.sealer, lambda: self.clock)
        self.followed = Followed()
        self.around = Around(
            store.pool, self.sealer, self.now_us, self.topics, self.check, self.note, self.wake,
            self.follow, lambda _: {"n", "tag", "flag"},
        )  # fmt: skip
        self.hooks = PostgresHooks(self.around)
        self.watches = self.new_watches()

    def new_watches(self, most: int = 1_000, followed: Followed | None = None) -> PostgresWatches:
        return PostgresWatches(self.around, followed=followed, most=most)

    async def follow(self, parcels: Sequence[int]) -> None:
        self.followed.add_all(parcels)

    @staticmethod
    def now_us() -> int:
        return time.time_ns() // 1_000

    @staticmethod
    def topics(_: str) -> tuple[str, ...]:
        return (ADDED,)

    @staticmethod
    def check(url: str) -> None:
        if not url.startswith("https://"):
            raise ValueError("url")

    async def note(self, subscription: int) -> None:
        self.changed.append(subscription)

    def wake(self) -> None:
        self.woken += 1

    def watch(self, number: str = "AB1234", **more: object) -> Watch:
        given = {"tenant": self.me, "dialect": "kdniao", "number": number, "carrier_code": "YTO"}
        return Watch(**(given | more))  # type: ignore[arg-type]

    async def announce(self, number: str, *, road: int | None = None, times: int = 1) -> None:
        one = Announcement(
            self.me, road or key_of(self.me, number), ADDED, number,
            json.dumps({"number": number}).encode(), self.now_us(),
        )  # fmt: skip
        await self.store.ledger.commit(0, Group(outbox=[one] * times))

    async def fan_out(self) -> list[tuple[int, str, dict[str, object]]]:
        """(subscription, number, payload) of the deliveries made."""
        from datetime import UTC, datetime

        await PostgresOutbox(self.store.pool, self.sealer).claim_outbox(1000, datetime.now(UTC))
        return await self.deliveries()

    async def deliveries(self) -> list[tuple[int, str, dict[str, object]]]:
        async with self.store.pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT subscription, number, payload FROM delivery ORDER BY subscription, id"
            )
        return [(row[0], row[1], json.loads(row[2])) for row in rows]


@pytest.fixture
async def world(store_url: str, tmp_path: Path) -> AsyncIterator[World]:
    store = await open_store(Settings(data=tmp_path, database=store_url))
    tenants = await store.accounts.tenant("me"), await store.accounts.tenant("other")
    yield World(store, *tenants)
    await store.close()


async def test_credentials_are_sealed_and_found(world: World) -> None:
    secrets = {"EBusinessID": "1700", "ApiKey": "very-secret-key"}
    await world.credentials.add(world.me, "kdniao", "1700", secrets)

    found = await world.credentials.find("kdniao", "1700")

    assert found is not None
    assert (found.tenant, found.tenant_name, found.public_id) == (world.me, "me", "1700")
    assert found.secrets == secrets
    assert await world.credentials.find("kuaidi100", "1700") is None
    assert await world.credentials.find("kdniao", "1701") is None
    assert [one.key for one in await world.credentials.of_tenant(world.me, "kdniao")] == [found.key]
    async with world.store.pool.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM dialect_credential")
        assert b"very-secret-key" not in b"".join(v for v in row.values() if isinstance(v, bytes))
        await connection.execute("UPDATE dialect_credential SET revoked_at = now()")
    assert await world.credentials.find("kdniao", "1700") is not None  # remembered for a while
    world.clock = 11.0
    assert await world.credentials.find("kdniao", "1700") is None


async def test_watches(world: World) -> None:
    made = await world.watches.add(
        world.watch("ab-12 34", secret="salt", options={"tails": ["1"], "odd": "\x00"})
    )

    assert made.id > 0
    assert made.number == "AB1234"
    again = await world.watches.by_id(world.me, "kdniao", made.id)
    assert again is not None
    assert (again.secret, again.options["tails"]) == ("salt", ["1"])
    assert [one.id for one in await world.watches.get(world.me, "kdniao", "ab1234")] == [made.id]
    assert await world.watches.get(world.me, "kdniao", "AB1234", "STO") == []
    assert await world.watches.get(world.me, "kdniao", "?") == []
    assert await world.watches.get(world.other, "kdniao", "AB1234") == []
    assert await world.watches.by_id(world.other, "kdniao", made.id) is None
    with pytest.raises(AlreadyWatchedError) as raised:
        await world.watches.add(world.watch("AB1234"))
    assert raised.value.watch.id == made.id
    with pytest.raises(BadScanError):
        await world.watches.add(world.watch("1"))
    await world.watches.delete(made)
    assert await world.watches.get(world.me, "kdniao", "AB1234") == []


async def test_two_at_once_make_one_watch(world: World) -> None:
    made = await asyncio.gather(
        *(world.watches.add(world.watch()) for _ in range(6)), return_exceptions=True
    )

    assert sum(isinstance(one, Watch) for one in made) == 1
    assert sum(isinstance(one, AlreadyWatchedError) for one in made) == 5


async def test_pages_and_filters(world: World) -> None:
    for index in range(5):
        options = {"tag": "odd" if index % 2 else "even", "flag": bool(index % 2), "n": index}
        await world.watches.add(world.watch(f"AB100{index}", options=options))

    first = await world.watches.page(world.me, "kdniao", limit=2)
    rest = await world.watches.page(world.me, "kdniao", after=first[-1].id)
    back = await world.watches.page(world.me, "kdniao", limit=2, newest_first=True)
    before = await world.watches.page(world.me, "kdniao", after=back[-1].id, newest_first=True)

    assert [one.number for one in first + rest] == [f"AB100{index}" for index in range(5)]
    assert [one.number[-1] for one in back + before] == list("43210")
    for filters, wanted in (
        ({"tag": "odd"}, 2), ({"flag": True}, 2), ({"n": 3}, 1), ({"n": [3, 4, 9]}, 2),
        ({"number": ["AB1000", "AB1004"]}, 2), ({"active": False}, 0), ({"tag": "even", "n": 0}, 1),
    ):  # fmt: skip
        found = await world.watches.page(world.me, "kdniao", filters=filters)
        assert len(found) == wanted
        assert await world.watches.count(world.me, "kdniao", filters=filters) == wanted


async def test_the_cap(world: World) -> None:
    watches = world.new_watches(most=2)
    await watches.add(world.watch("AB1001"))
    await watches.add(world.watch("AB1002"))

    with pytest.raises(TooManyWatchedError):
        await watches.add(world.watch("AB1003"))


async def test_saving_moves_a_watch(world: World) -> None:
    made = await world.watches.add(world.watch())
    other = await world.watches.add(world.watch("AB9999", carrier_code="STO"))
    other.carrier_code, other.active, other.stopped_us = "ZTO", False, 5
    await world.watches.save(other)

    found = await world.watches.by_id(world.me, "kdniao", other.id)

    assert found is not None
    assert (found.carrier_code, found.active, found.stopped_us) == ("ZTO", False, 5)
    with pytest.raises(ValueError, match="url"):
        await world.watches.save(world.watch(id=made.id, callback="ftp://x"))


async def test_news_goes_to_callback_or_hooks(world: World) -> None:
    hook = await world.hooks.add(Hook(tenant=world.me, dialect="kdniao", url="https://a/"))
    await world.hooks.add(Hook(tenant=world.me, dialect="kuaidi100", url="https://b/"))
    await world.hooks.add(Hook(tenant=world.other, dialect="kdniao", url="https://c/"))
    mine = await world.watches.add(world.watch("AB1001"))
    own = await world.watches.add(world.watch("AB1002", callback="https://own/"))
    stopped = await world.watches.add(world.watch("AB1003", active=False))
    for number in ("AB1001", "AB1002", stopped.number, "AB1004"):
        await world.announce(number)

    made = await world.fan_out()

    assert [(number, payload["watch"]) for _, number, payload in made] == [
        ("AB1001", mine.id), ("AB1002", own.id),
    ]  # fmt: skip
    assert made[0][0] == hook.subscription
    assert made[0][2]["change"] == {"number": "AB1001"}
    assert made[1][0] != hook.subscription
    assert len(world.changed) == 4


async def test_much_news_at_once_is_told_once(world: World) -> None:
    await world.watches.add(world.watch("AB1001", callback="https://own/"))
    await world.announce("AB1001", times=40)

    assert len(await world.fan_out()) == 1
    await world.announce("AB1001")
    assert len(await world.fan_out()) == 2


async def test_news_of_a_joined_number_reaches_its_watch(world: World) -> None:
    first, second = key_of(world.me, "AB1001"), key_of(world.me, "CD2002")
    await world.store.ledger.add_links([
        Link(world.me, "AB1001", first, first, first, None, 1, 1),
        Link(world.me, "CD2002", second, first, first, None, 1, 2),
    ])  # fmt: skip
    watch = await world.watches.add(world.watch("CD2002", callback="https://own/"))
    await world.announce("AB1001", road=first)

    made = await world.fan_out()

    assert [(number, payload["watch"]) for _, number, payload in made] == [("CD2002", watch.id)]


async def test_pushing_without_news(world: World) -> None:
    lonely = await world.watches.add(world.watch("AB1001"))
    own = await world.watches.add(world.watch("AB1002", callback="https://own/"))

    assert await world.watches.push(lonely) == 0
    assert await world.watches.push(own) == 1
    assert world.woken == 1
    assert [number for _, number, _ in await world.deliveries()] == ["AB1002"]


async def test_hooks(world: World) -> None:
    made = await world.hooks.add(
        Hook(tenant=world.me, dialect="easypost", url="https://a/", secret="s", options={"x": 1})
    )
    made.url, made.active, made.secret = "https://b/", False, None
    await world.hooks.save(made)

    found = await world.hooks.by_id(world.me, "easypost", made.id)

    assert found is not None
    assert (found.url, found.active, found.secret, found.options) == (
        "https://b/",
        False,
        None,
        {"x": 1},
    )
    assert await world.hooks.by_id(world.other, "easypost", made.id) is None
    assert await world.hooks.of_subscription(world.me, made.subscription) == found
    with pytest.raises(ValueError, match="url"):
        await world.hooks.add(Hook(tenant=world.me, dialect="easypost", url="ftp://x"))
    await world.hooks.delete(made)
    assert await world.hooks.of_tenant(world.me, "easypost") == []


async def test_only_what_is_followed_is_asked_for(world: World) -> None:
    followed = world.followed
    watches = world.new_watches(followed=followed)
    await watches.add(world.watch("AB1001"))
    await watches.add(world.watch("AB1002", active=False))
    hook = Hook(tenant=world.me, dialect="kdniao", url="https://hooks.example/1")
    await world.hooks.add(hook)
    outbox = PostgresOutbox(world.store.pool, world.sealer)

    keys = [key_of(world.me, one) for one in ("AB1001", "AB1002")]
    assert [key in followed for key in (*keys, 7)] == [True, True, False]
    assert await outbox.followed() == sorted(keys)
    assert [one.number for one in await watches.get(world.me, "kdniao", "AB1001")] == ["AB1001"]
    assert await watches.get(world.me, "kdniao", "AB1003") == []
    assert await outbox.audience() == {world.me: Wanted(frozenset(), {}, frozenset({ADDED}))}


async def test_a_hook_at_hand_is_as_it_was_saved_last(world: World) -> None:
    hook = Hook(tenant=world.me, dialect="kdniao", url="https://hooks.example/1", secret="old")
    hook = await world.hooks.add(hook)
    found = await world.hooks.of_subscription(world.me, hook.subscription)
    assert found is not None
    assert found.secret == "old"

    await world.hooks.save(msgspec.structs.replace(hook, secret="new"))
    found = await world.hooks.of_subscription(world.me, hook.subscription)
    assert found is not None
    assert found.secret == "new"

    await world.hooks.delete(hook)
    assert await world.hooks.of_subscription(world.me, hook.subscription) is None
