"""A real `milepost serve`: live streams, orderly ends, restarts, and what a kill leaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from journey.running import Running, running
from journey.serving import Server, serving
from milepost.domain.event import Event
from milepost.engine.unfold import folded

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server


class Api:
    """A tenant's key on a server process."""

    def __init__(self, server: Server, key: str) -> None:
        self.client = httpx2.Client(
            base_url=server.url, headers={"Authorization": f"Bearer {key}"}, timeout=20
        )

    def scan(self, *scans: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post("/v1/scans", json=list(scans))
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def track(self, number: str) -> dict[str, Any]:
        answer = self.client.get(f"/v1/track/{number}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def scan(number: str, hours: float, code: str, **more: Any) -> dict[str, Any]:
    time = datetime.now(UTC) - timedelta(hours=hours)
    return {
        "number": number,
        "occurred_at": time.isoformat(),
        "code": code,
        "carrier": "sf",
        **more,
    }


@pytest.fixture
def server(store_url: str, tmp_path: Path) -> Iterator[Server]:
    with serving("--database", store_url, log=tmp_path / "server.log") as started:
        yield started


@pytest.fixture
def api(server: Server) -> Api:
    return Api(server, server.key("red"))


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The data of a stream's `track` events."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            assert name == "track"
            yield json.loads(line[6:])


def test_a_live_stream_tells_every_change(server: Server, api: Api) -> None:
    api.scan(scan("SF500001", 5, "picked_up"))
    with api.client.stream("GET", "/v1/track/SF500001/live") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer.iter_lines())
        assert next(told)["status"]["sub"] == "picked_up"

        api.scan(scan("SF500001", 2, "in_transit.arrived_hub"))
        assert next(told)["status"]["sub"] == "in_transit.arrived_hub"

        # What happens to a number that joins later, and to another box, is told as well.
        first = {"number": "SF500001"}
        boxes = [
            {"numbers": [first, {"number": "DPD500001"}]},
            {"numbers": [{"number": "JT500001"}]},
        ]
        assert api.client.post("/v1/shipments", json={"parcels": boxes}).status_code == 201
        joined = next(one for one in told if len(one["parcels"]) == 2)
        assert joined["parcels"][0]["numbers"] == ["SF500001", "DPD500001"]
        api.scan(scan("DPD500001", 1, "out_for_delivery"))
        assert "out_for_delivery" in {one["main"] for one in _until(told, "DPD500001")["events"]}
        api.scan(scan("JT500001", 1, "exception.damaged"))
        assert _until(told, "JT500001", 2)["status"]["main"] == "exception"

        # An open stream does not keep the server from ending.
        assert server.stop() < 10


def test_whoever_comes_back_is_told_what_is_new(server: Server, api: Api) -> None:
    api.scan(scan("SF500009", 5, "picked_up"))
    path = "/v1/track/SF500009/live"
    with api.client.stream("GET", path) as answer:
        lines = answer.iter_lines()
        seen = next(line[4:] for line in lines if line.startswith("id: "))

    with api.client.stream("GET", path, headers={"Last-Event-ID": seen}) as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith(":")
        api.scan(scan("SF500009", 2, "in_transit.arrived_hub"))
        assert next(events(lines))["status"]["sub"] == "in_transit.arrived_hub"

    with api.client.stream("GET", path, headers={"Last-Event-ID": seen}) as answer:
        told = next(events(answer.iter_lines()))
        assert told["status"]["sub"] == "in_transit.arrived_hub"


def _until(told: Iterator[dict[str, Any]], number: str, count: int = 1) -> dict[str, Any]:
    return next(one for one in told if sum(e["number"] == number for e in one["events"]) >= count)


def test_everything_is_there_after_a_restart(server: Server, api: Api, store_url: str) -> None:
    road = [scan("SF500002", 90 - 10 * n, code) for n, code in enumerate(CODES)]
    api.scan(*road, scan("DPD500002", 3, "in_transit.arrived_hub"))
    wrong = api.track("SF500002")["events"][-1]["id"]
    api.scan(scan("SF500002", 1, "attempt_failed", retracts=wrong))
    numbers = [{"number": "SF500002"}, {"number": "DPD500002"}]
    api.client.post("/v1/shipments", json={"parcels": [{"numbers": numbers}]})
    before = api.track("DPD500002")
    server.stop()
    server.start()

    assert api.track("DPD500002") == before
    assert api.scan(*road)["duplicates"] == len(road)
    listed = api.client.get("/v1/shipments").json()["shipments"]
    assert [one["number"] for one in listed] == ["SF500002"]
    server.stop()
    with running(store_url) as app:
        assert_states_are_folds(app)


CODES = ["info_received.created", "picked_up", "in_transit.arrived_hub", "delivered"]


def test_what_was_acknowledged_survives_a_kill_before_any_housekeeping(
    server: Server, api: Api, store_url: str
) -> None:
    roads = [[scan(f"SF51{n:04d}", 90 - 10 * i, c) for i, c in enumerate(CODES)] for n in range(50)]
    for road in roads:
        api.scan(*road[:2])
    for road in roads:
        api.scan(*road[1:])
    server.kill()

    with running(store_url) as app:
        assert len(app.milepost.engine.shard.states) == 50
        assert_states_are_folds(app)
    server.start()
    again = api.scan(*(one for road in roads for one in road))
    assert again == {"accepted": 0, "duplicates": 200, "rejected": []}
    assert {len(api.track(f"SF51{n:04d}")["events"]) for n in range(50)} == {4}


def assert_states_are_folds(app: Running) -> None:
    """Every state in memory is what the journal's events add up to, each of them once."""
    engine = app.milepost.engine

    async def journal() -> list[Event]:
        return [row.event async for rows in engine.ledger.journal_since(0) for row in rows]

    roads: dict[int, list[Event]] = {}
    found = app.call(journal)
    for event in found:
        roads.setdefault(engine.shard.road_of(event.parcel), []).append(event)
    assert engine.shard.states == {road: folded(events) for road, events in roads.items()}
    assert len({(event.parcel, event.fingerprint) for event in found}) == len(found)


def test_many_senders_at_once(server: Server, api: Api) -> None:
    scans = [scan(f"SF52{n % 40:04d}", 1 + n, CODES[n % 4]) for n in range(800)]

    async def send() -> list[dict[str, Any]]:
        headers = dict(api.client.headers)
        async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=20) as client:
            # Everything is sent twice, by different senders at the same time.
            parts = [scans[start : start + 50] for start in range(0, 800, 50)] * 2
            answers = await asyncio.gather(*(client.post("/v1/scans", json=p) for p in parts))
        return [answer.json() for answer in answers]

    receipts = asyncio.run(send())
    assert sum(one["accepted"] for one in receipts) == 800
    assert sum(one["duplicates"] for one in receipts) == 800
    numbers = [f"SF52{n:04d}" for n in range(40)]
    tracks = api.client.post("/v1/track", json={"numbers": numbers}).json()["tracks"]
    assert {len(one["events"]) for one in tracks} == {20}
