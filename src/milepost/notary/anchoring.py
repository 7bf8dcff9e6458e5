"""Checkpoints on their way to outside witnesses. Only a hash ever leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog

from milepost.engine.proving import AnchorRow, NotaryStore
from milepost.notary.office import root_of
from milepost.notary.proof import anchored

log = structlog.get_logger()
Receipt = dict[str, Any]


class WitnessError(Exception):
    """The witness could not be reached, or did not witness."""


class Witness(Protocol):
    """Somebody outside who remembers a hash."""

    @property
    def name(self) -> str: ...

    async def witness(self, root: bytes) -> Receipt:
        """A receipt for 32 bytes. Raises WitnessError."""
        ...


class Anchors:
    """Takes the newest checkpoint of every log to all witnesses, under one root."""

    def __init__(
        self, store: NotaryStore, witnesses: Sequence[Witness], now_us: Callable[[], int]
    ) -> None:
        self._store = store
        self.witnesses = witnesses
        self._now_us = now_us

    async def anchor(self) -> AnchorRow | None:
        """None where there is no witness, or nothing new. A witness that fails leaves the others'
        receipts; the next anchoring covers what it has missed. WitnessError where all fail.
        """
        rows = await self._store.unanchored() if self.witnesses else []
        if not rows:
            return None
        leaves = [anchored(row.note) for row in rows]
        root = root_of(leaves)
        receipts, errors = [], []
        for one in self.witnesses:
            try:
                receipts.append(await one.witness(root))
            except WitnessError as error:
                errors.append(f"{one.name}: {error}")
                log.warning("witness_failed", witness=one.name, error=str(error))
        if not receipts:
            raise WitnessError("; ".join(errors))
        number = await self._store.add_anchor(
            root, b"".join(leaves), self._now_us(), [row.id for row in rows]
        )
        for receipt in receipts:
            await self._store.add_receipt(number, receipt)
        return await self._store.anchor(number)
