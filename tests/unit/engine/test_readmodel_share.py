"""How much of the database the writers of the list may take."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from milepost.domain.marks import EMPTY
from milepost.engine.readmodel import CHUNK, DUTY, ReadModel
from milepost.engine.rows import ShipmentRow
from milepost.engine.shard import Dirty, Shard

TOOK_S = 0.01


class Slow:
    """A ledger that takes a while for every chunk, by the clock of the test."""

    now_s = 0.0

    async def save_shipments(self, rows: list[ShipmentRow], _gone: list[int]) -> None:
        self.now_s += TOOK_S if rows else 0.0

    async def save_checkpoint(self, _shard: int, _seq: int) -> None:
        return


async def durable() -> int:
    return 1


@pytest.mark.parametrize("writers", [1, 2, 4])
async def test_all_writers_together_have_one_share(
    writers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger: Any = Slow()
    slept: list[float] = []

    async def sleep(delay_s: float) -> None:
        slept.append(delay_s)

    shard = Shard()
    for road in range(2 * CHUNK):
        shard.states[road] = EMPTY
        shard.dirty[road] = Dirty(1, f"SF{road}", None, None, 0)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: ledger.now_s)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await ReadModel(shard, ledger, 0, durable, writers).cycle()

    took_s = 2 * TOOK_S
    assert writers * took_s / (took_s + sum(slept)) == pytest.approx(DUTY)
