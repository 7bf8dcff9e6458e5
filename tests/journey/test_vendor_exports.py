"""`milepost import` with the vendors' exports: recognised, shown, taken, refused rows handed back.

All rows are made up.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from journey.compat.serving import Account, Served, served
from milepost.cli import main

pytest_plugins = ["pg"]


@pytest.fixture(scope="module")
def server(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(module_url, tmp_path_factory.mktemp("data")) as started:
        yield started


@pytest.fixture
def me(server: Served) -> Account:
    return server.account("kdniao")


def command(me: Account, file: Path, *words: str, code: int = 0) -> Any:
    where = ["--url", me.server.url, "--key", me.key, "--json"]
    done = CliRunner().invoke(main, ["import", str(file), *where, *words])
    assert done.exit_code == code, done.output
    return json.loads(done.output.splitlines()[-1]) if code == 0 else done.output


def track(me: Account, number: str) -> dict[str, Any]:
    answer = httpx2.get(
        f"{me.server.url}/v1/track/{number}", headers={"Authorization": f"Bearer {me.key}"}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows(rows)
    return path


def sheet(path: Path, rows: list[list[Any]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


AFTERSHIP = [
    ["Tracking number", "Slug", "Title", "Order ID", "Tag", "Subtag", "Created at",
     "Expected delivery", "Last checkpoint time", "Last checkpoint message", "Customer name"],
    ["9400111899223857100017", "usps", "#1001", "SO-1001", "InTransit", "InTransit_003",
     "2026-11-10T08:00:00+00:00", "2026-11-25", "2026-11-12T10:30:00-05:00",
     "Arrived at facility", "A. Example"],
    ["9400111899223857100024", "usps", "#1002", "SO-1002", "Pending", "Pending_001",
     "2026-11-11 09:00:00 UTC", "", "", "", "B. Example"],
    ["", "usps", "#1003", "SO-1003", "Pending", "", "", "", "", "", ""],
    ["9400111899223857100031", "usps", "#1004", "SO-1004", "Delivered", "Delivered_001",
     "someday", "", "", "", ""],
]  # fmt: skip


def test_aftership(me: Account, tmp_path: Path) -> None:
    file = write(tmp_path / "trackings.csv", AFTERSHIP)

    shown = command(me, file, "--dry-run")
    assert shown["recognised"] == "aftership"
    assert shown["columns"]["number"] == "Tracking number"
    assert (shown["shipments"], shown["scans"], shown["refused"]) == (2, 1, 2)

    done = command(me, file)
    assert (done["shipments"], done["scans"], done["refused"]) == (2, 1, 2)
    road = track(me, "9400111899223857100017")
    assert (road["carrier"], road["order_number"]) == ("usps", "SO-1001")
    assert road["status"]["sub"] == "in_transit.arrived_hub"
    assert road["arrival"]["latest"].startswith("2026-11-25")
    assert track(me, "9400111899223857100024")["status"]["main"] == "info_received"
    with (tmp_path / "trackings.refused.csv").open(encoding="utf-8-sig") as refused:
        reasons = [row["refused because"] for row in csv.DictReader(refused)]
    assert reasons == ["no tracking number", "'someday' is no time"]
    assert command(me, file)["scans"] == 0  # once more changes nothing


def test_17track_as_a_sheet_with_a_title(me: Account, tmp_path: Path) -> None:
    file = sheet(tmp_path / "export.xlsx", [
        ["17TRACK export", None, None, None, None],
        ["单号", "运输商", "包裹状态", "最新轨迹", "最新轨迹时间", "订单号"],
        ["RR510620736CN", 3011, "运输途中", "【上海】离开处理中心", "2026-11-12 10:30:00", 4711],
        ["RR510620740CN", 3011, "查询不到", None, None, 4712],
        [None, None, None, None, None, None],
    ])  # fmt: skip

    shown = command(me, file, "--dry-run")
    assert (shown["recognised"], shown["shipments"], shown["scans"]) == ("17track", 2, 1)
    done = command(me, file)
    assert (done["shipments"], done["scans"], done["refused"]) == (2, 1, 0)
    road = track(me, "RR510620736CN")
    assert (road["carrier"], road["order_number"]) == ("china-post", "4711")
    assert road["status"]["main"] == "in_transit"


@pytest.mark.parametrize(
    ("vendor", "encoding", "header", "row", "carrier", "main"),
    [
        ("kdniao", "gb18030", ["快递公司编码", "快递单号", "订单号"],
         ["YTO", "YT8810022003301", "K-1"], "yto", "info_received"),
        ("kdniao", "utf-8", ["ShipperCode", "LogisticCode", "OrderCode", "CustomerName"],
         ["STO", "770120304050601", "K-2", "1234"], "sto", "info_received"),
        ("kuaidi100", "gb18030", ["快递单号", "快递公司", "最新轨迹", "最新轨迹时间"],
         ["YT8810022003302", "圆通速递", "快件已到达上海转运中心", "2026/11/12 10:30"],
         "yto", "in_transit"),
        ("kuaidi100", "utf-8", ["com", "num", "orderNum"],
         ["yunda", "4310022003303001", "K-3"], "yunda", "info_received"),
        ("easypost", "utf-8", ["id", "tracking_code", "carrier", "status", "updated_at"],
         ["trk_1", "9400111899223857100048", "USPS", "delivered", "2026-11-12T10:30:00Z"],
         "usps", "delivered"),
        ("shippo", "utf-8",
         ["Order Number", "Carrier", "Tracking Number", "Tracking Status", "Status Date",
          "Service Level"],
         ["S-9", "usps", "=\"9400111899223857100055\"", "TRANSIT", "11/12/2026 10:30", "Priority"],
         "usps", "in_transit"),
    ],
)  # fmt: skip
def test_lists_of_the_others(
    me: Account, tmp_path: Path, vendor: str, encoding: str, header: list[str], row: list[str],
    carrier: str, main: str,
) -> None:  # fmt: skip
    file = write(tmp_path / "list.csv", [header, row], encoding)

    assert command(me, file, "--dry-run")["recognised"] == vendor
    done = command(me, file)

    assert (done["shipments"], done["refused"]) == (1, 0)
    number = next(cell for cell in row if sum(map(str.isdigit, cell)) > 9).strip('="')
    road = track(me, number)
    assert (road["carrier"], road["status"]["main"]) == (carrier, main)


def test_a_list_whose_columns_say_nothing(me: Account, tmp_path: Path) -> None:
    file = write(tmp_path / "list.csv", [
        ["Kunde", "Sendung", "Ort"],
        ["Ada", "RR510620736CN", "Köln"],
        ["Ben", "RR510620740CN", "Köln"],
        ["Cem", "RR510620753CN", "Bonn"],
    ])  # fmt: skip

    shown = command(me, file, "--dry-run")

    assert shown["recognised"] is None
    assert shown["columns"] == {"number": "Sendung"}
    assert command(me, file)["shipments"] == 3


def test_one_bad_row_among_many_is_refused_alone(me: Account, tmp_path: Path) -> None:
    rows = [[f"RR5106{index:05}CN", "china-post"] for index in range(40)]
    rows[7][0] = "!!!"
    rows[23][0] = "x" * 90
    file = write(tmp_path / "many.csv", [["Tracking number", "Carrier"], *rows])

    done = command(me, file)

    assert (done["shipments"], done["refused"]) == (38, 2)


def test_what_is_no_file_of_rows(me: Account, tmp_path: Path) -> None:
    file = tmp_path / "broken.xlsx"
    file.write_bytes(b"PK\x03\x04 not a workbook")

    assert "cannot be read" in command(me, file, "--dry-run", code=1)
    assert "cannot be read" in command(me, file, code=1)
    empty = write(tmp_path / "empty.csv", [])
    assert command(me, empty)["shipments"] == 0
