"""Addresses checked over the API of a running server; made-up people."""

from __future__ import annotations

from journey.running import Caller, Running, scan

pytest_plugins = ["pg"]

GOOD = "周婷 13912345679 浙江省杭州市西湖区北山街道保俶路12号3单元502室"


def test_one_address_and_many(me: Caller) -> None:
    one = me.post("/v1/addresses/check", {"text": GOOD}).json()["results"]
    many = me.post("/v1/addresses/check", [{"text": GOOD}, {"text": "无"}]).json()["results"]

    assert one == many[:1]
    assert (one[0]["parts"]["district"], one[0]["parts"]["code"]) == ("西湖区", "330106")
    assert one[0]["score_pm"] >= 850
    assert many[1]["verdict"] == "bad"
    assert many[1]["reasons"][0]["code"] == "placeholder"
    assert set(many[1]["reasons"][0]["text"]) == {"en", "zh"}


def test_a_thousand_at_once_and_no_more(me: Caller) -> None:
    answer = me.post("/v1/addresses/check", [{"text": GOOD}] * 1000)
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 1000
    assert me.post("/v1/addresses/check", [{"text": GOOD}] * 1001).status_code == 422


def test_bad_shapes_are_problems(me: Caller) -> None:
    for body in ({"text": 5}, [{"phone": []}], "x", {"text": "y" * 1001}):
        assert me.post("/v1/addresses/check", body).status_code == 422
    assert me.post("/v1/addresses/check", b"{").status_code == 400


def test_an_area_where_deliveries_fail_lowers_the_score(app: Running, me: Caller) -> None:
    where = {"country": "CN", "region": "浙江省", "city": "杭州市西湖区"}
    for number in range(40):
        me.register({"number": f"SF77{number:04}", "carrier": "sf", "destination": where})
        me.scan(scan(f"SF77{number:04}", 2, "returned" if number % 2 else "delivered"))
    app.written()
    (found,) = me.post("/v1/addresses/check", {"text": GOOD}).json()["results"]
    (other,) = app.caller().post("/v1/addresses/check", {"text": GOOD}).json()["results"]

    assert found["area_failed_pm"] > 250
    assert "area_failing" in [one["code"] for one in found["reasons"]]
    assert found["score_pm"] < other["score_pm"]
