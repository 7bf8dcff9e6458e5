"""Rows of a file (CSV, XLSX, JSON, NDJSON), and which column of it means what."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from milepost.wiring.tabular.encodings import decoded
from milepost.wiring.tabular.meanings import columns_of
from milepost.wiring.tabular.money import minor_of
from milepost.wiring.tabular.numbers import cell_of, whole
from milepost.wiring.tabular.times import iso

_LONGEST_NAME = 200
_FORMULAS = tuple("=+-@")


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, each with its own column names. Raises ValueError for other files."""
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        yield from _sheet(path)
        return
    text = decoded(path.read_bytes())
    if path.suffix.lower() in {".ndjson", ".jsonl"}:
        yield from (msgspec.json.decode(line) for line in text.splitlines() if line.strip())
    elif path.suffix.lower() == ".json":
        found = msgspec.json.decode(text)
        yield from found if isinstance(found, list) else [found]
    else:
        sample = text[:4096]
        dialect = csv.Sniffer().sniff(sample, ",;\t|") if "\n" in sample else csv.excel
        for row in csv.DictReader(io.StringIO(text), dialect=dialect):
            yield {name: _unmarked(value) for name, value in row.items()}


def _unmarked(value: Any) -> Any:
    """Without the apostrophe that tells spreadsheets that `+49…` is no formula."""
    marked = isinstance(value, str) and value[:1] == "'" and value[1:].lstrip()[:1] in _FORMULAS
    return value[1:] if marked else value


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
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return cell_of(value)
    return value.isoformat() if isinstance(value, datetime) else str(value).strip()


def understood(row: Mapping[str, Any], number: str | None = None) -> dict[str, Any]:
    """A row with our names for its columns; columns that mean nothing to us are left out.

    `number`: the column with the tracking number, where its name does not say so.
    """
    found: dict[str, Any] = {}
    if number is not None and row.get(number) not in (None, ""):
        found["number"] = str(row[number]).strip()
    for name, meaning in columns_of(tuple(row)):
        value = row[name]
        if value not in (None, ""):
            found.setdefault(meaning, value.strip() if isinstance(value, str) else value)
    for name in ("number", "order_number"):
        if name in found:
            found[name] = whole(str(found[name]))
    for name in ("occurred_at", "promised_to"):
        if name in found:
            found[name] = iso(str(found[name]))
    if (toward := found.pop("destination", None)) is not None and "occurred_at" not in found:
        found["destination"] = {"name": str(toward)[:_LONGEST_NAME]}
    value, currency = found.pop("declared_value", None), found.pop("currency", "")
    if value is not None:
        found["declared_value_minor"], found["currency"] = minor_of(str(value), str(currency))
    return found
