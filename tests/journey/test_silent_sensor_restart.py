"""A sensor that says nothing any more is told of in its time, though the server was killed."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from journey.running import NOW, Clock, Running, running, scan
from journey.serving import serving
from patience import until

pytest_plugins = ["pg"]
SILENT = timedelta(hours=1)  # of the cold chain
# What was recorded before this is known to have been looked at.
ALL_SEEN = """
INSERT INTO sensing_checkpoint VALUES (0, now() + interval '1 hour')
ON CONFLICT (shard) DO UPDATE SET seen_until = excluded.seen_until
"""


def told(number: str, at: datetime) -> list[tuple[str, Any]]:
    """A parcel in a truck whose sensor has spoken for the last time."""
    sent = (at - timedelta(hours=2)).isoformat()
    return [
        ("/v1/shipments", {"number": number, "carrier": "sf", "categories": ["cold_chain"]}),
        ("/v1/scans", [{"number": number, "carrier": "sf", "code": "picked_up",
                        "occurred_at": sent}]),
        ("/v1/devices/containment", [{"number": number, "parent": "truck:9", "action": "add",
                                      "at": sent}]),
        ("/v1/devices/samples", [{"asset": "truck:9", "at": at.isoformat(),
                                  "temperature_c": 4}]),
    ]  # fmt: skip


@pytest.mark.server
def test_after_a_kill_the_silence_is_told(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_DATABASE", store_url)
    with serving("--data", str(tmp_path / "data"), log=tmp_path / "log") as server:
        headers = {"Authorization": f"Bearer {server.key('acme')}"}
        last = datetime.now(UTC) - SILENT + timedelta(seconds=8)
        for path, body in told("KILL000001", last):
            answer = httpx2.post(server.url + path, content=json.dumps(body), headers=headers)
            assert answer.status_code < 300, answer.text
        server.kill()
        asyncio.run(_execute(store_url, ALL_SEEN))
        server.start()

        def alerts() -> list[Any]:
            found = httpx2.get(f"{server.url}/v1/track/KILL000001", headers=headers).json()
            return [one for one in found["alerts"] if one["rule"] == "sensor_silent"]

        (alert,) = until(alerts)
        due = datetime.fromisoformat(alert["opened_at"])
        assert abs(due - last - SILENT) < timedelta(seconds=1)


def test_only_those_under_way_and_not_before_their_time(store_url: str) -> None:
    clock = Clock()
    with running(store_url, clock) as app:
        me = app.caller("shop")
        for number in ("RESTART1", "RESTART2", "RESTART3"):
            for path, body in told(number, NOW - timedelta(minutes=50)):
                assert me.post(path, body).status_code < 300
        # The second leaves its truck, which speaks on; the third is handed over.
        me.post("/v1/devices/containment", [
            {"number": "RESTART2", "parent": "truck:9", "action": "remove",
             "at": (NOW - timedelta(minutes=40)).isoformat()}])  # fmt: skip
        me.scan(scan("RESTART3", 0.2, "delivered"))
        app.written()
        app.call(_round, app)
    asyncio.run(_execute(store_url, ALL_SEEN))
    with running(store_url, clock) as app:
        app.call(_round, app)
        assert silent(app) == []
        clock.now = NOW + timedelta(minutes=20)
        assert until(lambda: silent(app) if len(silent(app)) == 2 else None) == [
            "RESTART1", "RESTART2"]  # fmt: skip


def silent(app: Running) -> list[str]:
    rows = app.sql("SELECT number FROM alert WHERE rule = 'sensor_silent' ORDER BY number")
    return [row["number"] for row in rows]


async def _round(app: Running) -> None:
    await next(one for one in app.milepost.features if hasattr(one, "judge")).judge.round()


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(sql)
    await connection.close()
