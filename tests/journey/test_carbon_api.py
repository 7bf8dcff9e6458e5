"""Carbon of a shipment and of planned legs over the API of a running server."""

from __future__ import annotations

from journey.running import Caller, Running, scan

pytest_plugins = ["pg"]


def a_parcel_to_berlin(me: Caller) -> str:
    place = {"name": "深圳", "country": "CN"}
    (made,) = me.register(
        {
            "number": "YT880001",
            "carrier": "yunexpress",
            "weight_g": 1500,
            "origin": place,
            "destination": {"city": "Berlin", "country": "DE"},
        }
    )
    me.scan(
        scan("YT880001", 90, "picked_up", place="深圳"),
        scan("YT880001", 60, "in_transit.moving", text="Flight departed", place="深圳"),
        scan("YT880001", 40, "in_transit.arrived_country", text="Arrived", place="Frankfurt, DE"),
        scan("YT880001", 10, "delivered", place="Berlin, DE"),
    )
    return str(made["id"])


def test_a_shipment_leg_by_leg(app: Running, me: Caller) -> None:
    shipment = a_parcel_to_berlin(me)
    answer = me.get(f"/v1/shipments/{shipment}/carbon").json()
    carbon = answer["carbon"]

    assert answer["number"] == "YT880001"
    assert [one["mode"] for one in carbon["legs"]] == ["air", "road"]
    air, road = carbon["legs"]
    assert 9_000_000 < air["distance_m"] < 9_500_000
    assert "mode_assumed" not in air["assumptions"]
    assert "mode_assumed" in road["assumptions"]
    assert {one["weight_g"] for one in carbon["legs"]} == {1500}
    assert carbon["low_g"] < carbon["wtw_g"] < carbon["high_g"]
    assert carbon["factors"] == "DEFRA 2025"
    assert app.caller().get(f"/v1/shipments/{shipment}/carbon").status_code == 404


def test_what_nobody_stated_but_a_scale_showed_counts(me: Caller) -> None:
    me.scan(
        scan("YT880002", 90, "picked_up", place="深圳", measurements={"weight_g": 1200}),
        scan(
            "YT880002", 60, "in_transit.arrived_hub", place="广州", measurements={"weight_g": 1250}
        ),
        scan("YT880002", 10, "delivered", place="北京"),
    )
    track = me.track("YT880002")
    assert track["weight_g"] == 1250
    carbon = me.get(f"/v1/shipments/{track['shipment']}/carbon").json()["carbon"]
    assert {one["weight_g"] for one in carbon["legs"]} == {1250}
    assert not any("weight_assumed" in one["assumptions"] for one in carbon["legs"])


def test_a_months_total(app: Running, me: Caller) -> None:
    a_parcel_to_berlin(me)
    app.written()
    answer = me.get("/v1/carbon/totals", params={"month": "2026-11"}).json()

    assert answer["counted_all"]
    assert answer["total"]["shipments"] == 1
    assert set(answer["total"]["by_mode_g"]) == {"air", "road"}
    empty = {"month": "2026-10", "total": None, "counted_all": True}
    assert me.get("/v1/carbon/totals", params={"month": "2026-10"}).json() == empty
    assert me.get("/v1/carbon/totals", params={"month": "2026-13"}).status_code == 422
    other = app.caller().get("/v1/carbon/totals", params={"month": "2026-11"}).json()
    assert other["total"] is None


def test_planned_legs(me: Caller) -> None:
    leg = {"mode": "sea", "weight_g": 1200, "origin": {"code": "CNSZX"},
           "destination": {"code": "NLRTM"}}  # fmt: skip
    carbon = me.post("/v1/carbon/estimate", {"legs": [leg]}).json()
    around = me.post("/v1/carbon/estimate", {"legs": [leg], "closed": ["suez"]}).json()

    assert 17_500_000 < carbon["distance_m"] / 1.15 < 19_500_000
    assert around["distance_m"] > carbon["distance_m"] * 1.2
    assert carbon["wtw_g"] == round(19.77 * 1.2 * carbon["distance_m"] / 1e6)


def test_what_cannot_be_reckoned_is_named(me: Caller) -> None:
    nowhere = {"mode": "sea", "weight_g": 5, "origin": {"code": "XXXXX"}}
    known = {"mode": "road", "weight_g": 5, "distance_m": 1000}
    answer = me.post("/v1/carbon/estimate", {"legs": [nowhere, known]})

    assert answer.status_code == 200
    assert len(answer.json()["legs"]) == 1
    assert "leg 1" in answer.json()["unknown"][0]
    assert me.post("/v1/carbon/estimate", {"legs": [nowhere]}).status_code == 422
    assert me.post("/v1/carbon/estimate", {"legs": []}).status_code == 422
    body = {"legs": [known], "factors": "nobody's 1999"}
    assert me.post("/v1/carbon/estimate", body).status_code == 422
    assert me.get("/v1/shipments/00000000000000aa/carbon").status_code == 404
    assert me.get("/v1/shipments/x/carbon").status_code == 422
