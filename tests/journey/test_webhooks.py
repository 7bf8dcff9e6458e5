"""Room 8 with a real PostgreSQL and real receivers: nothing is lost, no one waits for another."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette

from milepost.api import deliveries, subscriptions
from milepost.channels.discovery import Options, channels
from milepost.engine import delivering
from milepost.engine.announce import TOPICS, Audience
from milepost.engine.delivering import LEASE_S, Announcer
from milepost.engine.delivery import (
    DeliveryFilter,
    Subscription,
    TooManySubscriptionsError,
)
from milepost.engine.retrying import MOST_ATTEMPTS
from milepost.engine.rows import Announcement, Group
from milepost.runners.inline import Inline
from milepost.settings import Settings
from milepost.stores.postgres.deliverylog import PostgresDeliveryLog
from milepost.stores.postgres.outbox import PostgresOutbox
from milepost.stores.postgres.subscriptions import PostgresSubscriptions
from milepost.stores.sealer import KEY_BYTES, Sealer
from milepost.web.auth import Caller, Gatekeeper, hash_of
from milepost.web.endpoint import routes_of
from milepost.web.limits import Limiter
from milepost.web.problems import ProblemError, on_problem
from milepost.wiring import Store, Tables, open_store
from patience import PATIENCE_S
from receiver import Receiver, Reply

pytest_plugins = ["pg"]
STATUS, ADDED, OPENED, CLEARED = TOPICS[:4]
SEALER = Sealer(b"k" * KEY_BYTES)
KEYS = {hash_of("red"): "red", hash_of("blue"): "blue"}


class World:
    """Everything of room 8 over one database, with a clock that tests move."""

    def __init__(self, store: Store, red: int, blue: int) -> None:
        self.store = store
        self.red, self.blue = red, blue
        self.ahead = timedelta()
        self.subscriptions = PostgresSubscriptions(store.pool, SEALER)
        self.outbox = PostgresOutbox(store.pool, SEALER)
        self.log = PostgresDeliveryLog(store.pool)
        self.audience = Audience()
        self.announcer = self.new_announcer()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def new_announcer(self, *, private: bool = True) -> Announcer:
        """Without luck: every wait has its full length."""
        return Announcer(
            self.outbox, channels(Options(allow_private_targets=private)),
            audience=self.audience, now=self.now, chance=lambda: 1.0,
        )  # fmt: skip

    async def subscribe(
        self, url: str, *, tenant: int | None = None, number: str | None = None,
        events: tuple[str, ...] = TOPICS,
    ) -> Subscription:  # fmt: skip
        return await self.subscriptions.add_subscription(
            tenant or self.red, channel="webhook", url=url, number=number, events=events,
            secret=self.announcer.channels["webhook"].new_secret(),
        )  # fmt: skip

    async def announce(
        self,
        number: str = "QX81",
        *,
        topic: str = STATUS,
        tenant: int | None = None,
        times: int = 1,
    ) -> None:
        """Commit announcements as the engine does."""
        created_us = time.time_ns() // 1_000
        payload = json.dumps({"number": number}).encode()
        one = Announcement(tenant or self.red, 7, topic, number, payload, created_us)
        await self.store.ledger.commit(0, Group(outbox=[one] * times))

    async def states(self) -> list[str]:
        return [one.state for one in await self.log.deliveries_of(self.red, DeliveryFilter())]

    def app(self) -> Starlette:
        ids = {"red": self.red, "blue": self.blue}

        async def find(digest: bytes) -> Caller | None:
            name = KEYS.get(digest)
            return (
                Caller(ids[name], name, ids[name], frozenset({"read", "write"})) if name else None
            )

        made = [
            *subscriptions.endpoints(self.subscriptions, self.announcer),
            *deliveries.endpoints(self.log, self.announcer),
        ]
        routes = routes_of(made, Gatekeeper(find), Limiter(1000, 1000))
        return Starlette(routes=routes, exception_handlers={ProblemError: on_problem})

    def client(self, key: str) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app()), base_url="http://milepost",
            headers={"authorization": f"Bearer {key}"},
        )  # fmt: skip


@pytest.fixture
async def world(database: str, tmp_path: Path) -> AsyncIterator[World]:
    store = await open_store(Settings(data=tmp_path, database=database))
    red, blue = await store.accounts.tenant("red"), await store.accounts.tenant("blue")
    world = World(store, red, blue)
    yield world
    await world.announcer.close()
    await store.pool.close()


async def test_a_change_is_delivered_signed_in_an_envelope(world: World) -> None:
    async with Receiver() as receiver:
        wanted = await world.subscribe(receiver.url)
        await world.announce("QX81")
        assert await world.announcer.drain_once() == 1

    (got,) = receiver.got
    event = Webhook(wanted.secrets[0]).verify(got.body, got.headers)
    assert got.path == "/hook?from=milepost"
    assert got.headers["content-type"].startswith("application/cloudevents+json")
    assert (event["specversion"], event["type"]) == ("1.0", "milepost.shipment.status_changed")
    assert (event["subject"], event["data"]) == ("QX81", {"number": "QX81"})
    assert event["id"] == got.headers["webhook-id"]
    assert abs(datetime.fromisoformat(event["time"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert await world.states() == ["delivered"]
    assert await world.announcer.drain_once() == 0


async def test_only_what_was_asked_for_is_sent(world: World) -> None:
    async with Receiver() as receiver:
        await world.subscribe(receiver.url, number="QX81", events=(OPENED,))
        await world.announce("QX81", topic=OPENED)
        await world.announce("QX82", topic=OPENED)
        await world.announce("QX81", topic=STATUS)
        await world.announce("QX81", topic=OPENED, tenant=world.blue)
        assert await world.announcer.drain_once() == 1
        assert len(receiver.got) == 1
        # What nobody wants leaves the outbox as well.
        assert await world.outbox.claim_outbox(10, world.now()) == 0


async def test_a_failure_is_retried_under_the_same_id(world: World) -> None:
    async with Receiver() as receiver:
        await world.subscribe(receiver.url)
        receiver.next += [Reply(500, body=b"no\x00 " + b"x" * 2_000), Reply(404)]
        await world.announce()
        assert await world.announcer.drain_once() == 1
        assert await world.announcer.drain_once() == 0, "not before its time"
        for ahead_s in (10, 30):
            world.ahead += timedelta(seconds=ahead_s)
            assert await world.announcer.drain_once() == 1
        assert len(receiver.got) == 3
        assert len(set(receiver.ids)) == 1
        assert len({one.body for one in receiver.got}) == 1

    (line,) = await world.log.deliveries_of(world.red, DeliveryFilter())
    found = await world.log.delivery(world.red, line.id)
    assert found is not None
    assert (found.state, found.attempts) == ("delivered", 3)
    assert [one.code for one in found.history] == [500, 404, 204]
    assert len(found.history[0].response) == 500
    (health,) = await world.subscriptions.subscriptions_of(world.red)
    assert health.failing_since is None


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_honoured(world: World, status: int) -> None:
    async with Receiver() as receiver:
        await world.subscribe(receiver.url)
        receiver.next.append(Reply(status, {"Retry-After": "40"}))
        await world.announce()
        await world.announcer.drain_once()
        await world.announce()
        world.ahead = timedelta(seconds=35)
        assert await world.announcer.drain_once() == 0, "its other messages wait too"
        world.ahead = timedelta(seconds=41)
        assert await world.announcer.drain_once() == 2


async def test_410_disables_at_once(world: World) -> None:
    async with Receiver(Reply(410)) as receiver, world.client("red") as client:
        wanted = await world.subscribe(receiver.url)
        await world.announce(times=1)
        await world.announcer.drain_once()
        await world.announce(times=3)
        assert await world.announcer.drain_once() == 0

        shown = (await client.get(f"/v1/subscriptions/{wanted.id}")).json()
        assert shown["active"] is False
        assert "410" in shown["disabled_why"]
        line = (await client.get("/v1/deliveries")).json()["deliveries"][0]
        assert (line["state"], line["last_code"]) == ("failed", 410)
        refused = await client.post(f"/v1/deliveries/{line['id']}/replay")
        assert refused.status_code == 409

        receiver.usual = Reply(200)
        again = await client.patch(f"/v1/subscriptions/{wanted.id}", json={"active": True})
        assert (again.json()["active"], again.json()["disabled_why"]) == (True, None)
        assert (await client.post(f"/v1/deliveries/{line['id']}/replay")).status_code == 202
        assert await world.announcer.drain_once() == 1


async def test_a_subscription_that_takes_nothing_for_days_is_disabled(world: World) -> None:
    async with Receiver(Reply(500)) as receiver:
        await world.subscribe(receiver.url)
        await world.announce()
        attempts = 0
        while made := await world.announcer.drain_once():
            attempts += made
            world.ahead += timedelta(days=1)
    assert attempts == MOST_ATTEMPTS
    assert await world.states() == ["failed"]
    (found,) = await world.subscriptions.subscriptions_of(world.red)
    assert not found.active
    assert "500" in (found.disabled_why or "")


async def test_a_redirect_is_not_followed(world: World) -> None:
    async with Receiver() as other, Receiver() as receiver:
        receiver.usual = Reply(302, {"Location": other.url})
        await world.subscribe(receiver.url)
        await world.announce()
        await world.announcer.drain_once()
    assert other.got == []
    assert await world.states() == ["pending"]


async def test_private_targets_are_refused_unless_allowed(world: World) -> None:
    async with Receiver() as receiver:
        by_name = receiver.url.replace("127.0.0.1", "localhost")
        await world.subscribe(by_name)
        await world.announce()
        strict = world.new_announcer(private=False)
        assert await strict.drain_once() == 1
        await strict.close()
        assert receiver.got == []
        (line,) = await world.log.deliveries_of(world.red, DeliveryFilter())
        assert "private" in (line.last_error or "")
        world.ahead = timedelta(minutes=1)
        assert await world.announcer.drain_once() == 1
        assert len(receiver.got) == 1


async def test_a_slow_receiver_delays_nobody_else(world: World) -> None:
    async with Receiver(Reply(200, after_s=60)) as slow, Receiver() as quick:
        await world.subscribe(slow.url, number="SLOW1")
        await world.subscribe(quick.url, number="QUICK1")
        await world.announce("SLOW1", times=200)
        running = asyncio.create_task(world.announcer.run())
        await slow.count(1)
        await world.announce("QUICK1", times=50)
        world.announcer.wake()
        await quick.count(50, within_s=30)
        assert slow.most_at_once <= 16
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_loop_wakes_for_news_and_for_retries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "POLL_S", 600.0)
    async with Receiver() as receiver:
        await world.subscribe(receiver.url)
        receiver.next.append(Reply(503, {"Retry-After": "1"}))
        world.announcer._chance = lambda: 0.0
        running = asyncio.create_task(world.announcer.run())
        async with asyncio.timeout(PATIENCE_S):
            while not world.audience.wants(world.red, STATUS, "QX81", 7):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await world.announce()
        world.announcer.wake()
        start = time.monotonic()
        await receiver.count(2)
        assert time.monotonic() - start > 0.9
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_of_other_numbers_nothing_is_written(world: World) -> None:
    linked = {8}
    world.audience = Audience(linked)
    world.announcer = world.new_announcer()
    await world.subscribe("http://127.0.0.1:1/", number="QX81", events=(STATUS,))
    await world.announcer.refresh()
    wants = world.audience.wants

    assert wants(world.red, STATUS, "QX81", 7)
    assert wants(world.red, STATUS, "QX82", 8), "it may have the number that is asked for"
    assert not wants(world.red, STATUS, "QX82", 7)
    assert not wants(world.red, OPENED, "QX81", 7)
    assert not wants(world.blue, STATUS, "QX81", 7)


async def test_every_number_of_a_road_is_told_of(world: World) -> None:
    async with Receiver() as receiver:
        one = await world.subscribe(receiver.url, number="QX82")
        async with world.store.pool.connection() as connection:
            for parcel, number in ((7, "QX81"), (8, "QX82"), (9, "QX83")):
                await connection.execute(
                    "INSERT INTO link (tenant, number, parcel, road, shipment) "
                    "VALUES ($1, $2, $3, 7, 7)", world.red, number, parcel,
                )  # fmt: skip
        await world.announce("QX81")
        await world.announcer.drain_once()
        (got,) = receiver.got
        (line,) = await world.log.deliveries_of(world.red, DeliveryFilter(number="QX82"))

        assert (json.loads(got.body)["subject"], line.subscription) == ("QX82", one.id)


async def test_what_was_under_way_at_a_crash_is_sent_again(world: World) -> None:
    async with Receiver(Reply(200, after_s=3)) as receiver:
        await world.subscribe(receiver.url)
        await world.announce(times=3)
        crashing = asyncio.create_task(world.announcer.drain_once())
        await receiver.count(3)
        for task in [crashing, *world.announcer._sending]:
            task.cancel()
        await asyncio.gather(crashing, return_exceptions=True)

        receiver.usual = Reply(200)
        another = world.new_announcer()
        assert await another.drain_once() == 0, "leased to the one that died"
        world.ahead = timedelta(seconds=LEASE_S + 1)
        assert await another.drain_once() == 3
        await another.close()
        assert sorted(receiver.ids[:3]) == sorted(receiver.ids[3:])
        assert await world.states() == ["delivered"] * 3


async def test_an_orderly_end_gives_back_what_it_has_claimed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost.engine.delivering.CLOSE_WITHIN_S", 0.05)
    async with Receiver(Reply(200, after_s=3)) as receiver:
        await world.subscribe(receiver.url)
        await world.announce()
        await world.announcer.start()
        await receiver.count(1)
        await world.announcer.close()
        receiver.usual = Reply(200)
        world.announcer = world.new_announcer()
        assert await world.announcer.drain_once() == 1


async def test_two_processes_share_the_work(world: World) -> None:
    async with Receiver() as receiver:
        await world.subscribe(receiver.url)
        await world.announce(times=200)
        another = world.new_announcer()
        made = await asyncio.gather(world.announcer.drain_once(), another.drain_once())
        await another.close()
    assert sum(made) == 200
    assert len(set(receiver.ids)) == len(receiver.ids) == 200


async def test_the_database_going_away_ends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, failures = world.outbox.claim_outbox, [ConnectionError("away"), RuntimeError("odd")]

    async def sometimes(limit: int, now: datetime) -> int:
        if failures:
            raise failures.pop()
        return await claim(limit, now)

    monkeypatch.setattr(world.outbox, "claim_outbox", sometimes)
    async with Receiver() as receiver:
        await world.subscribe(receiver.url)
        await world.announce()
        running = asyncio.create_task(world.announcer.run())
        await receiver.count(1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert failures == []


async def test_a_subscriber_s_whole_way_through_the_api(world: World) -> None:
    async with Receiver() as receiver, world.client("red") as client:
        added = await client.post("/v1/subscriptions", json={"url": receiver.url})
        assert added.status_code == 201
        one = added.json()
        assert one["events"] == list(TOPICS)
        assert one["secret"].startswith("whsec_")
        assert world.audience.wants(world.red, STATUS, "QX81", 7), "from this moment on"
        path = f"/v1/subscriptions/{one['id']}"

        (listed,) = (await client.get("/v1/subscriptions")).json()["subscriptions"]
        assert "secret" not in listed

        tested = (await client.post(path + "/test")).json()
        assert (tested["delivered"], tested["code"]) == (True, 204)
        event = Webhook(one["secret"]).verify(receiver.got[-1].body, receiver.got[-1].headers)
        assert event["type"] == "milepost.test"

        await world.announce("QX81")
        await world.announcer.drain_once()
        (line,) = (await client.get("/v1/deliveries?state=delivered&number=qx81")).json()[
            "deliveries"
        ]
        shown = (await client.get(f"/v1/deliveries/{line['id']}")).json()
        assert shown["data"] == {"number": "QX81"}
        assert [attempt["code"] for attempt in shown["history"]] == [204]

        replayed = await client.post(f"/v1/deliveries/{line['id']}/replay")
        assert (replayed.status_code, replayed.json()["state"]) == (202, "pending")
        assert await world.announcer.drain_once() == 1
        assert receiver.ids[-1] == receiver.ids[-2] == line["message_id"]

        changed = await client.patch(path, json={"events": [OPENED], "number": " qx81 "})
        assert (changed.json()["events"], changed.json()["number"]) == ([OPENED], "QX81")
        assert not world.audience.wants(world.red, STATUS, "QX81", 7)
        assert (await client.patch(path, json={"number": None})).json()["number"] is None

        assert (await client.delete(path)).status_code == 204
        assert (await client.get(path)).status_code == 404
        assert not world.audience
        assert (await client.get("/v1/deliveries?number=?")).json()["deliveries"] == []


async def test_during_rotation_both_secrets_verify(world: World) -> None:
    async with Receiver() as receiver, world.client("red") as client:
        given = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
        body = {"url": receiver.url, "secret": given}
        one = (await client.post("/v1/subscriptions", json=body)).json()
        assert one["secret"] == given
        rotated = await client.post(f"/v1/subscriptions/{one['id']}/rotate")
        fresh = rotated.json()["secret"]
        assert fresh != given
        await world.announce()
        await world.announcer.drain_once()

    (got,) = receiver.got
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    for secret in (given, fresh):
        Webhook(secret).verify(got.body, got.headers)


async def test_paging(world: World) -> None:
    async with world.client("red") as client:
        for _ in range(3):
            await world.subscribe("https://example.org/hook")
        await world.announce()
        await world.outbox.claim_outbox(10, world.now())
        for resource, name in (("subscriptions", "subscriptions"), ("deliveries", "deliveries")):
            first = (await client.get(f"/v1/{resource}?limit=2")).json()
            rest = (await client.get(f"/v1/{resource}?limit=2&cursor={first['next']}")).json()
            ids = [one["id"] for one in first[name] + rest[name]]
            assert len(set(ids)) == 3
            assert rest["next"] is None


async def test_tenants_see_nothing_of_each_other(world: World) -> None:
    async with Receiver() as receiver, world.client("blue") as client:
        one = await world.subscribe(receiver.url)
        await world.announce()
        await world.announcer.drain_once()
        (line,) = await world.log.deliveries_of(world.red, DeliveryFilter())
        assert (await client.get("/v1/subscriptions")).json()["subscriptions"] == []
        assert (await client.get("/v1/deliveries")).json()["deliveries"] == []
        path, log_path = f"/v1/subscriptions/{one.id}", f"/v1/deliveries/{line.id}"
        answers = [
            await client.get(path),
            await client.patch(path, json={"active": False}),
            await client.delete(path),
            await client.post(path + "/test"),
            await client.post(path + "/rotate"),
            await client.get(log_path),
            await client.post(log_path + "/replay"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 7
        assert not await world.log.replay(world.blue, line.id, world.now())
        assert await world.subscriptions.change(world.blue, one) is None
    (same,) = await world.subscriptions.subscriptions_of(world.red)
    assert same == one


@pytest.mark.parametrize(
    "body",
    [
        {"url": "ftp://example.org/x"},
        {"url": "https://"},
        {"url": "https://user:word@example.org/"},
        {"url": "https://exa mple.org/"},
        {"url": "https://example.org:99999/"},
        {"url": "http://169.254.169.254/latest/meta-data"},
        {"url": "https://example.org/", "events": []},
        {"url": "https://example.org/", "events": ["shipment.lost"]},
        {"url": "https://example.org/", "secret": "whsec_c2hvcnQ="},
        {"url": "https://example.org/", "secret": "plain"},
        {"url": "https://example.org/", "number": "?"},
        {"url": "https://example.org/", "colour": "red"},
    ],
)
async def test_what_cannot_be_subscribed_is_refused(world: World, body: dict[str, object]) -> None:
    async with world.client("red") as client:
        answer = await client.post("/v1/subscriptions", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_old_deliveries_are_forgotten(world: World) -> None:
    async with Receiver() as receiver:
        await world.subscribe(receiver.url)
        await world.announce()
        await world.announcer.drain_once()
        receiver.usual = Reply(500)
        await world.announce()
        await world.announcer.drain_once()
        assert await world.outbox.prune(world.now() - timedelta(days=1), 10) == 0
        assert await world.outbox.prune(world.now(), 10) == 1
    assert await world.states() == ["pending"]


async def test_a_scan_becomes_a_webhook(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "POLL_S", 600.0)
    engine = Inline(world.store.ledger, Tables())
    announcer = Announcer(
        world.outbox, world.announcer.channels, audience=engine.audience, woken=engine.announced
    )
    scan = {"number": "QX8100000001", "carrier": "yto", "code": "delivered",
            "occurred_at": "2026-03-01T10:00:00+08:00"}  # fmt: skip
    async with Receiver() as receiver:
        await world.subscribe(receiver.url, events=(STATUS,))
        await announcer.start()
        await engine.start()
        receipt = await engine.journey.take_scans(world.red, json.dumps([scan, scan]).encode())
        await receiver.count(1)
        await engine.stop()
        await announcer.close()
    assert (receipt.accepted, receipt.duplicates) == (1, 1)
    event = json.loads(receiver.got[0].body)
    assert event["subject"] == "QX8100000001"
    assert event["data"]["status"]["main"] == "delivered"
    assert len(receiver.got) == 1


PROCESS = """
import asyncio, sys
from milepost.channels.discovery import Options, channels
from milepost.engine import delivering
from milepost.runners.inline import Inline
from milepost.settings import Settings
from milepost.stores.postgres.outbox import PostgresOutbox
from milepost.stores.sealer import Sealer
from milepost.wiring import open_store

