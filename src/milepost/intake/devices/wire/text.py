"""Reading the fields of text protocols."""

from __future__ import annotations

import re
from collections.abc import Sequence


def sentence(frame: bytes) -> str:
    """A frame as text, without the blanks and line ends around it."""
    return frame.decode("latin-1").strip("\r\n\0 ")


def field(fields: Sequence[str], index: int) -> str:
    """The field at an index; empty where there is none."""
    return fields[index].strip() if 0 <= index < len(fields) else ""


def number(text: str) -> float | None:
    """A decimal number; None where it is none."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e15 else None  # neither NaN nor infinity


def whole(text: str, base: int = 10) -> int | None:
    """A whole number; None where it is none."""
    try:
        return int(text, base)
    except ValueError:
        return None


def fix_at(fields: Sequence[str]) -> int | None:
    """The index of N or S in `lat,N,lon,E`; None where the fields hold no such four."""
    for index in range(1, len(fields) - 2):
        north, east = fields[index].strip(), fields[index + 2].strip()
        if north in {"N", "S"} and east in {"E", "W"} and fields[index - 1].strip():
            return index
    return None


def pair_at(
    fields: Sequence[str], first: re.Pattern[str], second: re.Pattern[str], start: int
) -> int | None:
    """The index of the first two fields side by side that match; None where none do."""
    for index in range(start, len(fields) - 1):
        if first.fullmatch(fields[index]) and second.fullmatch(fields[index + 1]):
            return index
    return None
