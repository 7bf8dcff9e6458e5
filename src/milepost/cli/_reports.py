"""Rows of a file that are reports of devices: scans with what the device knows beside them,
samples, reads of tags, containment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from milepost.intake.reports.shapes import (
    ChangeReport,
    DeviceScan,
    RfidReport,
    SampleReport,
    SignOff,
)
from milepost.wiring.tabular.files import rows_of

# What loggers' exports call the columns, in small letters with blanks as underscores.
_ALIASES = {
    "time": "at", "timestamp": "at", "datetime": "at", "occurred_at": "at",
    "latitude": "lat", "longitude": "lon", "lng": "lon", "tracking_number": "number",
}  # fmt: skip
_TEXTS = frozenset({"at", "asset", "device", "reader", "tag", "child", "parent", "number",
                    "action", "source"})  # fmt: skip
_SAMPLE = frozenset(SampleReport.__struct_fields__) - {"burst"}
_MEASURED = _SAMPLE - {"at", "asset", "device", "valid"}
_RFID = frozenset(RfidReport.__struct_fields__)
_CHANGE = frozenset(ChangeReport.__struct_fields__)
_SIGN_OFF = frozenset(SignOff.__struct_fields__)
_SCAN = frozenset(DeviceScan.__struct_fields__) - {"size_mm", "sign_off", "occurred_at"}
# What only a device's scan has: other rows with a number and a time are scans or shipments.
_DEVICES = frozenset({"action", "machine", "chute", "sequence", "picture"})
_WHOLE = frozenset({"antenna", "strength_dbm", "confidence_pm", "sequence", "weight_g"})
_TRUE = frozenset({"1", "true", "yes", "a"})


class Report(NamedTuple):
    """An item for `/v1/devices/{kind}`."""

    kind: str
    item: dict[str, Any]


def is_reports(file: Path) -> bool:
    """Whether a file's first row is a report of a device."""
    try:
        first = next(rows_of(file), None)
        return isinstance(first, Mapping) and report_of(first) is not None
    except (ValueError, TypeError, msgspec.DecodeError):
        return False


def sent(
    post: Callable[[str, Any], Any], file: Path, most: int
) -> Iterator[tuple[str, list[Mapping[str, Any]], Any]]:
    """Send all reports of a file: (kind, rows, answer) of each batch. Rows that are none are in
    the batch of samples, where the server says why it does not take them.
    """
    for kind, pairs in groupby(map(_read, rows_of(file)), key=lambda pair: pair[1].kind):
        while batch := list(islice(pairs, most)):
            answer = post(f"/v1/devices/{kind}", [report.item for _, report in batch])
            yield kind, [row for row, _ in batch], answer


def _read(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], Report]:
    try:
        return row, report_of(row) or Report("samples", {})
    except ValueError:
        return row, Report("samples", {str(name): value for name, value in row.items()})


def report_of(row: Mapping[str, Any]) -> Report | None:
    """The report that a row is, or None for a scan or shipment. Raises ValueError for a number
    that is none.
    """
    named = {_name(name): value for name, value in row.items() if value not in (None, "")}
    if named.keys() >= {"reader", "tag", "at"}:
        return Report("rfid", _picked(named, _RFID))
    if "action" in named and "parent" in named and "at" in named:
        return Report("containment", _picked(named, _CHANGE))
    if named.keys() >= {"number", "at"} and named.keys() & _DEVICES and "container" not in named:
        return Report("scans", _scan(named))
    if "at" in named and (named.keys() & {"asset", "device"}) and (named.keys() & _MEASURED):
        return None if "number" in named else Report("samples", _picked(named, _SAMPLE))
    return None


def _scan(named: Mapping[str, Any]) -> dict[str, Any]:
    """A device's scan. `size_mm`: three numbers with anything between."""
    item = {name: _told(name, named[name]) for name in named if name in _SCAN}
    at = named["at"]
    item["occurred_at"] = at.strip().replace(" ", "T", 1) if isinstance(at, str) else at
    if sign_off := {name: _told(name, named[name]) for name in named if name in _SIGN_OFF}:
        item["sign_off"] = sign_off
    if "size_mm" in named:
        size = named["size_mm"]
        item["size_mm"] = (
            list(map(int, re.findall(r"\d+", size))) if isinstance(size, str) else size
        )
    return item


def _told(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name == "pickup_code":
        return value.strip().lower() in _TRUE
    return int(value) if name in _WHOLE else value.strip()


def _name(name: object) -> str:
    text = str(name or "").strip().lower().replace(" ", "_")
    return _ALIASES.get(text, text)


def _picked(named: Mapping[str, Any], wanted: frozenset[str]) -> dict[str, Any]:
    return {name: _value(name, named[name]) for name in named if name in wanted}


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if name == "valid":
        return text.lower() in _TRUE
    if name in _TEXTS:
        return text
    number = float(text)
    return int(number) if name in _WHOLE else number
