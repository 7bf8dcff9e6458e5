"""Policies over the API, and what they do to shipments on the road."""

from __future__ import annotations

from datetime import timedelta

from journey.running import NOW, Caller, Running

pytest_plugins = ["pg"]
HOUR = timedelta(hours=1)


def scan(number: str, **given: object) -> dict[str, object]:
    at = given.pop("at", NOW)
    return {"number": number, "carrier": "yto", "code": "in_transit.arrived_hub",
            "occurred_at": at.isoformat(), **given}  # type: ignore[attr-defined]  # fmt: skip


def rules(me: Caller, number: str) -> set[str]:
    return {one["rule"] for one in me.track(number)["alerts"]}


def pass_time(app: Running, by: timedelta) -> None:
    app.written()
    app.clock.now += by
    app.call(app.milepost.engine.clockwork.tick)


def test_fragile_goods_alert_after_two_hours_and_others_do_not(app: Running, me: Caller) -> None:
    me.register([{"number": "YT6100000000011", "carrier": "yto", "category": "fragile"},
                 {"number": "YT6100000000022", "carrier": "yto"}])  # fmt: skip
    now = app.clock.now
    me.scan(scan("YT6100000000011", at=now), scan("YT6100000000022", at=now))
    pass_time(app, 2.1 * HOUR)
    assert rules(me, "YT6100000000011") == {"dwell"}
    assert rules(me, "YT6100000000022") == set()
    assert me.track("YT6100000000011")["categories"] == ["fragile"]


def test_a_change_of_country_is_cross_border(app: Running, me: Caller) -> None:
    me.register({"number": "YT6100000000033", "origin": {"country": "CN"},
                 "destination": {"country": "DE"}})  # fmt: skip
    assert me.track("YT6100000000033")["categories"] == ["cross_border"]


def test_a_policy_holds_for_what_is_on_the_road_already(app: Running, me: Caller) -> None:
    me.scan(scan("YT6100000000044", at=app.clock.now - 5 * HOUR))
    assert rules(me, "YT6100000000044") == set()
    answer = me.client.put(
        "/v1/policy",
        headers=me.headers,
        json={"values": {}, "exceptions": [{"when": {"carrier": "yto"},
              "values": {"dwell_s": 14_400}}]},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    pass_time(app, timedelta(minutes=5))
    assert rules(me, "YT6100000000044") == {"dwell"}
    assert me.get("/v1/policy").json()["plain"]["dwell_s"] == 48 * 3600
    me.client.put("/v1/policy", headers=me.headers, json={})


def test_a_limit_that_is_none_is_refused_and_nothing_changes(me: Caller) -> None:
    for body in ({"values": {"dwell_s": 1}}, {"values": {"sorrow": 5}},
                 {"exceptions": [{"when": {}, "values": {}}]},
                 {"exceptions": [{"when": {"category": "gold"}, "values": {}}]}):  # fmt: skip
        answer = me.client.put("/v1/policy", headers=me.headers, json=body)
        assert answer.status_code == 422, body
        assert answer.headers["content-type"] == "application/problem+json"
    assert me.get("/v1/policy").json()["own"] == {
        "values": {},
        "exceptions": [],
        "open_cases": "critical",
    }


def test_care_is_told(me: Caller) -> None:
    found = {one["category"]: one for one in me.get("/v1/care").json()["categories"]}
    assert found["high_value"]["policy"]["sign_off"] == ["identity", "photograph"]
    assert found["cold_chain"]["limits"]["temperature_high_mc"] == 8000


def test_an_exception_that_is_gone_holds_nobody_any_more(app: Running, me: Caller) -> None:
    """Also a parcel of which nothing is known but its carrier."""
    number = "YT6100000000055"
    me.scan(scan(number, at=app.clock.now - 5 * HOUR))
    strict = {"when": {"carrier": "yto"}, "values": {"dwell_s": 14_400}}
    me.client.put("/v1/policy", headers=me.headers, json={"exceptions": [strict]})
    pass_time(app, timedelta(minutes=5))
    assert rules(me, number) == {"dwell"}
    other = {"when": {"category": "bulky"}, "values": {"dwell_s": 14_400}}
    me.client.put("/v1/policy", headers=me.headers, json={"exceptions": [other]})
    pass_time(app, timedelta(minutes=5))
    assert rules(me, number) == set()


def test_who_registers_it_after_its_scans_has_not_moved_it(app: Running, me: Caller) -> None:
    number = "YT6100000000066"
    me.register({"number": number, "carrier": "yto", "category": "fragile"})
    me.scan(scan(number, at=app.clock.now - 2.2 * HOUR))
    pass_time(app, timedelta(seconds=1))
    assert rules(me, number) == {"dwell"}
