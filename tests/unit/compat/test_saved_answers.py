"""Answers of vendors' APIs as files for `milepost import`. All values are made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from milepost.cli._answers import Answers, answers_in

AFTERSHIP = {"tracking_number": "1Z0A1B2C0310203057", "slug": "ups", "order_id": "7",
             "subtag": "InTransit_003", "checkpoints": [{"message": "Arrival"}]}  # fmt: skip
TRACK17 = {"number": "RR512340993CN", "carrier": 3011, "order_no": "SO-9", "track_info": {"x": 1}}
EASYPOST = {"object": "Tracker", "tracking_code": "9400111899223857120041", "carrier": "USPS",
            "tracking_details": [{"status": "in_transit"}]}  # fmt: skip
KUAIDI100 = {"message": "ok", "nu": "YT8812300000002", "com": "yuantong", "data": [{"time": "x"}]}
KDNIAO = {"LogisticCode": "YT8812300000003", "ShipperCode": "YTO", "Traces": [{"Action": "1"}]}


def read(folder: Path, document: Any) -> Answers | None:
    file = folder / "saved.json"
    file.write_text(json.dumps(document), encoding="utf-8-sig")
    return answers_in(file)


@pytest.mark.parametrize(
    ("document", "vendor", "number", "carrier"),
    [
        ({"meta": {"code": 200}, "data": {"trackings": [AFTERSHIP]}}, "aftership",
         "1Z0A1B2C0310203057", "ups"),
        ({"meta": {"code": 200}, "data": {"tracking": AFTERSHIP}}, "aftership",
         "1Z0A1B2C0310203057", "ups"),
        ({"code": 0, "data": {"accepted": [TRACK17], "rejected": []}}, "17track",
         "RR512340993CN", "china-post"),
        ({"trackers": [EASYPOST], "has_more": False}, "easypost", "9400111899223857120041",
         "usps"),
        ([EASYPOST], "easypost", "9400111899223857120041", "usps"),
        (KUAIDI100, "kuaidi100", "YT8812300000002", "yto"),
        ([KDNIAO], "kdniao", "YT8812300000003", "yto"),
    ],
)  # fmt: skip
def test_each_vendors_answers(
    tmp_path: Path, document: Any, vendor: str, number: str, carrier: str
) -> None:
    found = read(tmp_path, document)

    assert found is not None
    ((_, shipment),) = found.shipments()
    assert (found.kind.vendor, shipment["number"], shipment["carrier"]) == (
        vendor, number, carrier,
    )  # fmt: skip
    assert (len(list(found.documents(50))), found.scans()) == (1, [])


def test_pages_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "pages.ndjson"
    page = json.dumps({"data": {"trackings": [AFTERSHIP, AFTERSHIP]}})
    file.write_text(f"{page}\n\n{page}\n", encoding="utf-8")

    found = answers_in(file)

    assert found is not None
    sizes = [len(one["data"]["trackings"]) for one in found.documents(3)]
    assert (len(found.rows), sizes) == (4, [3, 1])


def test_a_list_without_roads_tells_the_newest_event(tmp_path: Path) -> None:
    row = {"number": "RR512340993CN", "carrier": 3011, "package_status": "InTransit",
           "latest_event_time": "2026-11-19T10:00:00+08:00",
           "latest_event_info": "Shenzhen,Left"}  # fmt: skip

    found = read(tmp_path, {"code": 0, "data": {"accepted": [row]}})

    assert found is not None
    ((_, scan),) = found.scans()
    assert (scan["code"], scan["text"]) == ("in_transit.moving", "Shenzhen,Left")
    assert list(found.documents(50)) == []


def test_shippos_history_becomes_scans(tmp_path: Path) -> None:
    event = {"status": "TRANSIT", "status_details": "Arrived",
             "status_date": "2026-11-12T10:30:00Z", "substatus": {"code": "package_arrived"},
             "location": {"city": "Chicago", "state": "IL", "zip": None,
                          "country": "US"}}  # fmt: skip
    row = {"tracking_number": "9400111899223857120034", "carrier": "usps", "tracking_history": [
        event, event | {"substatus": None}, event | {"status_date": None},
        event | {"status": "NEWS", "status_details": "?"}]}  # fmt: skip

    found = read(tmp_path, row)

    assert found is not None
    codes = [scan.get("code") for _, scan in found.scans()]
    assert codes == ["in_transit.arrived_hub", "in_transit.moving", None]
    assert found.scans()[0][1]["place"] == {"city": "Chicago", "region": "IL", "country": "US"}
    assert list(found.documents(50)) == []


@pytest.mark.parametrize(
    "document", [[], {}, [{"number": "A1"}], {"data": [AFTERSHIP, EASYPOST]}, "x", 7]
)
def test_other_files_are_left_to_others(tmp_path: Path, document: Any) -> None:
    assert read(tmp_path, document) is None


def test_broken_and_foreign_files(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{", encoding="utf-8")
    table = tmp_path / "rows.csv"
    table.write_text("number\nA1\n", encoding="utf-8")

    assert answers_in(file) is None
    assert answers_in(table) is None
