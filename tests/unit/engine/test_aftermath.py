"""Features are told of every group, in order, and a large one does not keep the loop busy."""

from __future__ import annotations

import asyncio

from milepost.domain.event import Event, EventBody
from milepost.engine.aftermath import FEW, Aftermath
from milepost.engine.rows import Group, Row
from milepost.engine.turnstile import Turnstile

ROW = Row(1, None, Event(1, 1, 0, 0, 0, 1, 0, None, EventBody("N1", "test")))


def group_of(rows: int, seq: int) -> Group:
    return Group(seq=seq, rows=[ROW] * rows)


async def test_small_groups_are_told_of_at_once() -> None:
    heard: list[int | None] = []
    aftermath = Aftermath([lambda group: heard.append(group.seq)], Turnstile())
    aftermath.note(group_of(FEW, 1))
    assert heard == [1]


async def test_what_comes_after_a_large_group_waits_for_it_and_a_fault_is_nobodys_loss() -> None:
    heard: list[tuple[str, int | None]] = []

    def fails(group: Group) -> None:
        heard.append(("first", group.seq))
        raise RuntimeError("made up")

    aftermath = Aftermath([fails, lambda group: heard.append(("second", group.seq))], Turnstile())
    telling = asyncio.create_task(aftermath.run())
    for seq, rows in enumerate((FEW + 1, 1, 10 * FEW), 1):
        aftermath.note(group_of(rows, seq))
    assert heard == []
    while len(heard) < 6:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert heard == [(who, seq) for seq in (1, 2, 3) for who in ("first", "second")]
    aftermath.note(group_of(1, 4))
    assert heard[6:] == [("first", 4), ("second", 4)]
    telling.cancel()
