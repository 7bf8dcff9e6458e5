"""What people's files have in their cells: times, amounts, encodings, names of columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from milepost.wiring.tabular.exports import recognise
from milepost.wiring.tabular.files import rows_of, understood
from milepost.wiring.tabular.meanings import meaning_of, meanings
from milepost.wiring.tabular.money import minor_of
from milepost.wiring.tabular.rows import preview
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


HEADS = {
    "de": ("Sendungsnummer;Versanddienstleister;Warenwert;Währung", "cp1252"),
    "fr": ("Numéro de suivi;Transporteur;Valeur;Devise", "cp1252"),
    "es": ("Número de seguimiento;Transportista;Valor;Moneda", "cp1252"),
    "pt": ("Código de rastreio;Transportadora;Valor;Moeda", "cp1252"),
    "zh": ("运单号,快递公司,货值,币种", "gb18030"),
    "zh-Hant": ("運單號,快遞公司,貨值,幣別", "big5"),
    "ja": ("追跡番号,運送会社,金額,通貨", "cp932"),
    "ko": ("운송장번호,택배사,금액,통화", "cp949"),
    "ru": ("Трек-номер;Перевозчик;Стоимость;Валюта", "cp1251"),
    "ar": ("رقم التتبع,الناقل,القيمة,العملة", "cp1256"),
    "th": ("เลขพัสดุ\tผู้ขนส่ง\tมูลค่า\tสกุลเงิน", "cp874"),
    "vi": ("Mã vận đơn,Hãng vận chuyển,Giá trị,Tiền tệ", "utf-16"),
}


@pytest.mark.parametrize(("head", "encoding"), HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("own", [True, False])
def test_columns_are_known_in_every_language(
    tmp_path: Path, head: str, encoding: str, own: bool
) -> None:
    """In the characters that spreadsheets of the region write, and in UTF-8."""
    mark = next(one for one in ";\t," if one in head)
    lines = [head, *(mark.join((f"SF10000000010{n}", "sf", "12.50", "EUR")) for n in range(3))]
    file = tmp_path / "list.csv"
    file.write_bytes("\n".join(lines).encode(encoding if own else "utf-8"))

    seen = preview(file)

    assert set(seen.columns) == {"number", "carrier", "declared_value", "currency"}
    assert (seen.shipments, seen.refused) == (3, 0)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1252", "Jürgen Weiß"), ("gb18030", "广州市天河区"), ("utf-8", "Łódź")],
)
def test_cells_beyond_ascii_under_an_english_head(tmp_path: Path, encoding: str, name: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(f"number,recipient\nSF1000000001,{name}\n".encode(encoding))

    assert list(rows_of(file)) == [{"number": "SF1000000001", "recipient": name}]


def test_no_alias_means_two_things() -> None:
    for of in ("shipment", "consignee"):
        for meaning in meanings(of):
            assert meaning_of(meaning.replace("_", " "), of) in (meaning, None)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (773000430068220, "773000430068220"), (773000430068220.0, "773000430068220"),
        ("7.73000430068220E+14", "773000430068220"), ("1234E567", "1234E567"),
        ("00340434000318681069", "00340434000318681069"), (1234567890123456, "1234567890123456"),
    ],
)  # fmt: skip
def test_long_numbers_of_a_sheet_stay_whole(tmp_path: Path, cell: object, number: str) -> None:
    assert _of_sheet(tmp_path, cell)["number"] == number


@pytest.mark.parametrize("cell", ["7.73E+14", "7,73E+14", 3.4043400031868107e19, 1234567890123450])
def test_a_rounded_number_is_refused(tmp_path: Path, cell: object) -> None:
    with pytest.raises(ValueError, match="rounded by a spreadsheet"):
        _of_sheet(tmp_path, cell)


def _of_sheet(folder: Path, cell: object) -> dict[str, object]:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Tracking number", "Order"])
    book.active.append([cell, 12345.0])
    book.save(folder / "list.xlsx")
    (row,) = rows_of(folder / "list.xlsx")
    assert row["Order"] == "12345"
    return understood(row)
