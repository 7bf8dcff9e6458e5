"""Rows of loggers' exports as reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from milepost.cli._reports import is_reports, report_of, sent


def test_what_a_row_is() -> None:
    at = "2026-03-01T08:00:00+08:00"
    sample = report_of({"Asset": "truck:1", "Time": at, "Temperature C": "4.5", "Latitude": ""})
    assert sample == ("samples", {"asset": "truck:1", "at": at, "temperature_c": 4.5})
    read = report_of({"reader": "r1", "tag": "E2", "timestamp": at, "antenna": "2"})
    assert read == ("rfid", {"reader": "r1", "tag": "E2", "at": at, "antenna": 2})
    moved = report_of({"number": "SF1", "parent": "bag:1", "action": "add", "time": at})
    assert moved is not None
    assert moved.kind == "containment"
    assert report_of({"number": "SF1", "time": at, "text": "已签收"}) is None
    assert report_of({"number": "SF1"}) is None


def test_a_row_of_a_sorter_or_courier_is_a_devices_scan() -> None:
    sorted_ = report_of({"number": "SF1", "carrier": "sf", "occurred_at": "2026-03-01 08:00:00",
                         "machine": "m1", "chute": "c2", "weight_g": "812", "picture": "img-1",
                         "size_mm": "300 x 200 x 100", "action": "sort"})  # fmt: skip
    assert sorted_ == ("scans", {
        "number": "SF1", "carrier": "sf", "occurred_at": "2026-03-01T08:00:00", "machine": "m1",
        "chute": "c2", "weight_g": 812, "picture": "img-1", "size_mm": [300, 200, 100],
        "action": "sort",
    })  # fmt: skip
    when = {"number": "SF1", "time": "2026-03-01T08:00:00Z"}
    proof = {"sequence": "7", "signature": "sig-1", "pickup code": "yes"}
    delivered = report_of({**when, "action": "deliver", **proof})
    assert delivered is not None
    assert delivered.item["sign_off"] == {"signature": "sig-1", "pickup_code": True}
    assert delivered.item["sequence"] == 7
    assert report_of({**when, "action": "load", "container": "truck:1"}) is None


def test_a_file_is_sent_in_batches(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("asset,at,temperature_c\n" + "truck:1,1790000000,4\n" * 3 + "truck:1,x,warm\n")
    posted: list[tuple[str, int]] = []

    def post(path: str, items: list[Any]) -> str:
        posted.append((path, len(items)))
        return "answer"

    assert is_reports(file)
    found = list(sent(post, file, 3))
    assert posted == [("/v1/devices/samples", 3), ("/v1/devices/samples", 1)]
    assert [row["temperature_c"] for _, rows, _ in found for row in rows][-1] == "warm"


def test_other_files_are_not_reports(tmp_path: Path) -> None:
    for name, text in (("a.csv", "number,carrier\nSF1,sf\n"), ("b.json", "{"), ("c.json", "[1]")):
        file = tmp_path / name
        file.write_text(text)
        assert not is_reports(file)
