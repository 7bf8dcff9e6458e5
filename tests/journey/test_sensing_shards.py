"""Sensors with several engine processes: any of them takes any sample."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx2
import pytest

from journey.serving import serving

pytest_plugins = ["pg"]
PARCELS = 8


def ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


@pytest.mark.server
async def test_every_parcels_alert_opens_and_clears(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_DATABASE", store_url)
    monkeypatch.setenv("MILEPOST_SHARDS", "2")
    options = ("--data", str(tmp_path / "data"))
    with serving(*options, log=tmp_path / "log") as server:
        headers = {"Authorization": f"Bearer {server.key('acme')}"}
        numbers = [f"SH{index:08d}" for index in range(PARCELS)]

        def post(path: str, body: object) -> None:
            # A connection each, so that both processes have their share.
            answer = httpx2.post(server.url + path, content=json.dumps(body), headers=headers)
            assert answer.status_code < 300, answer.text

        def open_ones() -> int:
            return sum(
                len(httpx2.get(f"{server.url}/v1/track/{n}", headers=headers).json()["alerts"])
                for n in numbers
            )

        for number in numbers:
            post("/v1/shipments", {"number": number, "carrier": "sf", "categories": ["cold_chain"]})
            post("/v1/scans", [{"number": number, "carrier": "sf", "code": "picked_up",
                                "occurred_at": ago(12)}])  # fmt: skip
            post("/v1/devices/containment", [{"number": number, "parent": "truck:1",
                                              "action": "add", "at": ago(10)}])  # fmt: skip
        for minute in range(20):
            at = ago(2 - minute / 60)
            post("/v1/devices/samples", [{"asset": "truck:1", "at": at, "temperature_c": 15}])
        rows: list[asyncpg.Record] = []
        connection = await asyncpg.connect(store_url)
        query = "SELECT number, cleared_s FROM alert WHERE rule = 'temperature_excursion'"
        deadline = time.monotonic() + 90
        while len({row["number"] for row in rows}) < PARCELS:
            assert time.monotonic() < deadline, rows
            await asyncio.sleep(0.2)
            rows = await connection.fetch(query)
        while open_ones() < PARCELS:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.2)
        for minute in range(3):
            at = ago(1 - minute / 60)
            post("/v1/devices/samples", [{"asset": "truck:1", "at": at, "temperature_c": 5}])
        while not rows or any(row["cleared_s"] is None for row in rows):
            assert time.monotonic() < deadline, rows
            await asyncio.sleep(0.2)
            rows = await connection.fetch(query)
        await connection.close()

        assert len(rows) == PARCELS
