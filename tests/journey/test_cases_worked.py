"""Cases on a running server: opened by people and by alerts, checked, answered, on the record."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from journey.running import NOW, Caller, Running

pytest_plugins = ["pg"]
PHONE = "13800001234"


def scan(number: str, code: str, **given: object) -> dict[str, object]:
    return {"number": number, "carrier": "yto", "code": code,
            "occurred_at": NOW.isoformat(), **given}  # fmt: skip


def open_case(me: Caller, kind: str, number: str, **given: Any) -> dict[str, Any]:
    answer = me.post("/v1/cases", {"kind": kind, "number": number, **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


def cases(me: Caller, wanted: int, **query: str) -> list[dict[str, Any]]:
    """The cases, once there are as many as wanted or two seconds have passed."""
    until = time.monotonic() + 2
    while True:
        found = me.get("/v1/cases", params=query).json()["cases"]
        if len(found) >= wanted or time.monotonic() > until:
            return found
        time.sleep(0.02)


def test_a_report_is_checked_against_the_record_at_once(me: Caller) -> None:
    number = "YT6500000000011"
    me.scan(scan(number, "delivered.proxy/neighbor", text="made up: left with the neighbour"))
    made = open_case(me, "report", number, fields={"problem": "not_received"})
    codes = [one["code"] for one in made["case"]["findings"]]
    assert codes == ["left_elsewhere", "delivered_by_record", "no_proof_of_delivery"]
    assert [one["action"] for one in made["steps"]] == ["opened", "checked"]
    assert made["intact"]


def test_a_second_delivery_is_asked_for_answered_and_closed(me: Caller) -> None:
    number = "YT6500000000022"
    me.scan(scan(number, "attempt_failed.no_contact"))
    made = open_case(me, "second_delivery", number, fields={"day": "2026-11-22"})
    assert made["case"]["waits_for"] == "carrier"
    assert made["case"]["deadline_us"] - made["case"]["opened_at_us"] == 72 * 3_600_000_000
    path = f"/v1/cases/{made['id']}/steps"
    answer = me.post(path, {"action": "carrier_answered", "side": "carrier", "text": "made up: ok"})
    assert answer.json()["case"]["waits_for"] == "merchant"
    assert me.post(path, {"action": "closed", "body": {"outcome": "danced"}}).status_code == 422
    done = me.post(path, {"action": "closed", "body": {"outcome": "delivered"}}).json()
    assert done["case"]["outcome"] == "delivered"
    assert [one["side"] for one in done["steps"]] == [
        "merchant", "system", "carrier", "merchant"]  # fmt: skip


def test_what_is_personal_is_in_the_vault_and_nowhere_else(app: Running, me: Caller) -> None:
    number = "YT6500000000033"
    me.scan(scan(number, "in_transit.arrived_hub"))
    made = open_case(me, "address_change", number, fields={"city": "Ulm", "phone": PHONE})
    assert PHONE not in str(made)
    assert made["case"]["fields"]["personal"]
    rows = app.sql("SELECT body::text FROM case_file UNION ALL "
                   "SELECT convert_from(body, 'UTF8') FROM case_step")  # fmt: skip
    assert rows
    assert PHONE not in str(rows)


def test_a_grave_alert_opens_one_case_which_ends_when_it_clears(app: Running, me: Caller) -> None:
    number = "YT6500000000044"
    me.register({"number": number, "carrier": "yto", "category": "high_value"})
    me.scan(scan(number, "delivered.signature", evidence=["photograph:0a"]))
    app.clock.now += timedelta(hours=3)
    (one,) = cases(me, 1, number=number)
    assert (one["case"]["kind"], one["case"]["rule"]) == ("alert", "sign_off_missing")
    me.scan(scan(number, "delivered.recipient", evidence=["identity:verified"]))
    assert cases(me, 1, number=number, open="false")[0]["case"]["outcome"] == "solved_by_itself"


def test_cases_are_the_tenants_own_and_bad_ones_are_refused(app: Running, me: Caller) -> None:
    number = "YT6500000000055"
    me.scan(scan(number, "delivered"))
    for kind, fields in (("dance", {}), ("report", {}), ("interception", {"reason": "late"})):
        answer = me.post("/v1/cases", {"kind": kind, "number": number, "fields": fields})
        assert answer.status_code == 422, kind
    made = open_case(me, "hotline", number, fields={"caller_said": "made up"}, key="call-1")
    again = me.post("/v1/cases", {"kind": "hotline", "number": number, "key": "call-1",
                                  "fields": {"caller_said": "made up"}})  # fmt: skip
    assert again.status_code == 409
    other = app.caller()
    assert other.get(f"/v1/cases/{made['id']}").status_code == 404
    assert other.get("/v1/cases").json()["cases"] == []


def test_a_step_changed_in_the_database_is_seen(app: Running, me: Caller) -> None:
    number = "YT6500000000066"
    me.scan(scan(number, "delivered"))
    made = open_case(me, "report", number, fields={"problem": "late"})
    app.sql(f"UPDATE case_step SET body = convert_to(replace(convert_from(body, 'UTF8'), 'late', "
            f"'none'), 'UTF8') WHERE case_id = {made['id']} AND position = 1")  # fmt: skip
    assert not me.get(f"/v1/cases/{made['id']}").json()["intact"]
