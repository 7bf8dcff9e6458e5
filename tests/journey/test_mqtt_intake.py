"""Devices over a real broker: durable before it is acknowledged, whatever dies."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from journey.running import NOW, Running, running
from journey.serving import Server, free_port
from mosquitto import Broker
from patience import until

pytest_plugins = ["pg"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    started = Broker(tmp_path / "broker", free_port())
    started.start()
    yield started
    started.stop()


def sample(n: int, **more: Any) -> bytes:
    at = (NOW - timedelta(hours=5) + timedelta(seconds=n)).isoformat()
    return json.dumps({"at": at, "temperature_c": 4 + n % 3, **more}).encode()


def count(app: Running) -> int:
    return int(app.sql("SELECT count(*) FROM telemetry_sample")[0][0])


def mqtt(app: Running) -> Any:
    return next(one for one in app.milepost.features if hasattr(one, "messages"))


def connected(app: Running) -> None:
    until(lambda: mqtt(app).client.connected.is_set())


def test_all_four_kinds_of_reports(store_url: str, broker: Broker) -> None:
    with running(store_url, mqtt_url=broker.url) as app:
        me = app.caller("Acme & Söhne")
        connected(app)
        device = broker.publisher()
        root = "milepost/Acme & S%C3%B6hne"
        at = (NOW - timedelta(hours=6)).isoformat()
        device.publish(
            f"{root}/pda/pda-1/scans",
            json.dumps({"number": "MQ1000001", "occurred_at": at, "action": "load",
                        "asset": "truck:t1"}).encode(),
        )  # fmt: skip
        device.publish(f"{root}/truck/t1/samples", sample(1, lat=30.5, lon=120.5), sample(1))
        device.publish(f"{root}/truck/t1/samples", b"no JSON", sample(2))
        device.publish(
            f"{root}/station/s1/containment",
            json.dumps({"child": "*", "parent": "truck:t1", "action": "remove",
                        "at": (NOW - timedelta(hours=1)).isoformat()}).encode(),
        )  # fmt: skip
        device.publish("milepost/nobody/truck/t1/samples", sample(3))
        device.close()
        until(lambda: mqtt(app).messages.meters.messages == 7 and count(app) == 3)
        # A message is counted as it comes, and durable a little later.
        until(lambda: me.get("/v1/track/MQ1000001").status_code == 200)

        assert me.status("MQ1000001") == "in_transit.moving"
        # What it was loaded into is written after the scan itself.
        until(lambda: me.get("/v1/track/MQ1000001/position").status_code == 200)
        position = me.get("/v1/track/MQ1000001/position").json()
        assert (position["asset"], position["lat"]) == ("truck:t1", 30.5)
        until(lambda: bool(me.get("/v1/assets/truck:t1/contents").json()["inside"][0]["until"]))
        until(lambda: [one[0] for one in app.sql("SELECT reason <> '' FROM unread")] == [True])


def test_the_broker_goes_and_comes_back(store_url: str, broker: Broker) -> None:
    with running(store_url, mqtt_url=broker.url) as app:
        app.caller("acme")
        connected(app)
        device = broker.publisher()
        device.publish("milepost/acme/truck/t1/samples", sample(1))
        device.close()
        until(lambda: count(app) == 1)
        broker.stop()
        until(lambda: not mqtt(app).client.connected.is_set())
        broker.start()
        connected(app)
        device = broker.publisher()
        device.publish("milepost/acme/truck/t1/samples", sample(1), sample(2))
        device.close()
        until(lambda: count(app) == 2)


def test_what_came_while_we_were_away_is_kept_by_the_broker(store_url: str, broker: Broker) -> None:
    with running(store_url, mqtt_url=broker.url) as app:
        app.caller("acme")
        connected(app)
    device = broker.publisher()
    device.publish("milepost/acme/truck/t1/samples", *(sample(n) for n in range(50)))
    device.close()
    with running(store_url, mqtt_url=broker.url) as app:
        until(lambda: count(app) == 50)


def test_a_queue_that_waited_at_the_broker_does_not_set_clocks_wrong(
    store_url: str, broker: Broker
) -> None:
    """It was sent when its device says; what comes once we listen tells of the clock again."""

    def queue(number: str, sent: timedelta, hours: float) -> bytes:
        scan = {"number": number, "occurred_at": (NOW - timedelta(hours=hours)).isoformat(),
                "action": "collect"}  # fmt: skip
        return json.dumps({"sent_at": (NOW - sent).isoformat(), "scans": [scan]}).encode()

    with running(store_url, mqtt_url=broker.url) as app:
        app.caller("acme")
        connected(app)
    device = broker.publisher()
    device.publish("milepost/acme/pda/p1/scans", queue("MQ3000001", timedelta(hours=2), 3))
    device.close()
    with running(store_url, mqtt_url=broker.url) as app:
        me = app.caller("acme")
        until(lambda: me.get("/v1/track/MQ3000001").status_code == 200)
        app.clock.now += timedelta(hours=1)
        device = broker.publisher()
        # An hour later, and two hours slow.
        device.publish("milepost/acme/pda/p1/scans", queue("MQ3000002", timedelta(hours=1), 3))
        device.close()
        until(lambda: me.get("/v1/track/MQ3000002").status_code == 200)

        times = [me.track(number)["events"][0]["occurred_at"] for number in
                 ("MQ3000001", "MQ3000002")]  # fmt: skip
        assert times == [(NOW - timedelta(hours=hours)).isoformat() for hours in (3, 1)]


def test_nothing_is_acknowledged_before_it_is_durable(store_url: str, broker: Broker) -> None:
    with running(store_url, mqtt_url=broker.url) as app:
        app.caller("acme")
        connected(app)

        pool = app.milepost.store.pool
        opened = pool._opened

        async def gone() -> None:
            raise ConnectionError("the database is away")

        pool._pool, kept = None, pool._pool
        pool._opened = gone
        device = broker.publisher()
        device.publish("milepost/acme/truck/t1/samples", sample(1))
        device.close()
        until(lambda: mqtt(app).messages.meters.retries > 0)
        pool._pool, pool._opened = kept, opened
        until(lambda: count(app) == 1)


def test_a_password_and_a_shared_subscription(store_url: str, tmp_path: Path) -> None:
    broker = Broker(tmp_path / "closed", free_port(), password="s3cret")
    broker.start()
    try:
        with running(store_url, mqtt_url=broker.url, mqtt_group="sensors") as app:
            app.caller("acme")
            connected(app)
            device = broker.publisher("milepost", "s3cret")
            device.publish("milepost/acme/sensor/s1/samples", *(sample(n) for n in range(20)))
            device.close()
            until(lambda: count(app) == 20)
    finally:
        broker.stop()


@pytest.mark.server
def test_a_killed_server_loses_nothing(
    store_url: str, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_DATABASE", store_url)
    monkeypatch.setenv("MILEPOST_MQTT_URL", broker.url)
    server = Server("--data", str(tmp_path / "data"), log=tmp_path / "log")
    server.start()
    server.key("acme")
    device = broker.publisher()
    topic = "milepost/acme/truck/t1/samples"
    try:
        for start in range(0, 400, 200):
            bodies = (
                json.dumps({"asset": f"truck:{n}", "at": time.time(), "temperature_c": 4}).encode()
                for n in range(start, start + 200)
            )
            device.publish(topic, *bodies)
            server.kill()
            server.start()
        device.close()
        until(lambda: _assets(store_url) == 400)
    finally:
        server.kill()


def _assets(url: str) -> int:
    async def ask() -> int:
        connection = await asyncpg.connect(url)
        try:
            query = "SELECT count(DISTINCT asset) FROM telemetry_sample"
            return int(await connection.fetchval(query))
        finally:
            await connection.close()

    return asyncio.run(ask())
