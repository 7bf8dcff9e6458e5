"""The statuses of a parcel: 14 mains and their subs, read once from `statuses.toml`.

A sub is written `main` or `main.detail`. Its `code` (0 to 255) is what the ledger stores.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

from msgspec import Struct


class Status(Struct, frozen=True, gc=False):
    """One sub status. `step` is 0 ordered … 4 done; see `statuses.toml`."""

    sub: str
    code: int
    step: int
    final: bool = False
    trouble: bool = False

    @property
    def main(self) -> str:
        return main_of(self.sub)


MAINS = (
    "unknown",
    "pending",
    "info_received",
    "picked_up",
    "in_transit",
    "customs",
    "out_for_delivery",
    "available_for_pickup",
    "delivered",
    "attempt_failed",
    "exception",
    "returning",
    "returned",
    "expired",
)


def main_of(sub: str) -> str:
    """The main status that a sub belongs to."""
    return sub.partition(".")[0]


def _load() -> dict[str, Status]:
    text = (files(__package__) / "statuses.toml").read_text("utf-8")
    rows = [Status(**row) for row in tomllib.loads(text)["status"]]
    return {row.sub: row for row in rows}


STATUSES: dict[str, Status] = _load()
BY_CODE: dict[int, Status] = {status.code: status for status in STATUSES.values()}
SUB_CODE: dict[str, int] = {status.sub: status.code for status in STATUSES.values()}
MAIN_CODE: dict[str, int] = {main: index for index, main in enumerate(MAINS)}
UNKNOWN = STATUSES["unknown"]
# Nothing more is expected of a road that has one of these.
OVER: frozenset[int] = frozenset(
    code for code, status in BY_CODE.items() if status.final or status.main == "expired"
)
