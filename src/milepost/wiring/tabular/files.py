"""Rows of a file (CSV, XLSX, JSON, NDJSON), and which column of it means what."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from milepost.wiring.tabular.money import minor_of
from milepost.wiring.tabular.times import iso

_LONGEST_NAME = 200
# What the columns of shops', carriers' and aggregators' exports are called, in small letters with
# blanks and underscores dropped.
COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("number", "trackingnumber", "trackingno", "trackingcode", "waybill", "waybillno",
               "awb", "logisticcode", "nu", "num", "快递单号", "运单号", "物流单号", "单号"),
    "carrier": ("carrier", "carriercode", "courier", "slug", "shippercode", "com", "快递公司",
                "物流公司", "承运商"),
    "order_number": ("ordernumber", "orderno", "orderid", "order", "ordercode", "订单号",
                     "订单编号"),
    "occurred_at": ("occurredat", "time", "datetime", "timestamp", "eventtime", "checkpointtime",
                    "accepttime", "时间", "扫描时间"),
    "text": ("text", "description", "message", "context", "acceptstation", "status", "event",
             "描述", "轨迹"),
    "code": ("code", "eventcode", "statuscode", "代码"),
    "place": ("place", "location", "city", "地点", "所在地"),
    "promised_to": ("promisedto", "promised", "promiseddate", "edd", "estimateddelivery",
                    "预计送达"),
    "destination": ("destination", "destinationcity", "tocity", "目的地", "目的城市"),
    "service": ("service", "servicetype", "产品"),
    "declared_value": ("declaredvalue", "value", "ordervalue", "ordertotal", "total", "货值",
                       "声明价值", "申报价值", "订单金额", "warenwert"),
    "currency": ("currency", "currencycode", "币种", "货币", "währung"),
    "goods": ("goods", "goodsdescription", "contents", "品名", "货物名称", "物品名称"),
}  # fmt: skip
_MEANING = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, each with its own column names. Raises ValueError for other files."""
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        yield from _sheet(path)
        return
    text = _decoded(path.read_bytes())
    if path.suffix.lower() in {".ndjson", ".jsonl"}:
        yield from (msgspec.json.decode(line) for line in text.splitlines() if line.strip())
    elif path.suffix.lower() == ".json":
        found = msgspec.json.decode(text)
        yield from found if isinstance(found, list) else [found]
    else:
        sample = text[:4096]
        dialect = csv.Sniffer().sniff(sample, ",;\t|") if "\n" in sample else csv.excel
        yield from csv.DictReader(io.StringIO(text), dialect=dialect)


def _sheet(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of the first sheet. Titles above the columns' names are left out."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        # The file is a stranger's, and the reader of ZIP and XML raises what it likes.
        raise ValueError(f"not an Excel file: {error}") from None
    try:
        sheet = book.worksheets[0]
        # Some writers say that there is one cell only.
        sheet.reset_dimensions()
        names: list[str] = []
        title: list[str] = []
        for cells in sheet.iter_rows(values_only=True):
            texts = [_cell(cell) for cell in cells]
            filled = sum(text != "" for text in texts)
            if not names and filled < 2 and not title:
                title = texts if filled else []
                continue
            if not names and filled < 2:
                names = title  # a table of one column
            if not names:
                names = texts
            elif filled:
                yield dict(zip(names, texts, strict=False))
    finally:
        book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime) else str(value).strip()


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # what Excel calls Unicode text
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def meaning_of(name: object) -> str | None:
    """What we call a column of this name, however it is written: `Tracking-No.` too."""
    return _meaning(str(name or "")[:_LONGEST_NAME])


# A file has the same few names in each of its rows.
@lru_cache(4_096)
def _meaning(name: str) -> str | None:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _MEANING.get("".join(one for one in plain if one.isalnum()))


def understood(row: Mapping[str, Any], number: str | None = None) -> dict[str, Any]:
    """A row with our names for its columns; columns that mean nothing to us are left out.

    `number`: the column with the tracking number, where its name does not say so.
    """
    found: dict[str, Any] = {}
    if number is not None and row.get(number) not in (None, ""):
        found["number"] = str(row[number]).strip()
    for name, value in row.items():
        meaning = meaning_of(name)
        if meaning and value not in (None, ""):
            found.setdefault(meaning, value.strip() if isinstance(value, str) else value)
    for name in ("occurred_at", "promised_to"):
        if name in found:
            found[name] = iso(str(found[name]))
    if (toward := found.pop("destination", None)) is not None and "occurred_at" not in found:
        found["destination"] = {"name": str(toward)[:_LONGEST_NAME]}
    value, currency = found.pop("declared_value", None), found.pop("currency", "")
    if value is not None:
        found["declared_value_minor"], found["currency"] = minor_of(str(value), str(currency))
    return found
