"""Error messages as sources write them into their answers."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.payload import rows_at
from milepost.carriers.toolkit.tree import as_text, text_of


class Fault(Struct, frozen=True, kw_only=True):
    """The rows of an error answer and the paths of its words within a row."""

    rows: str
    text: tuple[str, ...]
    code: tuple[str, ...] = ()


def tell_faults(data: Any, faults: tuple[Fault, ...], out: Collector) -> bool:
    """Notes the error messages that stand in the data; True if there are any."""
    told = False
    for fault in faults:
        for row in rows_at(data, fault.rows, strict=False):
            message = _message(row, fault)
            told = told or bool(message)
            out.error(message)
    return told


def _message(row: Any, fault: Fault) -> str | None:
    text = as_text(row) or text_of(row, *fault.text)
    code = text_of(row, *fault.code)
    told = f"{code}: {text}" if text and code and code != text else text or code
    return " ".join(told.split()) if told else None
