"""Carriers' own payloads in through the door: every connector with its own fixtures."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from journey.running import Caller, Running
from milepost.carriers.discovery import Folder, folders
from milepost.carriers.expectation import Fixture, fixtures
from milepost.carriers.registry import carriers, load_parser

pytest_plugins = ["pg"]

CASES = [
    pytest.param(folder, fixture, id=f"{folder.name}/{fixture.name}")
    for folder in folders()
    if folder.has("parse.py")
    for fixture in fixtures(folder)
]
SLUGS = {one.folder: slug for slug, one in carriers().items()}


def send(me: Caller, folder: Folder, fixture: Fixture) -> dict[str, Any]:
    slug = SLUGS[folder.name]
    context = (fixture.expected or {}).get("context", {})
    number = f"?number={context['number']}" if context.get("number") else ""
    kind = context.get("content_type") or "application/octet-stream"
    answer = me.post(f"/v1/intake/{slug}{number}", fixture.payload, kind)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(("folder", "fixture"), CASES)
def test_every_scan_of_a_payload_is_on_its_road(
    app: Running, me: Caller, folder: Folder, fixture: Fixture
) -> None:
    parsed = fixture.run(load_parser(folder))
    receipt = send(me, folder, fixture)

    assert receipt["unread"] == len(parsed.unread)
    assert len(receipt["errors"]) == len(parsed.errors)
    # A scan that tells a promise as well is two events; an index may be refused only once.
    refused = {one["index"] for one in receipt["rejected"]}
    events = receipt["accepted"] + receipt["duplicates"]
    assert events >= len(parsed.scans) - len(refused)
    for index in refused:
        assert parsed.scans[index].number is not None
    wanted = Counter(
        scan.number
        for index, scan in enumerate(parsed.scans)
        if index not in refused and (scan.text or scan.code not in (None, "promise"))
    )
    for number in wanted:
        shown = me.track(number)["events"]
        own = {one["id"] for one in shown}
        assert len(own) == len(shown)
        texts = {scan.text for scan in parsed.scans if scan.number == number and scan.text}
        assert texts <= {one["text"] for one in shown} | _refused_texts(parsed.scans, refused)


def _refused_texts(scans: Any, refused: set[int]) -> set[str]:
    return {scans[index].text for index in refused}


@pytest.mark.parametrize(("folder", "fixture"), CASES[::7])
def test_a_payload_sent_again_adds_nothing(me: Caller, folder: Folder, fixture: Fixture) -> None:
    first = send(me, folder, fixture)
    again = send(me, folder, fixture)

    assert again["accepted"] == 0
    assert again["duplicates"] == first["accepted"] + first["duplicates"]
    assert again["rejected"] == first["rejected"]


def test_payloads_are_kept_byte_for_byte(app: Running, me: Caller) -> None:
    sent = []
    for case in CASES[::5]:
        folder, fixture = case.values
        send(me, folder, fixture)  # type: ignore[arg-type]
        sent.append((SLUGS[folder.name], fixture.payload))  # type: ignore[union-attr]
    assert [(raw.source, raw.body) for raw in app.raws(me.tenant)] == sent


def test_what_cannot_be_read_is_kept_for_a_person(app: Running, me: Caller) -> None:
    broken = [case.values for case in CASES if "broken" in str(case.id)]
    unread = 0
    for folder, fixture in broken:
        unread += send(me, folder, fixture)["unread"]  # type: ignore[arg-type]
    rows = app.sql(
        "SELECT u.*, r.id AS kept FROM unread u LEFT JOIN raw r ON r.id = u.raw "
        "WHERE u.tenant = $1",
        me.tenant,
    )

    assert len(rows) == unread > 0
    assert all(row["kept"] is not None and row["reason"] for row in rows)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\xff" * 100, b"[" * 100_000, b"{}", b"null"])
def test_a_payload_that_is_none(app: Running, me: Caller, payload: bytes) -> None:
    for slug in ("kdniao", "dhl", "ups", "royal-mail", "aftership"):
        answer = me.post(f"/v1/intake/{slug}", payload)
        assert answer.status_code == 202
        assert answer.json()["accepted"] == 0
        assert answer.json()["unread"] + len(answer.json()["errors"]) > 0
    assert len(app.sql("SELECT 1 FROM raw WHERE tenant = $1", me.tenant)) == 5


def test_text_that_is_no_unicode_costs_one_item(me: Caller) -> None:
    trace = '{"AcceptTime":"2026-11-19 08:00:00","AcceptStation":"%s","Location":"%s"}'
    traces = ",".join([trace % ("快件到达", "云溪"), trace % ("half a pair", r"\ud800")])
    body = (
        '{"EBusinessID":"1","ShipperCode":"STO","LogisticCode":"773900010002001","Success":true,'
        f'"State":"2","Traces":[{traces}]}}'
    ).encode()
    receipt = me.post("/v1/intake/kdniao", body).json()

    assert receipt["accepted"] + receipt["unread"] + len(receipt["rejected"]) == 2
    assert "快件到达" in {one["text"] for one in me.track("773900010002001")["events"]}


def test_facts_of_a_payload_are_shown(me: Caller) -> None:
    shown = 0
    for case in CASES:
        folder, fixture = case.values
        parsed = fixture.run(load_parser(folder))  # type: ignore[union-attr, arg-type]
        for facts in parsed.facts:
            if facts.service and facts.number and shown < 10:
                send(me, folder, fixture)  # type: ignore[arg-type]
                assert me.track(facts.number)["service"] == facts.service
                shown += 1

    assert shown == 10


def test_a_merchants_facts_and_a_carriers_are_one_shipment(me: Caller) -> None:
    me.register(
        {"number": "773900010002002", "order_number": "O-9", "destination": {"city": "澜江"}}
    )
    body = (
        '{"EBusinessID":"1","ShipperCode":"STO","LogisticCode":"773900010002002","Success":true,'
        '"Traces":[{"AcceptTime":"2026-11-19 08:00:00","AcceptStation":"快件到达 澜江"}]}'
    ).encode()
    me.post("/v1/intake/kdniao", body)
    track = me.track("773900010002002")

    assert (track["order_number"], track["destination"]) == ("O-9", {"city": "澜江"})
    assert {one["source"] for one in track["events"]} == {"merchant", "kdniao"}
