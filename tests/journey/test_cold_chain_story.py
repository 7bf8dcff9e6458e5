"""One made-up parcel with medicine, through real protocols, and what each of its users then sees.

A courier's device picks it up, it is bagged and loaded into a truck with a JT/T 808 terminal over
TCP and a thermometer over a real MQTT broker; the cooling fails on the road; a gate's reader sees
its bag leave the truck; customs holds it; nobody is at home; the second delivery is signed with a
photograph.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from evidence_files import GPS_NOTE, jpeg_with_position
from journey.cold_chain import BAG, INK, MAIL, MINUTE, NUMBER, TRUCK, UNSIGNED, hours, play, signed
from journey.running import Caller, Running, running
from journey.serving import free_port
from milepost.cli.verify import verify_command
from mosquitto import Broker
from patience import until
from smtp_server import SmtpServer

pytest_plugins = ["pg"]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    started = Broker(tmp_path_factory.mktemp("broker"), free_port())
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def app(
    module_url: str, broker: Broker, port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    given: dict[str, Any] = {"mqtt_url": broker.url, "device_ports": {"jt808": port},
                             "allow_private_targets": True}  # fmt: skip
    with running(module_url, data=tmp_path_factory.mktemp("data"), **given) as one:
        yield one


@pytest.fixture(scope="module")
def me(app: Running, broker: Broker, port: int) -> Caller:
    caller = app.caller("pharma", ("read", "write", "personal"))
    play(app, caller, broker, port)
    app.call(app.milepost._know_tenants)
    return caller


@pytest.fixture
def smtp(me: Caller) -> Iterator[SmtpServer]:
    """The merchant's mail server."""
    with SmtpServer() as server:
        settings = {"host": "127.0.0.1", "port": server.port, "security": "none",
                    "sender": "post@pharma.example"}  # fmt: skip
        answer = me.client.put(
            "/v1/channels/email", json={"settings": settings}, headers=me.headers
        )
        assert answer.status_code == 200, answer.text
        yield server


def ever(app: Running, me: Caller) -> dict[str, tuple[int, int | None]]:
    """All alerts that there were of the tenant: from when, until when."""
    rows = app.sql("SELECT rule, opened_s, cleared_s FROM alert WHERE tenant = $1", me.tenant)
    return {row[0]: (row[1], row[2]) for row in rows}


def seconds(moment: datetime) -> int:
    return round(moment.timestamp())


def test_the_merchant_was_told_of_the_excursion_and_of_customs(app: Running, me: Caller) -> None:
    """Both are over by now, and began and ended when it happened, not when we heard of it: ten
    minutes of warmth are borne.
    """
    until(lambda: {"temperature_excursion", "customs_hold"} <= ever(app, me).keys())
    warm, held = ever(app, me)["temperature_excursion"], ever(app, me)["customs_hold"]
    assert warm == (seconds(hours(56) + 210 * MINUTE), seconds(hours(56) + 260 * MINUTE))
    assert held == (seconds(hours(40)), seconds(hours(30)))
    curve = me.get(f"/v1/track/{NUMBER}/telemetry", params={"kind": "temperature"}).json()
    assert curve["highest"] == 11.5
    assert len(curve["excursions"]) == 1
    assert "temperature_excursion" not in {one["rule"] for one in me.track(NUMBER)["alerts"]}
    assert 4.5 < curve["mean_kinetic"] < 7


def test_the_parcel_has_its_trucks_position(me: Caller) -> None:
    position = me.get(f"/v1/track/{NUMBER}/position").json()
    assert (position["asset"], position["lat"], position["lon"]) == (TRUCK, 31.25, 121.5)


def test_its_bag_left_the_truck_when_the_gate_saw_it(me: Caller) -> None:
    contents = me.get(f"/v1/assets/{BAG}/contents").json()
    (within,) = contents["within"]
    assert within["parent"] == TRUCK
    assert datetime.fromisoformat(within["until"]) == hours(46)
    (inside,) = contents["inside"]
    assert inside["child"].endswith(NUMBER)


def test_the_buyer_sees_the_failed_attempt_and_asks_for_another_with_six_digits(
    app: Running, me: Caller, smtp: SmtpServer
) -> None:
    page = app.client.get(f"/t/{NUMBER}").text
    assert "Nobody could be reached" in page
    assert "Max" not in page
    assert "courier-7" not in page
    form = {"action": "again", "day": "2026-11-20", "part_of_day": "morning"}
    assert app.client.post(f"/t/{NUMBER}/care", data=form).status_code == 403
    app.client.post(f"/t/{NUMBER}/code")
    digits = re.search(r"^\s+(\d{6})\s*$", smtp.count(1)[0].part("plain"), re.MULTILINE)
    assert digits is not None
    assert smtp.mails[0].to == [MAIL]
    app.client.post(f"/t/{NUMBER}/code", data={"code": digits[1]})
    assert app.client.post(f"/t/{NUMBER}/care", data=form).status_code == 200


