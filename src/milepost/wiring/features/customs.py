"""Customs on a running server: learns how long it takes, and tells the second look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from math import inf

import structlog

from milepost.domain.place import Place, as_place
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.whole import Whole
from milepost.engine.customs import Customs
from milepost.engine.foresight import ends
from milepost.engine.lane_record import LaneUsuals
from milepost.engine.ports import Group
from milepost.engine.secondlook import Looked
from milepost.rules.learned import Usual
from milepost.rules.learned.customs_dwell import FEWEST
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features._lessons import newest

log = structlog.get_logger()
PAUSE_S = 0.5
# Of so many states it is seen at a stretch whether they were at customs.
GIVE_WAY_AFTER = 50
MOST_AT_ONCE = 20
MOST_WAITING = 20_000
FIRST_LESSONS = 5_000
# So long a question for the lane's record may keep other roads waiting.
PATIENCE_S = 1.0


class CustomsFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context, self._engine = context, context.engine
        self.customs = Customs()
        # Road → whether it is known to have been at customs.
        self._ended: dict[int, bool] = {}

    async def start(self) -> None:
        self._engine.second_look.usual = self.usual
        self._engine.after_commit.append(self._note)
        self._task: asyncio.Task[None] = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def usual(self, road: int, looked: Looked) -> Usual | None:
        """Of the port where there is enough, else of the lane, else of the country."""
        now_s = self._context.now_us() // 1_000_000
        self.customs.refresh(now_s)
        known = self.customs.usual(looked.tenant, road, looked.whole)
        if known is not None and known.of != "country":
            return known
        return await self._of_lane(looked.tenant, looked.whole) or known

    async def _of_lane(self, tenant: int, whole: Whole) -> Usual | None:
        lanes: LaneUsuals | None = getattr(self._context.milepost, "lane_usuals", None)
        origin, destination = ends_of(whole)
        if lanes is None or origin is None or destination is None:
            return None
        carrier = next((e.body.carrier for e in reversed(whole.events) if e.body.carrier), None)
        asked = lanes.lane_usual(tenant, carrier=carrier, origin=origin, destination=destination)
        try:
            found = await asyncio.wait_for(asked, PATIENCE_S)
        except TimeoutError:
            return None
        customs = found.customs if found is not None else None
        if customs is None or customs.samples < FEWEST:
            return None
        half_s, slow_s = round(customs.p50_h * 3600), round(customs.p90_h * 3600)
        return Usual(half_s, slow_s, customs.samples, "lane")

    def _note(self, group: Group) -> None:
        """After every commit, so on the hot path: few scans end a road."""
        for row in group.rows:
            if ends(row[2]) and len(self._ended) < MOST_WAITING:
                self._ended[self._engine.shard.road_of(row[2].parcel)] = False

    async def _run(self) -> None:
        recalled = False
        while True:
            try:
                if not recalled:
                    await self._recall()
                    recalled = True
                if not self._engine.pressed:
                    await self.learn()
            except ConnectionError as error:
                log.warning("customs_retry", error=repr(error))
            await asyncio.sleep(PAUSE_S)

    async def learn(self) -> None:
        """From some of the roads that have ended; most have never seen customs."""
        wanted: list[int] = []
        passed: list[int] = []
        for road in list(islice(self._ended, 50 * MOST_AT_ONCE)):
            passed.append(road)
            if self._ended[road] or was_at_customs(self._engine.shard.states, road):
                wanted.append(road)
            if len(wanted) == MOST_AT_ONCE:
                break
            if len(passed) % GIVE_WAY_AFTER == 0:
                await asyncio.sleep(0)
        found = await self._engine.queries.wholes(wanted)
        for road in passed:
            self._ended.pop(road, None)
        for road, looked in found.items():
            self.customs.learn(looked.tenant, road, looked.whole)
        self.customs.refresh(self._context.now_us() // 1_000_000)

    async def _recall(self) -> None:
        """After a start: the newest roads that have ended teach what was known before."""
        # As fast as may be: only those that were at customs are read.
        async for rows in newest(self._context, FIRST_LESSONS, inf, main="delivered"):
            owned = (row for row in rows if self._engine.owns(row.id))
            self._ended |= {row.id: True for row in owned if _seen(row.state)}


def was_at_customs(states: Mapping[int, bytes], road: int) -> bool:
    """Whether any of a road's scans was made at customs."""
    state = states.get(road)
    return state is not None and _seen(state)


def _seen(state: bytes) -> bool:
    return any(MAIN[mark.code] == "customs" for mark in Shipment(state).marks)


def ends_of(whole: Whole) -> tuple[Place | None, Place | None]:
    """Origin and destination; the first scan's place where nobody has told the origin."""
    first = next((e for e in whole.events if e.body.place), None)
    scanned = as_place(first.body.place) if first is not None else None
    return whole.facts.origin or scanned, whole.facts.destination


def open_feature(context: Context) -> Feature:
    return CustomsFeature(context)
