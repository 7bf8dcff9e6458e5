"""Rules over the whole road on a running server: opened, shown, cleared, kept over a restart."""

from __future__ import annotations

from datetime import timedelta

from journey.running import NOW, Caller, Running
from patience import once

pytest_plugins = ["pg"]
HOUR = timedelta(hours=1)


def scan(number: str, code: str, **given: object) -> dict[str, object]:
    return {"number": number, "carrier": "yto", "code": code,
            "occurred_at": NOW.isoformat(), **given}  # fmt: skip


def rules(me: Caller, number: str, wanted: set[str]) -> set[str]:
    """The alerts of a number, once they are what is wanted."""
    return once(
        lambda: {one["rule"] for one in me.track(number)["alerts"]}, lambda found: found == wanted
    )


def test_a_delivery_far_away_alerts_within_a_second(app: Running, me: Caller) -> None:
    me.register({"number": "YT6300000000011", "carrier": "yto",
                 "destination": {"latitude": 31.23, "longitude": 121.47}})  # fmt: skip
    here = {"latitude": 39.9, "longitude": 116.4}
    me.scan(scan("YT6300000000011", "delivered.signature", place=here))
    assert rules(me, "YT6300000000011", {"delivered_far"}) == {"delivered_far"}
    app.written()
    assert "YT6300000000011" in me.listed(trouble="true")


def test_valuables_without_identity_alert_and_clear_when_it_comes(app: Running, me: Caller) -> None:
    number = "YT6300000000022"
    me.register({"number": number, "carrier": "yto", "category": "high_value"})
    me.scan(scan(number, "delivered.signature", evidence=["photograph:0a"]))
    assert rules(me, number, set()) == set()
    app.clock.now += 3 * HOUR
    assert rules(me, number, {"sign_off_missing"}) == {"sign_off_missing"}
    me.scan(scan(number, "delivered.recipient", evidence=["identity:verified"]))
    assert rules(me, number, set()) == set()


def test_other_judges_alerts_survive_the_clocks_look(app: Running, me: Caller) -> None:
    number = "YT6300000000033"
    ahead = (app.clock.now + 2 * HOUR).isoformat()
    me.scan({**scan(number, "in_transit.arrived_hub"), "occurred_at": ahead})
    assert rules(me, number, {"clock_skew"}) == {"clock_skew"}
    app.clock.now += 60 * HOUR
    app.written()
    app.call(app.milepost.engine.clockwork.tick)
    assert rules(me, number, {"clock_skew", "dwell"}) == {"clock_skew", "dwell"}
