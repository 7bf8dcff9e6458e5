"""What is peculiar to SF, ZTO, YTO and the UPU's events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from milepost.carriers.registry import codes, parser
from milepost.domain.scan import LinkedNumber, ParseContext, Parsed

CONTEXT = ParseContext(received_at=datetime(2026, 3, 1, tzinfo=UTC))


def read(slug: str, body: Any) -> Parsed:
    parse = parser(slug)
    assert parse is not None
    return parse(body if isinstance(body, bytes) else json.dumps(body).encode(), CONTEXT)


def sf_push(**fields: str) -> dict[str, Any]:
    row = {"mailno": "SF1", "acceptTime": "2026-01-01 08:00:00"} | fields
    return {"Body": {"WaybillRoute": [row]}}


@pytest.mark.parametrize("code", ["80", "8000"])
def test_sf_signed_for_a_reason_is_never_delivered(code: str) -> None:
    plain = read("sf", sf_push(opCode=code, reasonCode="")).scans[0]
    reasoned = read("sf", sf_push(opCode=code, reasonCode="6")).scans[0]

    assert codes("sf")[plain.code or ""].sub == "delivered"
    assert reasoned.code not in codes("sf")


def test_sf_names_the_new_number_of_a_return() -> None:
    parsed = read("sf", sf_push(opCode="648", remark="快件已退回，新单号为: SF0000000000012"))

    assert parsed.facts[0].linked == (LinkedNumber(number="SF0000000000012", carrier="sf"),)


def test_zto_arrival_means_two_things() -> None:
    queried = read("zto", [{"billCode": "1", "scanType": "ARRIVAL", "scanDate": 1767225600000}])
    pushed = read(
        "zto", {"billCode": "1", "action": "ARRIVAL", "actionTime": "2026-01-01 08:00:00"}
    )

    assert codes("zto")[queried.scans[0].code or ""].sub == "available_for_pickup"
    assert codes("zto")[pushed.scans[0].code or ""].sub == "in_transit.arrived_hub"


def test_zto_epoch_and_text_are_one_instant() -> None:
    epoch = read("zto", [{"billCode": "1", "scanType": "收件", "scanDate": 1767225600000}])
    text = read("zto", [{"billCode": "1", "scanType": "收件", "scanDate": "2026-01-01 08:00:00"}])

    assert epoch.scans[0].occurred_at.isoformat() == "2026-01-01T08:00:00+08:00"
    assert text.scans[0].occurred_at.isoformat() == "2026-01-01T08:00:00"


def test_zto_traces_may_stand_as_text() -> None:
    traces = json.dumps({"billCode": "1", "traces": [{"scanDate": "2026-01-01 08:00:00"}]})

    assert len(read("zto", [{"id": "x", "status": True, "traces": traces}]).scans) == 1


def test_yto_courier_is_not_the_signer() -> None:
    row = {"mailNo": "YT1", "acceptTime": "2026-01-01 08:00:00", "name": "林知夏"}

    assert not read("yto", row | {"infoContent": "GOT"}).facts
    assert read("yto", row | {"infoContent": "SIGNED"}).facts[0].signed_by == "林知夏"


def test_upu_office_tells_the_country_and_its_operator() -> None:
    event = {"event_code": "emd", "event_time": "2026-01-01T08:00:00", "office": "AUMELA"}
    scan = read("upu", {"items": [{"item_id": "EE 700 050 001 CN", "events": [event]}]}).scans[0]

    assert (scan.number, scan.carrier, scan.code) == ("EE700050001CN", "australia-post", "EMD")


def test_upu_details_are_kept() -> None:
    table = b"item_id,event_code,event_time,reason\nRR1GB,EMH,2026-01-01T08:00:00Z,10\n"

    assert read("upu", table).scans[0].measurements == {"reason": "10"}
