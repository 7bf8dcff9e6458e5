"""Roads on a running server: the network learned from scans, missorts found, better ways."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from milepost.api import roads as api
from milepost.domain.event import is_status
from milepost.domain.settle import MAIN
from milepost.domain.whole import Whole
from milepost.engine.located import off_course
from milepost.engine.roads import RULES, Roads
from milepost.engine.rows import Group
from milepost.engine.secondlook import Looked
from milepost.rules.since import seen_s
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature

JUDGE_EVERY_S = 2.0
FIRST_LESSONS = 10_000
_TELLING = frozenset(
    code for code in range(256)
    if MAIN[code] not in ("", "unknown", "pending", "info_received") and is_status(code)
)  # fmt: skip
_ENDING = frozenset(
    code for code in _TELLING
    if MAIN[code] in ("delivered", "available_for_pickup", "returning", "returned")
)  # fmt: skip
_MOVING = _TELLING - _ENDING


class RoadsFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._engine = context.engine
        self.roads = Roads()
        self._lessons = context.lessons
        self._recalling = True

    async def start(self) -> None:
        self._engine.queries.roads = self.roads
        self._engine.second_look.usual_way = self._usual_way
        self._engine.after_commit.append(self._note)
        self._ask = self._lessons.join(self._learn, _ENDING, moves=_MOVING, past=FIRST_LESSONS)
        work = (self._begin(), self._watch())
        self._tasks = [asyncio.create_task(one) for one in work]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def endpoints(self) -> Sequence[Endpoint]:
        return api.endpoints(self._engine.queries, self.roads, self._context.now_us)

    @property
    def waiting(self) -> int:
        """How many roads have changed since they were learned."""
        return len(self._lessons)

    def _note(self, group: Group) -> None:
        """What is no scan on the way, but changes what a road teaches."""
        road_of = self._engine.shard.road_of
        for row in group.rows:
            event = row.event
            if event.reference is not None and event.code not in _ENDING:
                self._ask(road_of(event.parcel))
        for fact in group.facts:  # its ends may be known from now on
            road = road_of(fact.parcel)
            if road in self.roads.of(fact.tenant).kept:
                self._ask(road)

    async def learn(self) -> None:
        """From some of the roads that have ended or moved since the last time."""
        await self._lessons.turn()

    def _learn(self, road: int, looked: Looked) -> None:
        tenant, number, whole = looked
        now_s = self._context.now_us() // 1_000_000
        found = self.roads.learn(tenant, road, number, whole, now_s)
        if found or not self._recalling:  # with little learned, nothing looks astray
            ended = self._engine.desk.by_event(road, seen_s(whole.shipment))
            self._engine.desk.settle(tenant, road, number, RULES, found, ended)

        if off_course(whole, self._engine.policies(tenant, road)):
            self._engine.second_look.ask([road])

    def _usual_way(self, tenant: int, road: int, whole: Whole) -> bool:
        return self.roads.usual_way(tenant, road, whole, self._context.now_us() // 1_000_000)

    async def _watch(self) -> None:
        """How facilities and edges are now; alternatives are made anew when that changes."""
        while True:
            await asyncio.sleep(JUDGE_EVERY_S)
            for tenant in self.roads.tenants:
                now_s = self._context.now_us() // 1_000_000
                notices = self._engine.queries.notices.of(tenant, now_s)
                for _ in self.roads.judging(tenant, notices, now_s):
                    await asyncio.sleep(0)

    async def _begin(self) -> None:
        """After a start: once the past has taught, what stands is looked at again."""
        await self._lessons.recalled.wait()
        self._recalling = False
        for road, known in list(self._engine.desk.standing.items()):
            if known.keys() & set(RULES):
                self._ask(road)


def open_feature(context: Context) -> Feature:
    return RoadsFeature(context)
