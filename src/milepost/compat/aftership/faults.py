"""What can go wrong, as AfterShip says it: `faults.toml`."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct


class FaultRow(Struct, frozen=True, forbid_unknown_fields=True):
    """HTTP status, meta.type and meta.message of a meta.code."""

    status: int
    type: str
    message: str


class FaultError(Exception):
    """Raise it anywhere below a route to answer with a meta.code. `field` stands in its message."""

    def __init__(self, code: int, field: str = "", *, data: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.row = faults()[code]
        self.message = self.row.message.format(field=field)
        self.data = data or {}

    @property
    def status(self) -> int:
        return self.row.status

    def body(self) -> dict[str, Any]:
        """The whole answer."""
        meta = {"code": self.code, "message": self.message, "type": self.row.type}
        return {"meta": meta, "data": self.data}


@lru_cache(maxsize=1)
def faults() -> dict[int, FaultRow]:
    """meta.code → how it is told."""
    text = (files(__package__) / "faults.toml").read_text("utf-8")
    rows: dict[str, Any] = tomllib.loads(text)["faults"]
    return {int(code): msgspec.convert(row, FaultRow) for code, row in rows.items()}
