"""What a shard knows when it begins: the read model, and the journal from where that ends."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from milepost.engine.desk import Desk
from milepost.engine.policies import Policies
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.engine.readmodel import ReadModel
from milepost.engine.resting import Resting
from milepost.engine.rows import Group
from milepost.engine.secondlook import SecondLook
from milepost.engine.shard import Shard
from milepost.rules import all_rules
from milepost.runners.circumstances import Circumstances
from milepost.runners.joining import Joining

log = structlog.get_logger()


class Loading:
    """Loads one shard, once."""

    def __init__(
        self,
        ledger: Ledger,
        shard: Shard,
        queries: Queries,
        circumstances: Circumstances,
        joining: Joining,
        read_model: ReadModel,
        desk: Desk,
        second_look: SecondLook,
        policies: Policies,
        resting: Resting | None,
        owns: Callable[[int], bool],
        now_us: Callable[[], int],
    ) -> None:
        self._ledger, self._shard, self._queries = ledger, shard, queries
        self._circumstances, self._joining, self._read_model = circumstances, joining, read_model
        self._desk, self._second_look, self._policies = desk, second_look, policies
        self._resting, self._owns, self._now_us = resting, owns, now_us

    async def load(self, since: int) -> None:
        """Everything; `since`: the commit up to which the read model is complete."""
        links = await self._ledger.links()
        self._queries.learn(links)
        self._shard.links = {link.parcel: link for link in links}
        await self._circumstances.load()
        await self._load_shipments()
        replayed = await self._replay(since)
        self._shard.open = {}  # what the replay opened is only a guess at what was written
        await self._load_alerts()
        self._joining.settle()
        self._circumstances.wind()  # from then on the wheel knows
        log.info("loaded", roads=len(self._shard.states), replayed=replayed)

    async def _load_alerts(self) -> None:
        own = all_rules()
        for road, finding in await self._ledger.open_alerts():
            if not self._owns(self._shard.road_of(road)):
                continue
            if finding.rule in own:
                self._shard.open.setdefault(road, {})[finding.rule] = finding
            else:
                self._desk.load(road, finding)
        self._second_look.resume(self._shard.states)

    async def _load_shipments(self) -> None:
        async for rows in self._ledger.all_shipments():
            for row in rows:
                road = self._shard.road_of(row.id)
                if self._owns(road):
                    self._shard.absorb(road, row.state)
                    self._circumstances.learn_row(road, row)
                    if road != row.id:  # joined, but its own line was still there at the crash
                        self._read_model.gone.append(row.id)

    async def _replay(self, since: int) -> int:
        """Events that were committed after the read model's checkpoint."""
        count = 0
        now_s = self._now_us() // 1_000_000
        async for rows in self._ledger.journal_since(since):
            # What was written is not written again; only memory and the read model follow.
            mine = [row for row in rows if self._owns(self._shard.road_of(row.event.parcel))]
            numbered = list(enumerate(mine))
            if self._resting is not None:
                await self._resting.wake(numbered)
            outcome = self._shard.process(numbered, now_s, Group())
            count += outcome.accepted
        return count
