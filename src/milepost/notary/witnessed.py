"""The audit of anchors: what was taken to witnesses is still there, and is what they have.

A checkpoint that was deleted together with all that names it here is still held by whoever was
its witness; and as long as one anchor of this database tells of it, that it is gone is seen.
"""

from __future__ import annotations

from datetime import UTC, datetime

from milepost.engine.proving import AnchorRow, AuditStore, CheckpointRow
from milepost.notary import tsa, tsa_token
from milepost.notary.faults import Fault, Report
from milepost.notary.leaf import split
from milepost.notary.office import root_of
from milepost.notary.proof import anchored


class Witnessed:
    """Adds to the report what does not fit."""

    def __init__(self, report: Report) -> None:
        self._report = report

    async def run(self, store: AuditStore) -> None:
        notes: dict[bytes, CheckpointRow] = {}
        pointing: dict[int, CheckpointRow] = {}
        async for rows in store.all_checkpoints():
            notes |= {anchored(row.note): row for row in rows}
            pointing |= {row.anchor: row for row in rows if row.anchor is not None}
        known = set()
        for anchor in await store.all_anchors():
            known.add(anchor.id)
            self._anchor(anchor, notes)
        for number in sorted(set(pointing) - known):
            row = pointing[number]
            self._tell(number, f"it is gone, and checkpoint {row.id} was part of it", row.tenant)

    def _anchor(self, anchor: AnchorRow, notes: dict[bytes, CheckpointRow]) -> None:
        leaves = split(anchor.leaves)
        if root_of(leaves) != anchor.root:
            self._tell(anchor.id, "its root is not that of its checkpoints")
            return
        for wrong in (_unfit(one, anchor.root) for one in anchor.receipts):
            if wrong is not None:
                self._tell(anchor.id, wrong)
        gone = sum(leaf not in notes for leaf in leaves)
        if gone:
            at = datetime.fromtimestamp(anchor.made_us / 1e6, UTC).isoformat(timespec="seconds")
            told = f"{gone} of those that were taken to witnesses at {at} (anchor {anchor.id})"
            self._report.add(Fault(kind="checkpoints", where="notary_checkpoint", detail=told))

    def _tell(self, anchor: int, detail: str, tenant: int | None = None) -> None:
        where = f"anchor {anchor}"
        self._report.add(Fault(kind="anchor", where=where, tenant=tenant, detail=detail))


def _unfit(receipt: dict[str, object], root: bytes) -> str | None:
    """Why a receipt is not for this root; a chain's has to be asked there."""
    if receipt.get("kind") != tsa.KIND:
        return None
    try:
        tsa_token.check_receipt(receipt, root, ())
    except tsa_token.BadTokenError as error:
        return f"time stamp: {error}"
    return None
