"""Cases on a running server: opened by people and by alerts, checked, answered, on the record."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from journey.running import NOW, Caller, Running
from patience import once, until

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
    """The cases, once there are as many as wanted."""
    return once(
        lambda: me.get("/v1/cases", params=query).json()["cases"],
        lambda found: len(found) >= wanted,
    )


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


def test_a_second_delivery_is_within_72_hours_of_the_failed_one(me: Caller) -> None:
    number = "YT6500000000131"
    failed = NOW - timedelta(hours=20)
    me.scan(scan(number, "attempt_failed.no_contact", occurred_at=failed.isoformat()))
    made = open_case(me, "second_delivery", number, fields={"day": "2026-11-21"})
    due = failed + timedelta(hours=72)
    assert made["case"]["deadline_us"] == int(due.timestamp()) * 1_000_000
    late = {"kind": "second_delivery", "number": number, "fields": {"day": "2026-11-25"}}
    assert "72 hours" in me.post("/v1/cases", late).json()["detail"]


def shaken(me: Caller, number: str) -> None:
    """A fragile parcel that fell in a truck in the middle of the night, and was delivered."""
    me.register({"number": number, "carrier": "yto", "category": "fragile"})
    truck = f"truck:{number[-4:]}"
    at = {hours: (NOW - timedelta(hours=hours)).isoformat() for hours in (30, 20, 15, 10, 8)}
    me.scan(scan(number, "picked_up", occurred_at=at[30], evidence=["photograph:before"]))
    loading = [{"number": number, "carrier": "yto", "sequence": 1, "action": "load",
                "occurred_at": at[30], "asset": truck},
               {"number": number, "carrier": "yto", "sequence": 2, "action": "unload",
                "occurred_at": at[15], "asset": truck}]  # fmt: skip
    me.post("/v1/devices/scans", {"device": "pda-1", "level": "pda", "sent_at": NOW.isoformat(),
                                  "scans": loading})  # fmt: skip
    me.post("/v1/devices/samples", [{"asset": truck, "at": at[20], "shock_g": 22}])
    me.scan(scan(number, "out_for_delivery", occurred_at=at[10], actor="Li"),
            scan(number, "delivered", occurred_at=at[8], actor="Li"))  # fmt: skip


def shock_of(me: Caller, number: str) -> dict[str, Any]:
    """The case that the shock has opened, once it is there."""

    def mine() -> list[dict[str, Any]]:
        found = me.get("/v1/cases", params={"number": number, "kind": "alert"}).json()["cases"]
        return [one for one in found if one["case"]["rule"] == "shock"]

    return until(mine)[0]


def test_what_has_hurt_goods_is_found_and_stays_with_a_person(app: Running, me: Caller) -> None:
    number = "YT6500000000142"
    shaken(me, number)
    opened = shock_of(me, number)
    assert app.sql("SELECT cleared_s FROM alert WHERE number = $1 AND rule = 'shock'", number)
    made = open_case(me, "report", number, fields={"problem": "damaged"})
    told = {one["code"]: one for one in made["case"]["findings"]}
    assert told["alert_stands"]["detail"]["rule"] == "shock"
    assert told["alert_stands"]["weight"] == "supports"
    time.sleep(0.5)
    assert me.get(f"/v1/cases/{opened['id']}").json()["case"]["outcome"] is None
    shipment = me.track(number)["shipment"]
    report = me.get(f"/v1/shipments/{shipment}/liability", params={"problem": "damage"}).json()
    first, *others = report["liability"]["shares"]
    assert first["holder"] == "yto truck:0142"
    assert first["probability_pm"] > 600
    assert [one for one in others if any("shock" in why for why in one["because"])] == []


def test_a_claim_comes_with_its_evidence(app: Running, me: Caller, tmp_path: Path) -> None:
    number = "YT6500000000153"
    me.scan(scan(number, "picked_up", evidence=["photograph:a"]),
            scan(number, "exception.damaged", occurred_at=(NOW + timedelta(seconds=1)).isoformat())
            )  # fmt: skip
    made = open_case(me, "claim", number, fields={"problem": "damage", "amount_minor": 12900,
                                                  "currency": "EUR"})  # fmt: skip
    answer = me.get(f"/v1/cases/{made['id']}/pack")
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    names = {one["name"] for one in manifest["files"]}
    assert {"case.json", "road.json", "archive.json", "liability.json", "liability.pdf",
            "evidence.json"} <= names  # fmt: skip
    assert len([one for one in names if one.startswith("proofs/")]) == 2
    for one in manifest["files"]:
        assert sha256((tmp_path / one["name"]).read_bytes()).hexdigest() == one["sha256"]
    signed = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "manifest.json.p7s",
              "-content", "manifest.json", "-binary", "-CAfile", "certificate.pem",
              "-purpose", "any", "-out", "/dev/null"]  # fmt: skip
    subprocess.run(signed, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "manifest.json").write_bytes(b"{}")
    assert subprocess.run(signed, cwd=tmp_path, check=False, capture_output=True).returncode != 0
    assert app.caller().get(f"/v1/cases/{made['id']}/pack").status_code == 404


def test_an_alert_that_stands_again_opens_its_case_again(app: Running, me: Caller) -> None:
    number = "YT6500000000164"
    held = scan(number, "customs.info_required")
    me.scan(held)
    (case,) = cases(me, 1, number=number, open="true")
    over = scan(number, "customs.released", occurred_at=(NOW + timedelta(minutes=1)).isoformat())
    me.scan(over)
    assert len(cases(me, 1, number=number, open="false")) == 1
    event = next(one["id"] for one in me.track(number)["events"] if "released" in one["sub"])
    me.scan({"number": number, "carrier": "yto", "retracts": event,
             "occurred_at": NOW.isoformat()})  # fmt: skip
    (again,) = cases(me, 1, number=number, open="true")
    assert again["id"] == case["id"]


def test_an_alert_whose_case_was_lost_with_the_server_gets_it_at_the_next_start(
    app: Running, me: Caller
) -> None:
    number = "YT6500000000175"
    me.scan(scan(number, "customs.payment_required"))
    (case,) = cases(me, 1, number=number)
    app.sql("DELETE FROM case_step WHERE case_id = $1", case["id"])
    app.sql("DELETE FROM case_file WHERE id = $1", case["id"])
    assert cases(me, 0, number=number) == []
    feature = next(one for one in app.milepost.features if hasattr(one, "recall"))
    app.call(feature.recall)
    (made,) = cases(me, 1, number=number)
    assert made["case"]["rule"] == "customs_hold"