def test_the_second_delivery_is_a_case_and_ends_signed(app: Running, me: Caller) -> None:
    """Signed with a photograph: files that are sealed, named by the scan, and part of the proof."""
    cases = me.get("/v1/cases", params={"number": NUMBER}).json()["cases"]
    made = next(one for one in cases if one["case"]["kind"] == "second_delivery")
    assert (made["case"]["opened_by"], made["case"]["waits_for"]) == ("consignee", "carrier")
    path = f"/v1/cases/{made['id']}/steps"
    me.post(path, {"action": "carrier_answered", "side": "carrier", "text": "made up: at noon"})
    named = [given(me, "photograph", jpeg_with_position()), given(me, "signature", INK)]
    me.scan(signed(NUMBER, evidence=named), signed(UNSIGNED, code="delivered"))
    done = me.post(path, {"action": "closed", "body": {"outcome": "delivered"}}).json()
    assert done["intact"]
    assert me.status(NUMBER) == "delivered.signature"
    app.clock.now += timedelta(hours=3)
    until(lambda: "sign_off_missing" in {one["rule"] for one in me.track(UNSIGNED)["alerts"]})
    assert "sign_off_missing" not in {one["rule"] for one in me.track(NUMBER)["alerts"]}
    assert "Delivered" in app.client.get(f"/t/{NUMBER}").text


def given(me: Caller, kind: str, file: bytes) -> str:
    """A file of the sign-off; the reference by which a scan names it."""
    shipment = me.track(NUMBER)["shipment"]
    media = "image/jpeg" if kind == "photograph" else "image/svg+xml"
    made = me.post(f"/v1/shipments/{shipment}/evidence?kind={kind}", file, media)
    assert made.status_code == 201, made.text
    return str(made.json()["reference"])


def test_the_proof_of_delivery_is_shown_to_whom_it_concerns(app: Running, me: Caller) -> None:
    path = f"/v1/shipments/{me.track(NUMBER)['shipment']}/evidence"
    listed = me.get(path).json()["evidence"]
    last = me.track(NUMBER)["events"][-1]
    assert {one["kind"] for one in listed} == {"photograph", "signature"}
    assert all(one["named_by"] == [last["id"]] for one in listed)
    photograph = next(one for one in listed if one["kind"] == "photograph")
    shown = me.get(f"{path}/{photograph['id']}")
    assert shown.content.startswith(b"\xff\xd8")
    assert GPS_NOTE not in shown.content
    colleague = app.caller("pharma")  # a key without the scope `personal`
    assert colleague.get(f"{path}/{photograph['id']}").status_code == 403
    assert app.caller().get(path).status_code == 404
    assert "Max" not in app.client.get(f"/t/{NUMBER}").text


def test_blame_for_the_warmth_falls_on_whoever_had_it_then(app: Running, me: Caller) -> None:
    shipment = me.track(NUMBER)["shipment"]
    report = me.get(f"/v1/shipments/{shipment}/liability", params={"problem": "temperature"}).json()
    assert [one["kind"] for one in report["anomalies"]] == ["temperature_excursion"]
    blamed = report["liability"]["by_carrier"]
    assert blamed["yto"] > blamed.get("dhl", 0)
    for language in ("en", "zh", "ru"):
        document = me.get(f"/v1/shipments/{shipment}/liability",
                          params={"problem": "temperature", "format": "pdf", "lang": language}
                          ).content  # fmt: skip
        trusted = load_cert_from_pemder(str(app.milepost.settings.data / "documents.crt"))
        (signature,) = PdfFileReader(BytesIO(document)).embedded_signatures
        valid = validate_pdf_signature(signature, ValidationContext(trust_roots=[trusted]))
        assert valid.bottom_line


def test_a_claim_takes_its_evidence_with_it(me: Caller) -> None:
    fields = {"problem": "temperature", "amount_minor": 12900, "currency": "EUR"}
    claim = me.post("/v1/cases", {"kind": "claim", "number": NUMBER, "fields": fields}).json()
    with ZipFile(BytesIO(me.get(f"/v1/cases/{claim['id']}/pack").content)) as pack:
        names = pack.namelist()
        manifest = json.loads(pack.read("manifest.json"))
        for one in manifest["files"]:
            assert sha256(pack.read(one["name"])).hexdigest() == one["sha256"]
    assert "manifest.json.p7s" in names
    assert sum(name.startswith("proofs/") for name in names) == len(me.track(NUMBER)["events"])


def test_a_stranger_checks_one_event_and_the_operator_the_whole_record(
    app: Running, me: Caller, tmp_path: Path
) -> None:
    event = me.track(NUMBER)["events"][-1]["id"]
    proof = tmp_path / "proof.json"
    proof.write_bytes(me.get(f"/v1/proofs/events/{event}", params={"body": "true"}).content)
    assert verified(app, str(proof)) == 0
    proof.write_text(json.dumps(json.loads(proof.read_text()) | {"index": 1}))
    assert verified(app, str(proof)) == 1
    app.written()
    assert verified(app) == 0
    app.sql("UPDATE journal SET at_us = at_us + 60000000 WHERE code > 0")
    assert verified(app) == 1


def verified(app: Running, *words: str) -> int:
    """How `milepost verify` ends."""
    settings = app.milepost.settings
    where = {"MILEPOST_DATA": str(settings.data), "MILEPOST_DATABASE": app.url}
    return CliRunner().invoke(verify_command, words, env=where).exit_code