SEALER = Sealer(b"k" * 32)
delivering.OUTBOX_BATCH = 20

async def main():
    store = await open_store(Settings(database=sys.argv[1]))
    sending = channels(Options(allow_private_targets=True))
    await delivering.Announcer(PostgresOutbox(store.pool, SEALER), sending).run()

asyncio.run(main())
"""


@pytest.mark.server
async def test_kill_9_loses_nothing(world: World, database: str) -> None:
    wanted, chance = 600, random.Random(4)
    async with Receiver(Reply(200, after_s=0.05)) as receiver:
        await world.subscribe(receiver.url)
        for index in range(0, wanted, 100):
            rows = [
                Announcement(world.red, 7, STATUS, f"QX{number}", b"{}", time.time_ns() // 1_000)
                for number in range(index, index + 100)
            ]
            await world.store.ledger.commit(0, Group(outbox=rows))
        for _ in range(4):
            known = len(receiver.got)
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROCESS, database)
            await receiver.count(known + 1)
            await asyncio.sleep(chance.uniform(0, 0.3))
            process.kill()
            await process.wait()
        assert len(set(receiver.ids)) < wanted, "killed in the midst of it"
        world.ahead = timedelta(seconds=LEASE_S + 1)
        await world.announcer.drain_once()

    subjects = {json.loads(one.body)["subject"] for one in receiver.got}
    assert len(subjects) == len(set(receiver.ids)) == wanted
    assert set(await world.states()) == {"delivered"}


async def test_secrets_are_sealed_also_those_of_an_older_version(world: World) -> None:
    one = await world.subscribe("http://127.0.0.1:9/")
    async with world.store.pool.connection() as connection:
        kept = await connection.fetchrow("SELECT secret, sealed FROM subscription")
        assert kept["secret"] == ""
        assert one.secrets[0].encode() not in kept["sealed"]
        await connection.execute(
            "UPDATE subscription SET secret = 'whsec_old', sealed = NULL WHERE id = $1", one.id
        )
        await connection.execute(
            "INSERT INTO former_secret VALUES ($1, 'whsec_former', now() + interval '1 day')",
            one.id,
        )
    assert await world.subscriptions.seal() == 2
    assert await world.subscriptions.seal() == 0

    found = await world.subscriptions.subscription(world.red, one.id)
    assert found is not None
    assert found.secrets == ("whsec_old", "whsec_former")
    async with world.store.pool.connection() as connection:
        text = str(await connection.fetch("SELECT * FROM subscription, former_secret"))
    assert "whsec_" not in text


async def test_the_cap_of_a_day_holds_messages_back_and_loses_none(world: World) -> None:
    capped = PostgresOutbox(world.store.pool, SEALER, 3)
    await world.subscribe("http://127.0.0.1:9/")
    for _ in range(5):
        await world.announce()
        await capped.claim_outbox(1, datetime.now(UTC))

    sent = await world.log.deliveries_of(world.red, DeliveryFilter(state="pending"))
    held = await world.log.deliveries_of(world.red, DeliveryFilter(state="failed"))
    assert (len(sent), len(held)) == (3, 2)
    assert held[0].last_error == "Not sent: the cap of 3 messages a day is reached."
    wanted = DeliveryFilter(state="failed", limit=10)
    assert await world.log.replay_failed(world.red, wanted, world.now()) == 2
    assert await world.log.replay_failed(world.blue, wanted, world.now()) == 0


async def test_the_cap_on_subscriptions(world: World) -> None:
    few = PostgresSubscriptions(world.store.pool, SEALER, 1)
    given = {"channel": "webhook", "url": "http://127.0.0.1:9/", "secret": "x",
             "events": TOPICS, "number": None}  # fmt: skip
    await few.add_subscription(world.red, **given)
    with pytest.raises(TooManySubscriptionsError, match="There may be 1"):
        await few.add_subscription(world.red, **given)
    await few.add_subscription(world.blue, **given)
