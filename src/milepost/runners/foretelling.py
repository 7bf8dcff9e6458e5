"""Arrival windows of roads that another process owns: it is asked, for it has learned from them.

So whichever process is asked, a parcel has one window. Where the owner is away the asked one
answers from its own tables, which have learned from another share of the same lanes.
"""

from __future__ import annotations

import asyncio
import time

from milepost.domain.shipment import Shipment
from milepost.domain.track import Forecast
from milepost.domain.whole import Whole
from milepost.engine.forecasts import forecasts
from milepost.engine.foresight import Foresight
from milepost.engine.prospects import Asked
from milepost.eta.facts import Window
from milepost.runners.peers import Peers
from milepost.runners.wire import Done, Foretell

# An owner is a fraction of a millisecond away; one that starts anew takes seconds.
PATIENCE_S = 0.25
AWAY_S = 5.0


class Owners:
    """See `engine.prospects.Owners`."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._away: dict[int, float] = {}

    def reaches(self, road: int) -> bool:
        owner = self._peers.owner_of(road)
        return owner != self._peers.me and time.monotonic() >= self._away.get(owner, 0.0)

    async def window(self, road: int, asked: Asked) -> Window | None:
        return (await self._ask(road, asked, whole=False)).window

    async def forecasts(self, road: int, asked: Asked) -> list[Forecast]:
        return (await self._ask(road, asked, whole=True)).forecasts

    async def _ask(self, road: int, asked: Asked, *, whole: bool) -> Done:
        owner = self._peers.owner_of(road)
        boxes = [(one.shipment.state, list(one.events), one.facts) for one in asked.boxes]
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._peers.foretell(
                    owner,
                    Foretell(0, asked.tenant, boxes, list(asked.delays_s), asked.now_us, whole),
                )
        except TimeoutError:
            self._away[owner] = time.monotonic() + AWAY_S
            raise


def answered(message: Foretell, foresight: Foresight | None) -> Done:
    """What the owner says; `overloaded` where it cannot say anything yet."""
    if foresight is None:
        return Done(message.id, overloaded=True)
    boxes = [Whole(Shipment(state), events, facts) for state, events, facts in message.boxes]
    if message.whole:
        told = forecasts(foresight, message.tenant, boxes, message.delays_s, message.now_us)
        return Done(message.id, forecasts=told)
    window = foresight.last_window(message.tenant, boxes, message.now_us, message.delays_s)
    return Done(message.id, window=window)
