"""What comes due while nobody was there, or before the past is read again, opens in its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from journey.running import NOW, Clock, Running, running, scan
from patience import once

pytest_plugins = ["pg"]
HOUR = timedelta(hours=1)


def opened(app: Running, number: str, rule: str) -> list[Any]:
    def look() -> list[Any]:
        app.call(app.milepost.engine.clockwork.tick)
        app.call(app.milepost.engine.second_look.settle)
        asked = "SELECT to_timestamp(opened_s) FROM alert WHERE number = $1 AND rule = $2"
        return [row[0] for row in app.sql(asked, number, rule)]

    return once(look, lambda found: found != [])


def test_silence_and_missing_proofs_open_in_their_time_after_a_start(store_url: str) -> None:
    clock = Clock()
    with running(store_url, clock) as app:
        me = app.caller("shop")
        wanted = {"values": {"sign_off": ["photograph"], "customs_dwell_s": 3600}}
        assert me.client.put("/v1/policy", headers=me.headers, json=wanted).status_code == 200
        me.scan(scan("START1", 0), scan("START2", 0, "delivered"),
                scan("START3", 0, "customs.processing"))  # fmt: skip
    clock.now = NOW + 1.5 * HOUR
    with running(store_url, clock) as app:
        assert opened(app, "START2", "sign_off_missing") == [NOW + HOUR]
        assert opened(app, "START3", "customs_dwell") == [NOW + HOUR]
        clock.now = NOW + 49 * HOUR
        assert opened(app, "START1", "dwell") == [NOW + 48 * HOUR]
