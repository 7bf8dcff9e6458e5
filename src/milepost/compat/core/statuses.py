"""A dialect's status tables, read from its `statuses.toml`.

[forward]                      # canonical sub = the vendor's code, all subs
"in_transit.moving" = "2"
"customs.pending" = { code = "601", state = "6" }   # further fields are the vendor's own
[back]                         # the vendor's code = canonical sub, all codes
"2" = "in_transit.moving"
[merged]                       # subs whose main the vendor has no word for = the main it becomes
"expired" = "exception"
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct


class StatusTable(Struct, frozen=True):
    """Both directions. `forward[sub]` has at least `code`."""

    forward: dict[str, dict[str, Any]]
    back: dict[str, str]
    merged: dict[str, str] = {}

    def code(self, sub: str) -> str:
        """The vendor's code of a canonical sub; that of its main for a sub it does not know."""
        return str(self.row(sub)["code"])

    def row(self, sub: str) -> dict[str, Any]:
        """The whole entry of a canonical sub."""
        found = self.forward.get(sub) or self.forward.get(sub.partition(".")[0])
        return found or self.forward["unknown"]

    def sub(self, code: str) -> str | None:
        """The canonical sub of a vendor's code."""
        return self.back.get(code)


class _File(Struct, forbid_unknown_fields=True):
    forward: dict[str, str | int | dict[str, Any]]
    back: dict[str, str]
    merged: dict[str, str] = {}


@lru_cache(maxsize=16)
def load_statuses(package: str) -> StatusTable:
    """The tables of a dialect's package. Raises on malformed TOML and wrong types."""
    text = (files(package) / "statuses.toml").read_text("utf-8")
    read = msgspec.convert(tomllib.loads(text), _File)
    return StatusTable(
        {sub: _row(entry) for sub, entry in read.forward.items()}, read.back, read.merged
    )


def _row(entry: str | int | dict[str, Any]) -> dict[str, Any]:
    row = entry if isinstance(entry, dict) else {"code": entry}
    return row | {"code": str(row["code"])}
