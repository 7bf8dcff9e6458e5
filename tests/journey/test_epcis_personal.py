"""Personal data in EPCIS events and in measurements: masked at the door, given back, erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from journey.running import NOW, Caller, Running, running, scan
from journey.test_personal_data import everything
from milepost.notary.proof import check, read_proof

pytest_plugins = ["pg"]
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"ex": "https://ns.example.org/epcis/", "mp": "urn:x-milepost:epcis:"},
]
PHONE, DRIVER = "13987654321", "Ottilie Erfunden"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(module_url: str, folder: Path) -> Iterator[Running]:
    with running(module_url, data=folder) as started:
        yield started


@pytest.fixture
def me(app: Running) -> Caller:
    return app.caller(scopes=("read", "write", "personal"))


def event(serial: int, hours: float = 2, **more: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent", "eventTime": (NOW - timedelta(hours=hours)).isoformat(),
        "eventTimeZoneOffset": "+08:00", "action": "ADD", "bizStep": "arriving",
        "epcList": [urn(serial)], "ex:driverName": DRIVER,
        "ex:stop": {"ex:remark": f"call {PHONE}", "ex:dock": 7},
        "ilmd": {"cbvmda:lotNumber": "13900001111"},
        "readPoint": {"id": "urn:epc:id:sgln:6901234.00001.0", "ex:guard": "fine"}, **more,
    }  # fmt: skip


def urn(serial: int) -> str:
    return f"urn:epc:id:sscc:6901234.0{serial:09d}"


def number(serial: int) -> str:
    digits = f"06901234{serial:09d}"
    total = sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(digits))
    return f"{digits}{-total % 10}"


def capture(me: Caller, *events: dict[str, Any]) -> dict[str, Any]:
    document = {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": NOW.isoformat(), "epcisBody": {"eventList": list(events)},
    }  # fmt: skip
    answer = me.post("/v1/epcis/capture", document)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def found(me: Caller, serial: int) -> list[dict[str, Any]]:
    answer = me.get("/v1/epcis/events", params={"MATCH_epc": urn(serial)})
    events: list[dict[str, Any]] = answer.json()["epcisBody"]["queryResults"]["resultsBody"][
        "eventList"
    ]
    return events


def erase(me: Caller, tracked: str) -> None:
    identity = me.track(tracked)["shipment"]
    answer = me.client.delete(f"/v1/shipments/{identity}/personal", headers=me.headers)
    assert answer.status_code == 204, answer.text


def test_only_the_vault_has_what_events_say_of_persons(
    app: Running, me: Caller, folder: Path
) -> None:
    capture(me, event(11))

    kept = everything(app, folder)
    assert DRIVER not in kept
    assert PHONE not in kept
    assert "139******21" in kept
    (shown,) = found(me, 11)
    assert shown["ex:driverName"] == DRIVER
    assert shown["ex:stop"]["ex:remark"] == f"call {PHONE}"
    assert capture(me, event(11))["duplicates"] == 1


def test_erasing_leaves_the_event_its_hash_and_what_others_said(
    app: Running, me: Caller, folder: Path
) -> None:
    capture(me, event(22), event(33))
    (before,) = found(me, 22)
    erase(me, number(22))

    (after,) = found(me, 22)
    assert after["eventID"] == before["eventID"]
    assert after["ex:driverName"] == "O********"
    assert after["ex:stop"] == {"ex:remark": "call 139******21", "ex:dock": 7}
    assert after["ilmd"] == {"cbvmda:lotNumber": "13900001111"}
    assert found(me, 33)[0]["ex:driverName"] == DRIVER
    bodies = [one.body.decode() for one in app.raws(me.tenant)]
    assert not any(urn(22) in body for body in bodies)
    assert any(urn(33) in body and DRIVER in body for body in bodies)
    assert capture(me, event(22))["duplicates"] == 1
    assert found(me, 22)[0]["ex:driverName"] == "O********"


def test_an_event_of_several_parcels_goes_with_the_first_that_is_erased(me: Caller) -> None:
    both = event(44, epcList=[urn(44), urn(55)])
    capture(me, both)
    assert found(me, 55)[0]["ex:driverName"] == DRIVER
    erase(me, number(55))

    assert found(me, 44)[0]["ex:driverName"] == "O********"


def test_a_declaration_of_error_retracts_what_was_masked(me: Caller) -> None:
    told = event(66, eventID="urn:uuid:4f6d0c3e-0000-4000-8000-000000000066")
    told["mp:text"] = f"driver {DRIVER}, call {PHONE}"
    capture(me, told)
    assert me.track(number(66))["events"][0]["text"] == told["mp:text"]
    declared = told | {"errorDeclaration": {"declarationTime": NOW.isoformat(),
                                            "reason": "incorrect_data"}}  # fmt: skip
    capture(me, declared)

    assert me.track(number(66))["status"]["sub"] != "in_transit.arrived_hub"
    assert len(found(me, 66)) == 2


def test_master_data_of_goods_can_still_be_asked_for(me: Caller) -> None:
    capture(me, event(77))
    query = {"EQ_ILMD_cbvmda:lotNumber": "13900001111"}
    answer = me.get("/v1/epcis/events", params=query)
    listed = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert [one["epcList"] for one in listed] == [[urn(77)]]


def test_goods_without_a_parcel_are_masked_as_well(app: Running, me: Caller, folder: Path) -> None:
    said = "made-up keeper 13955554444"
    goods = event(88, epcList=["urn:epc:id:sgtin:6901234.012345.88"])
    capture(me, goods | {"ex:note": said})

    assert "13955554444" not in everything(app, folder)


def test_measurements_of_scans(app: Running, me: Caller, folder: Path) -> None:
    tracked = "YT7700000000901"
    told = {"weight_g": 1_200, "receiver_phone": "13911112222", "signed_by": "Erfunden"}
    given = scan(tracked, carrier="yto", measurements=told)
    me.scan(given)
    (shown,) = me.track(tracked)["events"]
    assert shown["measurements"] == told
    assert me.scan(given)["duplicates"] == 1
    assert "13911112222" not in everything(app, folder)
    proofs = [me.get(f"/v1/proofs/events/{shown['id']}")]
    erase(me, tracked)
    proofs.append(me.get(f"/v1/proofs/events/{shown['id']}"))

    (shown,) = me.track(tracked)["events"]
    assert shown["measurements"] == {
        "weight_g": 1_200, "receiver_phone": "1********", "signed_by": "E*******",
    }  # fmt: skip
    before, after = (check(read_proof(one.content)) for one in proofs)
    assert before.leaf == after.leaf
    assert "13911112222" not in json.dumps([one.body.decode() for one in app.raws(me.tenant)])
