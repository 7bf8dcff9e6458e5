"""The read model from the journal alone, and the check that both say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from milepost.engine.ports import Ledger
from milepost.engine.readmodel import ReadModel
from milepost.engine.rows import Group, Row
from milepost.engine.shard import Shard

Progress = Callable[[int], None]


class Verdict(NamedTuple):
    """`differing` and `missing`: roads whose line is not what the journal says, or is not there.
    `behind`: those whose line is still to be written, for it is written a moment after the journal:
    by the running server, or after a crash by the next one.
    """

    events: int
    roads: int
    duplicated: int
    differing: int
    missing: int
    behind: int


async def folded(ledger: Ledger, now_s: int, progress: Progress) -> tuple[Shard, int, int]:
    """The states that the journal adds up to; its events, and those that stand in it twice."""
    shard = Shard()
    links = await ledger.links()
    shard.links = {link.parcel: link for link in links}
    events = duplicated = 0
    async for rows in ledger.journal_since(0):
        numbered: list[tuple[int, Row]] = list(enumerate(rows))
        outcome = shard.process(numbered, now_s, Group())
        events += len(rows)
        duplicated += outcome.duplicates
        progress(len(rows))
    return shard, events, duplicated


async def rebuild(ledger: Ledger, now_s: int, progress: Progress) -> int:
    """Write every line of the read model anew; how many there are."""
    shard, _, _ = await folded(ledger, now_s, progress)
    count = len(shard.states)

    async def durable() -> int:
        return await ledger.checkpoint()

    await ReadModel(shard, ledger, 0, durable).cycle(hurry=True)
    return count


async def verify(ledger: Ledger, now_s: int, progress: Progress) -> Verdict:
    """Compare the read model with the journal. Nothing is changed."""
    written = await ledger.checkpoint()
    shard, events, duplicated = await folded(ledger, now_s, progress)
    states, differing = dict(shard.states), set()
    async for lines in ledger.all_shipments():
        for line in lines:
            state = states.pop(line.id, None)
            if state is not None and state != line.state:
                differing.add(line.id)
    # A sealed road has its line too, though it is no longer a live one.
    missing = states.keys() - (await ledger.names_of(list(states))).keys()
    moving = await _moving(ledger, shard, written)
    return Verdict(
        events, len(shard.states), duplicated, len(differing - moving), len(missing - moving),
        len((differing | missing) & moving),
    )  # fmt: skip


async def _moving(ledger: Ledger, shard: Shard, written: int) -> set[int]:
    """The roads of what was committed since the lines were complete; asked last, so that what a
    running server has taken meanwhile is among them.
    """
    found: set[int] = set()
    async for rows in ledger.journal_since(written):
        for row in rows:
            link = shard.links.get(row.event.parcel)
            found.add(row.event.parcel if link is None else link.road)
    return found
