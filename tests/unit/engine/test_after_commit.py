"""What is done after a commit must never end the committer."""

from __future__ import annotations

import asyncio

from milepost.engine.commit import Committer
from milepost.engine.rows import Group, UnreadRow
from milepost.stores.memory.ledger import MemoryLedger
from patience import PATIENCE_S

ROW = UnreadRow(1, None, "test", "here", "made up", "", 0)


async def test_a_fault_after_the_commit_is_nobodys_loss() -> None:
    heard: list[int] = []

    def after(group: Group, seq: int) -> None:
        heard.append(seq)
        raise RuntimeError("made up")

    committer = Committer(MemoryLedger(), 0, after)
    running = asyncio.create_task(committer.run())
    for _ in range(2):
        committer.filling.unread.append(ROW)
        await asyncio.wait_for(committer.ticket(), PATIENCE_S)
    assert len(heard) == 2
    await asyncio.wait_for(committer.close(), PATIENCE_S)
    await running
