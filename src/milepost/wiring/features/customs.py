"""Customs on a running server: learns how long it takes, and tells the second look."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from milepost.api import foresight as api
from milepost.domain.place import Place, as_place
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.whole import Whole
from milepost.engine.customs import Customs
from milepost.engine.foresight import ENDS
from milepost.engine.lane_record import LaneUsuals
from milepost.engine.secondlook import Looked
from milepost.rules.learned import Usual
from milepost.rules.learned.customs_dwell import FEWEST
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature

FIRST_LESSONS = 5_000
# So long a question for the lane's record may keep other roads waiting.
PATIENCE_S = 1.0


class CustomsFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context, self._engine = context, context.engine
        self.customs = Customs()

    async def start(self) -> None:
        self._engine.second_look.usual = self.usual
        self._context.lessons.join(
            self._learn, ENDS, past=FIRST_LESSONS, of_past="delivered", wants=was_at_customs
        )

    def endpoints(self) -> Sequence[Endpoint]:
        return api.customs_endpoints(self.customs, lambda: self._context.now_us() // 1_000_000)

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

    def _learn(self, road: int, looked: Looked) -> None:
        self.customs.learn(looked.tenant, road, looked.whole)
        self.customs.refresh(self._context.now_us() // 1_000_000)


def was_at_customs(state: bytes) -> bool:
    """Whether any of a road's scans was made at customs."""
    return any(MAIN[mark.code] == "customs" for mark in Shipment(state).marks)


def ends_of(whole: Whole) -> tuple[Place | None, Place | None]:
    """Origin and destination; the first scan's place where nobody has told the origin."""
    first = next((e for e in whole.events if e.body.place), None)
    scanned = as_place(first.body.place) if first is not None else None
    return whole.facts.origin or scanned, whole.facts.destination


def open_feature(context: Context) -> Feature:
    return CustomsFeature(context)
