"""Address trouble on a running server: checked at order time, told by carriers, and corrected.

All people and addresses are made up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from journey.running import Caller, Running, running, scan
from patience import until

pytest_plugins = ["pg"]
GOOD = {"name": "周婷", "phone": "13912345679", "lines": ["西湖区北山街道保俶路12号3单元502室"],
        "city": "杭州市", "region": "浙江省", "country": "CN"}  # fmt: skip
WRONG_DISTRICT = GOOD | {"lines": ["福田区保俶路12号"]}
BAD = GOOD | {"lines": ["测试"], "phone": "123"}


def trouble(me: Caller, number: str) -> dict[str, Any] | None:
    found = [one for one in me.track(number)["alerts"] if one["rule"] == "address_trouble"]
    return found[0] if found else None


def judged(app: Running) -> None:
    """What waits has been checked."""
    feature = next(one for one in app.milepost.features if hasattr(one, "addressing"))
    app.call(feature.addressing.cycle)


def test_a_wrong_address_is_told_at_order_time_without_being_shown(
    app: Running, me: Caller
) -> None:
    number = "SF7700000000011"
    me.register({"number": number, "carrier": "sf", "consignee": WRONG_DISTRICT})
    found = until(lambda: trouble(me, number))
    assert found["severity"] == "warning"
    assert found["detail"]["checked"] == "at_order"
    assert "district" in found["detail"]["parts"]
    assert "district_not_in_city" in found["detail"]["reasons"]
    said = str([one["detail"] for one in me.track(number)["alerts"]])
    rows = app.sql("SELECT detail::text FROM alert WHERE number = $1", number)
    for secret in ("福田", "保俶", "周婷", "13912345679"):
        assert secret not in said + str(rows)


def test_it_clears_when_the_address_is_corrected_and_opens_no_second_time(
    app: Running, me: Caller
) -> None:
    number = "SF7700000000029"
    for consignee, stands in ((BAD, True), (GOOD, False), (GOOD, False)):
        me.register({"number": number, "carrier": "sf", "consignee": consignee})
        judged(app)
        assert (trouble(me, number) is not None) is stands
    rows = app.sql("SELECT cleared_s, opened_s FROM alert WHERE number = $1", number)
    assert len(rows) == 1
    assert rows[0][0] is not None


def test_what_cannot_be_delivered_opens_a_case(app: Running, me: Caller) -> None:
    number = "SF7700000000037"
    me.register({"number": number, "carrier": "sf", "consignee": BAD})
    judged(app)
    found = trouble(me, number)
    assert found is not None
    assert found["severity"] == "critical"
    assert "phone" in found["detail"]["parts"]
    (case,) = until(lambda: me.get("/v1/cases", params={"number": number}).json()["cases"])
    assert case["case"]["rule"] == "address_trouble"


def test_a_good_address_a_bare_town_and_nobody_at_all_are_no_trouble(
    app: Running, me: Caller
) -> None:
    people = [GOOD, {"city": "Lyon", "country": "FR"}, {"name": "周婷"}, None,
              {"name": "周婷", "phone": "13912345679", "city": "杭州",
               "country": "CN"}]  # fmt: skip
    for index, consignee in enumerate(people):
        number = f"SF77000000001{index:02}"
        me.register({"number": number, "carrier": "sf", **({"consignee": consignee} if consignee
                    else {})})  # fmt: skip
        judged(app)
        assert trouble(me, number) is None, consignee


def test_the_carrier_says_so_too_and_a_way_on_ends_it(app: Running, me: Caller) -> None:
    number = "SF7700000000045"
    me.scan(scan(number, 5, "out_for_delivery"), scan(number, 3, "attempt_failed.bad_address"))
    judged(app)
    found = trouble(me, number)
    assert found is not None
    assert found["severity"] == "critical"
    assert found["detail"] == {"sub": "attempt_failed.bad_address"}
    me.scan(scan(number, 1, "out_for_delivery"))
    judged(app)
    assert trouble(me, number) is None


def test_a_doubt_that_the_carrier_confirms_becomes_graver_and_ends_with_delivery(
    app: Running, me: Caller
) -> None:
    number = "SF7700000000052"
    me.register({"number": number, "carrier": "sf", "consignee": WRONG_DISTRICT})
    judged(app)
    me.scan(scan(number, 3, "attempt_failed.bad_address"))
    judged(app)
    found = trouble(me, number)
    assert found is not None
    assert found["severity"] == "critical"
    assert "district" in found["detail"]["parts"]
    assert until(lambda: me.get("/v1/cases", params={"number": number}).json()["cases"])
    me.scan(scan(number, 0.5, "delivered"))
    judged(app)
    assert trouble(me, number) is None


def test_late_scans_of_the_past_change_nothing(app: Running, me: Caller) -> None:
    number = "SF7700000000060"
    me.scan(scan(number, 1, "delivered"))
    me.scan(scan(number, 9, "attempt_failed.bad_address"))
    judged(app)
    assert trouble(me, number) is None


def test_it_stands_after_a_restart_until_it_is_corrected(module_url: str) -> None:
    number = "SF7700000000078"
    with running(module_url) as first:
        me = first.caller("address restart")
        me.register({"number": number, "carrier": "sf", "consignee": BAD})
        judged(first)
        assert trouble(me, number) is not None
    with running(module_url) as second:
        again = second.caller("address restart")
        judged(second)
        assert trouble(again, number) is not None
        assert len(second.sql("SELECT 1 FROM alert WHERE number = $1", number)) == 1
        again.register({"number": number, "carrier": "sf", "consignee": GOOD})
        judged(second)
        assert trouble(again, number) is None


def test_who_is_erased_is_no_trouble_any_more(app: Running, me: Caller) -> None:
    number = "SF7700000000086"
    me.register({"number": number, "carrier": "sf", "consignee": BAD})
    judged(app)
    assert trouble(me, number) is not None
    app.call(app.milepost.engine.registrar.personal.erase, me.tenant, number, "test")
    app.clock.now += timedelta(minutes=2)
    judged(app)
    assert trouble(me, number) is None


def test_an_address_that_was_changed_by_a_case_is_no_trouble_any_more(
    app: Running, me: Caller
) -> None:
    number = "SF7700000000094"
    me.register({"number": number, "carrier": "sf", "consignee": WRONG_DISTRICT})
    judged(app)
    assert trouble(me, number) is not None
    fields = {"city": "杭州市", "address": "浙江省西湖区北山街道保俶路12号"}
    made = me.post("/v1/cases", {"kind": "address_change", "number": number, "fields": fields})
    assert made.status_code == 201, made.text
    closed = {"action": "closed", "body": {"outcome": "changed"}}
    assert me.post(f"/v1/cases/{made.json()['id']}/steps", closed).status_code == 201
    people = app.call(app.milepost.engine.registrar.personal.parties, me.tenant, number)
    assert people.consignee.lines == [fields["address"]]
    assert people.consignee.name == "周婷"
    app.clock.now += timedelta(minutes=9)
    judged(app)
    assert trouble(me, number) is None
