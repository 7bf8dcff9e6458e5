"""Tariffs in, recommendations out; made-up carriers' prices."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from journey.running import Caller, Running

pytest_plugins = ["pg"]

CSV = """\
carrier,service,currency,mode,zone,destinations,up_to_g,price,per_kg,\
divisor_cm3_per_kg,surcharge:fuel
dhl,express,EUR,air,1,*,1000,38.00,,5000,20%
dhl,express,EUR,air,1,*,70000,38.00,9.50,5000,20%
gls,parcel,EUR,road,1,DE AT NL,5000,6.40,,,
gls,parcel,EUR,road,2,FR,5000,9.90,,,
yunexpress,sea,EUR,sea,1,DE,30000,4.00,1.20,,
"""
ORDER = {
    "origin": {"city": "Rotterdam", "country": "NL"},
    "destination": {"city": "Berlin", "country": "DE"},
    "weight_g": 2300,
}


def put(me: Caller, body: str, kind: str = "text/csv") -> object:
    headers = me.headers | {"Content-Type": kind}
    return me.client.put("/v1/tariffs", content=body.encode(), headers=headers)


def advise(me: Caller, prefer: str, **order: object) -> list[dict[str, object]]:
    answer = me.post("/v1/recommendations", {"order": ORDER | order, "prefer": prefer})
    assert answer.status_code == 200, answer.text
    return answer.json()["options"]


@pytest.fixture
def stocked(me: Caller) -> Caller:
    answer = put(me, CSV)
    assert answer.status_code == 200, answer.text  # type: ignore[attr-defined]
    return me


def test_tariffs_come_back_and_belong_to_their_tenant(app: Running, stocked: Caller) -> None:
    listed = stocked.get("/v1/tariffs").json()["tariffs"]

    assert [one["carrier"] for one in listed] == ["dhl", "gls", "yunexpress"]
    assert [zone["name"] for zone in listed[1]["zones"]] == ["1", "2"]
    assert app.caller().get("/v1/tariffs").json() == {"tariffs": []}


def test_options_ranked_by_preference(stocked: Caller) -> None:
    first = {prefer: advise(stocked, prefer)[0]["carrier"] for prefer in ("cheap", "fast")}
    cheap = {one["carrier"]: one for one in advise(stocked, "cheap")}

    assert first["fast"] in ("dhl", "gls")
    assert cheap["gls"]["price_minor"] == 640
    # 38.00 and two kilograms begun beyond the first at 9.50, and 20 % for fuel
    assert cheap["dhl"]["price_minor"] == round((3800 + 2 * 950) * 1.2)
    assert cheap["gls"]["basis"] == "guess"
    assert "guess" in [why["code"] for why in cheap["gls"]["reasons"]]  # type: ignore[union-attr]
    green = advise(stocked, "green")
    assert green[0]["carbon_g"] == min(one["carbon_g"] for one in green)  # type: ignore[type-var]


def test_a_lane_that_nobody_serves_has_no_options(stocked: Caller) -> None:
    gone = advise(stocked, "cheap", destination={"city": "Lyon", "country": "FR"}, weight_g=6000)
    assert [one["carrier"] for one in gone] == ["dhl"]


def test_records_of_lanes_replace_the_guess(app: Running, stocked: Caller) -> None:
    record = SimpleNamespace(
        p50_h=30.0, p90_h=50.0, kept_pm=970, damaged_pm=30, customs_held_pm=0, samples=400
    )

    class Records:
        async def lane_record(self, tenant: int, **lane: object) -> object:
            return record if lane["carrier"] == "gls" else None

    app.milepost.lane_records = Records()
    try:
        (gls,) = [
            one for one in advise(stocked, "reliable", within_h=48) if one["carrier"] == "gls"
        ]
    finally:
        del app.milepost.lane_records

    assert (gls["basis"], gls["samples"], gls["kept_pm"]) == ("record", 400, 970)
    assert gls["in_time_pm"] == 860
    codes = [why["code"] for why in gls["reasons"]]  # type: ignore[union-attr]
    assert {"often_damaged", "may_miss_promise"} <= set(codes)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("carrier,service\na,b\n", "text/csv", 422),
        (CSV.replace("6.40", "cheap"), "text/csv", 422),
        (CSV.replace("6.40", "6.405"), "text/csv", 422),
        ("{}", "application/json", 422),
        ("{", "application/json", 400),
    ],
)
def test_bad_tariffs_change_nothing(stocked: Caller, body: str, kind: str, status: int) -> None:
    answer = put(stocked, body, kind)

    assert answer.status_code == status, answer.text  # type: ignore[attr-defined]
    assert len(stocked.get("/v1/tariffs").json()["tariffs"]) == 3
