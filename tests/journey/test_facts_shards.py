"""Facts with several engine processes: what any of them is told counts for every road."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from journey.serving import serving

pytest_plugins = ["pg"]
PARCELS = 8


@pytest.mark.server
async def test_care_is_heard_of_by_the_owner_of_every_road(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_DATABASE", store_url)
    monkeypatch.setenv("MILEPOST_SHARDS", "2")
    with serving("--data", str(tmp_path / "data"), log=tmp_path / "log") as server:
        headers = {"Authorization": f"Bearer {server.key('acme')}"}
        numbers = [f"SH{index:08d}" for index in range(PARCELS)]
        at = (datetime.now(UTC) - timedelta(hours=5)).isoformat()

        def post(path: str, body: object) -> None:
            # A connection each, so that both processes have their share.
            answer = httpx2.post(server.url + path, content=json.dumps(body), headers=headers)
            assert answer.status_code < 300, answer.text

        def alerts(number: str) -> set[str]:
            road = httpx2.get(f"{server.url}/v1/track/{number}", headers=headers).json()
            return {one["rule"] for one in road["alerts"]}

        scan = {"carrier": "sf", "code": "in_transit.departed_facility", "occurred_at": at}
        post("/v1/scans", [{"number": number, **scan} for number in numbers])
        assert not any(alerts(number) for number in numbers)
        for number in numbers:  # fragile goods may not rest for more than two hours
            post("/v1/shipments", {"number": number, "carrier": "sf", "categories": ["fragile"]})
        deadline = time.monotonic() + 60
        while not all("dwell" in alerts(number) for number in numbers):
            assert time.monotonic() < deadline, [alerts(number) for number in numbers]
            await asyncio.sleep(0.5)
