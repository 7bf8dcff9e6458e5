"""What people's files have in their cells: times, amounts, encodings, names of columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from milepost.wiring.tabular.exports import recognise
from milepost.wiring.tabular.files import meaning_of, rows_of, understood
from milepost.wiring.tabular.money import minor_of
from milepost.wiring.tabular.times import iso


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20T08:30:00+08:00", "2026-11-20T08:30:00+08:00"),
        ("2026/11/5 8:03", "2026-11-05T08:03:00"),
        ("2026年11月5日 8时3分", "2026-11-05T08:03:00"),
        ("20.11.2026", "2026-11-20T00:00:00"),
        ("5.11.2026 14:03:09", "2026-11-05T14:03:09"),
        ("11/20/2026 2:05 PM", "2026-11-20T14:05:00"),
        ("20/11/2026", "2026-11-20T00:00:00"),
        ("46346.3541666667", "2026-11-20T08:30:00"),
        ("46346", "2026-11-20T00:00:00"),
    ],
)
def test_times_of_spreadsheets(written: str, meant: str) -> None:
    assert iso(written) == meant


@pytest.mark.parametrize(
    "odd", ["03/04/2026", "soon", "2026-13-01", "31.02.2026", "2026-11-20 25h"]
)
def test_what_is_no_time_or_could_be_two_is_refused(odd: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        iso(odd)


@pytest.mark.parametrize(
    ("written", "currency", "meant"),
    [
        ("12,50", "EUR", (1_250, "EUR")), ("1.234,50 €", "", (123_450, "EUR")),
        ("US$1,234.5", "", (123_450, "USD")), ("99", "jpy", (99, "JPY")),
        ("1,234", "CNY", (123_400, "CNY")), ("¥ 88", "CNY", (8_800, "CNY")),
        ("1'234.00 CHF", "", (123_400, "CHF")),
    ],
)  # fmt: skip
def test_amounts(written: str, currency: str, meant: tuple[int, str]) -> None:
    assert minor_of(written, currency) == meant


@pytest.mark.parametrize(("odd", "currency"), [("12.50", ""), ("$5", ""), ("-", "EUR"),
                                               ("1.234", "EUR")])  # fmt: skip
def test_amounts_that_are_not_certain_are_refused(odd: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        minor_of(odd, currency)


@pytest.mark.parametrize("name", ["Tracking-No.", "TRACKING NUMBER", "tracking_number", "运单号：",
                                  "\ufefftracking number", "快递单号"])  # fmt: skip
def test_columns_are_known_however_they_are_written(name: str) -> None:
    assert meaning_of(name) == "number"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes("运单号,货值,币种\nSF1000000000001,88.5,CNY\n".encode(encoding))

    assert [understood(row) for row in rows_of(file)] == [
        {"number": "SF1000000000001", "declared_value_minor": 8_850, "currency": "CNY"}
    ]


def test_a_shops_own_list_is_not_taken_for_an_aggregators_export() -> None:
    assert recognise(["运单号", "快递公司", "订单号", "货值", "currency"]) is None
    found = recognise(["运单号", "快递公司", "订单号", "最新物流信息"])
    assert found is not None
    assert found.vendor == "kuaidi100"
