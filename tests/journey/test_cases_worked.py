"""Cases on a running server: opened by people and by alerts, checked, answered, on the record."""

from __future__ import annotations

import json
import subprocess
import time
from base64 import b64decode
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from evidence_files import picture
from journey.running import NOW, Caller, Running
from patience import once, until

pytest_plugins = ["pg"]
PHONE = "13800001234"
moment = datetime.fromisoformat


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
    opened_at, due = (moment(made["case"][name]) for name in ("opened_at", "deadline_at"))
    assert due - opened_at == timedelta(hours=72)
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
    assert moment(made["case"]["deadline_at"]) == due
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


def steps_refused(me: Caller, case: int, *given: dict[str, Any]) -> list[int]:
    return [me.post(f"/v1/cases/{case}/steps", one).status_code for one in given]


def test_a_step_that_makes_no_sense_is_refused_and_leaves_the_case_readable(me: Caller) -> None:
    number = "YT6500000000186"
    me.scan(scan(number, "in_transit.arrived_hub"))
    made = open_case(me, "interception", number, fields={"reason": "made up"})
    bad = [
        *({"action": "deadline_set", "body": {"deadline_at": one}}
          for one in (True, -5, 1.5, 10**30, 2**63 - 1, "tomorrow", "2026-12-01T10:00:00",
                      "2026-01-01T10:00:00Z", "9999-12-31T23:59:59-12:00")),
        {"action": "deadline_set", "body": {"deadline_us": 1_900_000_000_000_000}},
        *({"action": "assigned", "body": {"owner": one}} for one in ("", " ", "x" * 201, ["a"])),
        *({"action": "task_done", "body": {"task": one}} for one in (["x"], {"a": 1}, None)),
        *({"action": "checked", "body": {"findings": one}} for one in ([{"code": "x"}], 5, "x")),
        *({"action": "attached", "body": {"evidence": one}} for one in ("", "photograph:no", 5)),
        *({"action": one, "side": "carrier"} for one in ("closed", "reopened", "assigned")),
        {"action": "carrier_answered", "side": "buyer"},
    ]  # fmt: skip
    assert set(steps_refused(me, made["id"], *bad)) == {422}
    assert me.get(f"/v1/cases/{made['id']}").json()["steps"] == made["steps"]
    assert len(me.get("/v1/cases", params={"number": number.lower()}).json()["cases"]) == 1


def test_only_evidence_of_the_shipment_is_attached(app: Running, me: Caller) -> None:
    number = "YT6500000000197"
    me.scan(scan(number, "in_transit.arrived_hub", evidence=["photograph:theirs"]))
    identity = me.track(number)["shipment"]
    given = me.post(f"/v1/shipments/{identity}/evidence?kind=photograph", picture("PNG", 8),
                    "image/png").json()["reference"]  # fmt: skip
    made = open_case(me, "claim", number, fields={
        "problem": "damage", "amount_minor": 5, "currency": "EUR"})  # fmt: skip
    path = f"/v1/cases/{made['id']}/steps"
    for one in (given, "photograph:theirs"):
        answer = me.post(path, {"action": "attached", "body": {"evidence": one}})
        assert answer.status_code == 201, answer.text
    assert answer.json()["case"]["attachments"] == [given, "photograph:theirs"]
    refused = me.post(path, {"action": "attached", "body": {"evidence": "photograph:nowhere"}})
    assert "give it first" in refused.json()["detail"]


def test_what_people_write_is_masked_everywhere_but_for_them_until_it_is_erased(
    app: Running,
) -> None:
    number = "YT6500000000208"
    me = app.caller(scopes=("read", "write", "personal"))
    who = {"name": "Ottilie Erfunden", "phone": "+49 171 5550123", "lines": ["Musterweg 7"]}
    (made,) = me.register({"number": number, "carrier": "yto", "consignee": who})
    me.post("/v1/subscriptions", {"url": "https://hooks.example.org/c",
                                  "events": ["case.opened", "case.step_added"]})  # fmt: skip
    until(lambda: app.milepost.engine.audience)
    said = "Frau Erfunden, Musterweg 7: please ring 0171 555-0123"
    case = open_case(me, "hotline", number, fields={"caller_said": said}, text=said)
    me.post(f"/v1/cases/{case['id']}/steps", {"action": "noted", "text": said,
                                              "body": {"phone": "01715550123"}})  # fmt: skip
    shown = me.get(f"/v1/cases/{case['id']}").json()
    assert shown["case"]["fields"]["caller_said"] == said
    assert [one.get("text") for one in shown["steps"]] == [said, said]
    kept = app.sql(
        "SELECT body::text FROM case_file UNION ALL SELECT convert_from(body, 'UTF8') "
        "FROM case_step UNION ALL SELECT convert_from(payload, 'UTF8') FROM delivery"
    )
    told = "\n".join(row[0] for row in kept)
    assert not [one for one in ("Erfunden", "Musterweg", "5550123", "555-0123") if one in told]
    gone = me.client.delete(f"/v1/shipments/{made['id']}/personal", headers=me.headers)
    assert gone.status_code == 204
    after = me.get(f"/v1/cases/{case['id']}").json()
    assert after["intact"]
    assert "Erfunden" not in str(after)
    assert "please ring" in after["case"]["fields"]["caller_said"]


