"""What kinds of goods need is the tenant's own to say: labels, checks, steps, limits, sign-off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from journey.running import NOW, Caller, Running, scan
from milepost.domain.event import key_of

pytest_plugins = ["pg"]
CARE = {
    "labels": ["fragile", "glass_only", "易碎"], "checks": ["packing", "tilt_sticker"],
    "nodes": ["packing_checked", "crate_opened"], "limits": {"shock_mg": 3_000, "tilt_deg": None},
    "policy": {"in_transit_dwell_s": 3_600, "sign_off": ["photograph"]},
}  # fmt: skip


def put(me: Caller, path: str, body: Any) -> Any:
    return me.client.put(path, headers=me.headers, json=body)


def fragile(me: Caller) -> dict[str, Any]:
    found = {one["category"]: one for one in me.get("/v1/care").json()["categories"]}
    return found["fragile"]


def look(app: Running) -> None:
    app.written()
    app.clock.now += timedelta(seconds=1)
    app.call(app.milepost.engine.clockwork.tick)


def test_a_tenants_care_holds_for_its_own_goods_alone(app: Running, me: Caller) -> None:
    other, number = app.caller(), "CAREOF1"
    assert put(me, "/v1/care/fragile", CARE).status_code == 200
    assert fragile(me)["limits"] == {"shock_mg": 3_000}
    assert fragile(other)["limits"]["shock_mg"] == 8_000
    assert me.get("/v1/care").json()["own"]["fragile"]["labels"] == CARE["labels"]

    for caller in (me, other):
        caller.register({"number": number, "carrier": "sf", "category": "fragile"})
        caller.scan(scan(number, 1.5, evidence=["tilt_sticker:broken"]))
    mine, theirs = me.track(number), other.track(number)
    assert [one["rule"] for one in mine["alerts"]] == ["dwell"]
    assert theirs["alerts"] == []
    assert mine["care"][0]["nodes"] == CARE["nodes"]
    assert [(one["name"], one["passed"]) for one in mine["checks"]] == [("tilt_sticker", False)]
    assert theirs["checks"] == []
    limits = app.milepost.engine.policies.limits(me.tenant, ("fragile",))
    assert (limits.shock_mg, limits.tilt_deg) == (3_000, None)

    assert me.client.delete("/v1/care/fragile", headers=me.headers).status_code == 204
    assert fragile(me) == fragile(other)
    look(app)
    assert me.track(number)["alerts"] == []
    road = key_of(me.tenant, number)
    assert app.milepost.engine.policies(me.tenant, road).in_transit_dwell_s == 2 * 3600


def test_who_sets_limits_leaves_care_as_it_is(me: Caller) -> None:
    assert put(me, "/v1/care/fragile", CARE).status_code == 200
    assert put(me, "/v1/policy", {"values": {"dwell_s": 100_000}}).status_code == 200
    assert fragile(me)["limits"] == {"shock_mg": 3_000}


@pytest.mark.parametrize(("body", "said"), [
    ({"policy": {"sorrow": 1}}, "sorrow"), ({"policy": {"dwell_s": 1}}, "dwell_s"),
    ({"policy": {"grace_s": 60}}, "grace_s"), ({"limits": {"shock": 1}}, "shock"),
    ({"limits": {"shock_mg": "x"}}, "limits"), ({"labelz": []}, "labelz"),
    ({"nodes": ["a:b"]}, "nodes"),
])  # fmt: skip
def test_what_is_no_care_is_refused_with_its_name(me: Caller, body: Any, said: str) -> None:
    answer = put(me, "/v1/care/fragile", body)
    assert answer.status_code == 422
    assert said in answer.text
    assert me.get("/v1/care").json()["own"] == {}


def test_there_is_no_care_for_what_is_no_category(me: Caller) -> None:
    assert put(me, "/v1/care/gold", {}).status_code == 404


LANES = [
    {"when": {"origin": "浙江省", "destination": "上海"}, "values": {"dwell_s": 5 * 3600}},
    {"when": {"origin": "Hangzhou", "destination": "CN"}, "values": {"dwell_s": 6 * 3600}},
    {"when": {"origin": "CN", "destination": "CN"}, "values": {"dwell_s": 9 * 3600}},
    {"when": {"service": "Express"}, "values": {"dwell_s": 8 * 3600}},
]
NINGBO, HANGZHOU = {"city": "宁波", "country": "CN"}, {"city": "杭州", "country": "CN"}
SHANGHAI, CANTON = {"city": "Shanghai", "country": "CN"}, {"city": "广州", "country": "CN"}


@pytest.mark.parametrize(("facts", "hours"), [
    ({"origin": NINGBO, "destination": SHANGHAI}, 5),  # a province and a town
    ({"origin": HANGZHOU, "destination": CANTON}, 6),  # a town
    ({"origin": CANTON, "destination": HANGZHOU}, 9),  # countries alone
    ({"service": "EXPRESS"}, 8),
])  # fmt: skip
def test_a_lane_may_be_of_towns_and_the_narrower_one_holds(
    app: Running, me: Caller, facts: dict[str, Any], hours: int
) -> None:
    assert put(me, "/v1/policy", {"exceptions": LANES}).status_code == 200
    for number, early in (("LANE1", 0), ("LANE2", 0.01)):
        me.register({"number": number, "carrier": "sf", **facts})
        me.scan(scan(number, hours - early, "picked_up"))
    assert [one["opened_at"] for one in me.track("LANE1")["alerts"]] == [NOW.isoformat()]
    assert me.track("LANE2")["alerts"] == []


@pytest.mark.parametrize("when", [
    {"origin": "Xyzzyville"}, {"origin": "DE-XX"}, {"servce": "x"}, {},
])  # fmt: skip
def test_an_exception_that_would_hold_for_nobody_is_refused(me: Caller, when: Any) -> None:
    body = {"exceptions": [{"when": when, "values": {"dwell_s": 7_200}}]}
    assert put(me, "/v1/policy", body).status_code == 422
    assert put(me, "/v1/policy", {"dwell_s": 7_200}).status_code == 422


@pytest.mark.parametrize(("called", "slug"), [("SF Express", "sf"), ("Own Fleet", "own fleet")])
def test_a_carrier_may_be_called_by_its_name_and_be_ones_own(
    me: Caller, called: str, slug: str
) -> None:
    exception = {"when": {"carrier": called}, "values": {"dwell_s": 7_200}}
    answer = put(me, "/v1/policy", {"exceptions": [exception]})
    assert answer.json()["own"]["exceptions"][0]["when"] == {"carrier": slug}
    me.register({"number": "OWNFLEET2", "carrier": called})
    for number, carrier in (("OWNFLEET1", called), ("OWNFLEET2", None)):
        me.scan(scan(number, 3, carrier=carrier))
        assert [one["rule"] for one in me.track(number)["alerts"]] == ["dwell"]
