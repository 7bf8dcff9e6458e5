"""With several engine processes a parcel has one window, whichever of them is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from journey.serving import serving
from patience import until

pytest_plugins = ["pg"]
HANGZHOU, CHENGDU = {"city": "Hangzhou", "country": "CN"}, {"city": "Chengdu", "country": "CN"}
TAUGHT, ASKED, TIMES = 120, 4, 6


def road(number: str, began: datetime, hours: dict[str, float]) -> list[dict[str, Any]]:
    return [
        {"number": number, "carrier": "sf", "code": code, "place": HANGZHOU,
         "occurred_at": (began + timedelta(hours=after)).isoformat()}
        for code, after in hours.items()
    ]  # fmt: skip


@pytest.mark.server
def test_whoever_is_asked_says_the_same(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_DATABASE", store_url)
    monkeypatch.setenv("MILEPOST_SHARDS", "2")
    with serving("--data", str(tmp_path / "data"), log=tmp_path / "log") as server:
        headers = {"Authorization": f"Bearer {server.key('acme')}"}
        now = datetime.now(UTC)

        def call(method: str, path: str, body: object = None) -> Any:
            # A connection each, so that both processes have their share.
            content = None if body is None else json.dumps(body)
            answer = httpx2.request(method, server.url + path, content=content, headers=headers)
            assert answer.status_code < 300, answer.text
            return answer.json()

        def roads() -> set[int]:
            return {call("GET", "/v1/foresight")["roads"] for _ in range(TIMES)}

        def told(number: str) -> tuple[set[str], set[str]]:
            windows, histories = set(), set()
            for _ in range(TIMES):
                arrival = call("GET", f"/v1/track/{number}")["arrival"]
                windows.add(json.dumps([arrival["reason"], arrival["guess"]]))
                past = call("GET", f"/v1/track/{number}/forecasts")["forecasts"][:-1]
                histories.add(json.dumps(past))
            return windows, histories

        past = [f"SF83{place:06d}" for place in range(TAUGHT)]
        call("POST", "/v1/shipments", [
            {"number": one, "carrier": "sf", "origin": HANGZHOU, "destination": CHENGDU}
            for one in past
        ])  # fmt: skip
        call("POST", "/v1/scans", [
            scan for place, one in enumerate(past)
            for scan in road(one, now - timedelta(days=20, hours=place), {
                "picked_up": 0, "in_transit.departed_origin": 6, "delivered": 60 + place % 23,
            })
        ])  # fmt: skip
        until(lambda: sum(roads()) == TAUGHT)  # each has learned from its own share
        asked = [f"SF84{place:06d}" for place in range(ASKED)]
        call("POST", "/v1/shipments", [
            {"number": one, "carrier": "sf", "origin": HANGZHOU, "destination": CHENGDU}
            for one in asked
        ])  # fmt: skip
        for one in asked:
            call("POST", "/v1/scans", road(one, now - timedelta(days=3), {
                "picked_up": 0, "in_transit.departed_origin": 8,
            }))  # fmt: skip
        for one in asked:
            windows, histories = told(one)
            assert len(windows) == 1
            assert len(histories) == 1
            assert json.loads(histories.pop())