def test_fields_are_what_their_kind_says(me: Caller) -> None:
    number = "YT6500000000219"
    me.scan(scan(number, "attempt_failed.no_contact"))
    for kind, fields, why in (
        ("second_delivery", {"day": "2026-01-01"}, "over already"),
        ("rating", {"stars": 99}, "1 to 5"),
        ("claim", {"problem": "damage", "amount_minor": "12.5", "currency": "EUR"}, "above zero"),
        ("hotline", {"caller_said": {"deep": []}}, "one text"),
    ):
        if kind == "rating":
            me.scan(scan(number, "delivered", occurred_at=NOW.isoformat()))
        answer = me.post("/v1/cases", {"kind": kind, "number": number, "fields": fields})
        assert answer.status_code == 422, answer.text
        assert why in answer.json()["detail"]


def test_the_carrier_answers_over_its_link_and_sees_what_it_needs(app: Running, me: Caller) -> None:
    number = "YT6500000000230"
    me.scan(scan(number, "in_transit.arrived_hub"))
    made = open_case(me, "address_change", number, text="Made up: please send it there.", fields={
        "city": "Ulm", "address": "Musterweg 7", "phone": PHONE})  # fmt: skip
    path = f"/v1/cases/{made['id']}"
    me.post(f"{path}/steps", {"action": "noted", "text": "made up: between us"})
    url = me.post(f"{path}/link", {"holds_s": 3600}).json()["url"]
    local = url[url.index("/answer/") :]
    shown = app.client.get(local, headers={"Accept": "application/json"}).json()
    assert (shown["waits"], shown["given"]["address"]) == (True, "Musterweg 7")
    assert "between us" not in str(shown)
    page = app.client.get(local, headers={"Accept-Language": "zh"})
    assert page.headers["content-type"].startswith("text/html")
    assert "noindex" in page.headers["x-robots-tag"]
    assert "Musterweg 7" in page.text
    assert "<textarea" in page.text
    done = app.client.post(local, data={"text": "made up: <b>done</b>"})
    assert "made up: &lt;b&gt;done" in done.text
    last = me.get(path).json()
    assert last["case"]["waits_for"] == "merchant"
    assert (last["steps"][-1]["side"], last["steps"][-1]["actor"]) == ("carrier", "carrier's link")
    assert app.client.post(local, json={"text": " "}).status_code == 422
    assert app.client.post(local, json={"words": "x"}).status_code == 422
    me.post(f"{path}/steps", {"action": "closed", "body": {"outcome": "withdrawn"}})
    assert app.client.post(local, json={"text": "late"}).status_code == 409
    assert "<textarea" not in app.client.get(local).text
    assert me.post(f"{path}/link", {}).status_code == 409
    assert app.client.get(local[:-1] + ("A" if local[-1] != "A" else "B")).status_code == 404
    assert app.caller().post(f"{path}/link", {}).status_code == 404
    app.clock.now += timedelta(hours=2)
    assert app.client.get(local).status_code == 404


def test_a_pack_lets_anybody_hold_a_picture_against_the_event_that_names_it(
    app: Running, tmp_path: Path
) -> None:
    number = "YT6500000000241"
    me = app.caller(scopes=("read", "write", "personal"))
    me.scan(scan(number, "out_for_delivery"))
    identity = me.track(number)["shipment"]
    given = me.post(f"/v1/shipments/{identity}/evidence?kind=photograph", picture("PNG", 8),
                    "image/png").json()["reference"]  # fmt: skip
    me.scan(scan(number, "delivered", evidence=[given]))
    said = f"made up: 派件员 孙小满 {PHONE}"
    made = open_case(me, "report", number, fields={"problem": "not_received"}, text=said)
    answer = me.get(f"/v1/cases/{made['id']}/pack")
    with ZipFile(BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    assert said in (tmp_path / "case.json").read_text("utf-8")
    (piece,) = json.loads((tmp_path / "evidence.json").read_bytes())
    (file,) = (tmp_path / "evidence").iterdir()
    line = f"{piece['kind']} {piece['content_type']} {piece['at_us']}\n".encode()
    digest = sha256(bytes.fromhex(piece["detail"]["salt"]) + line + file.read_bytes()).hexdigest()
    assert given == f"photograph:{digest[:40]}m1"
    proofs = [json.loads(one.read_bytes()) for one in (tmp_path / "proofs").iterdir()]
    assert any(given.encode() in b64decode(one["body"]) for one in proofs)
    plain = app.caller(scopes=("read",))
    assert plain.get(f"/v1/cases/{made['id']}/pack").status_code == 404


def test_a_shipment_has_the_cases_of_all_its_numbers(me: Caller) -> None:
    first, second = "SF8700000000001", "RM870000001GB"
    numbers = [{"number": first, "carrier": "sf"}, {"number": second, "carrier": "royal_mail"}]
    me.register({"parcels": [{"numbers": numbers}]})
    me.scan(scan(first, 9))
    fields = {"problem": "loss", "amount_minor": 900, "currency": "EUR"}
    opened = me.post("/v1/cases", {"kind": "claim", "number": second, "fields": fields})
    assert opened.status_code == 201, opened.text
    for number in (first, second):
        found = me.get("/v1/cases", params={"number": number}).json()["cases"]
        assert [one["id"] for one in found] == [opened.json()["id"]], number
