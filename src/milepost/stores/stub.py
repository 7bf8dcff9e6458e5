"""A ledger whose commit does nothing: the floor that benchmarks measure against. Never for data."""

from __future__ import annotations

from itertools import count
from typing import Any

from milepost.engine.rows import Group


class StubbedCommit:
    """Everything of another ledger, but what is to be committed is only counted."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self._seq = count(1)

    async def commit(self, shard: int, group: Group) -> int:
        return next(self._seq)

    async def save_shipments(self, rows: Any, gone: Any) -> None:
        return

    async def save_checkpoint(self, shard: int, seq: int) -> None:
        return

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)
