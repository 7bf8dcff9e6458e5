"""Roads to learn from, read from the store: with or without a server that runs on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from milepost.domain.settle import MAIN
from milepost.domain.whole import Whole
from milepost.engine.foresight_facts import facts_of, seen_of
from milepost.engine.rows import ListFilter, Row
from milepost.engine.unfold import whole_of
from milepost.eta.facts import Road
from milepost.settings import Settings

if TYPE_CHECKING:
    from milepost.stores.history import History
    from milepost.wiring.store import Store

MOST = 200_000
_PAGE = 500
_ALWAYS = date(2000, 1, 1)
Tick = Callable[[str], None]


async def stored_roads(settings: Settings, tenant: str | None, tick: Tick) -> list[Road]:
    """Delivered roads of one tenant, the newest first: the one named, else that with the most.

    ValueError where there is none of that name.
    """
    from milepost.stores.history import History
    from milepost.wiring.store import open_store

    store, history = await open_store(settings), History(settings.data / "history")
    try:
        named = await store.accounts.tenants()
        asked = [one for one, name in named if tenant in (None, name)]
        if not asked:
            raise ValueError(f"there is no tenant {tenant}" if tenant else "there is no tenant")
        found = [await _Reading(store, history, one, tick).roads() for one in asked]
        return max(found, key=len)
    finally:
        history.close()
        await store.close()


class _Reading:
    def __init__(self, store: Store, history: History, tenant: int, tick: Tick) -> None:
        self._store, self._history, self._tenant, self._tick = store, history, tenant, tick
        self._found: list[Road] = []

    async def roads(self) -> list[Road]:
        boxes = await self._boxes()
        after = None
        while len(self._found) < MOST:
            wanted = ListFilter(main="delivered", limit=_PAGE, after=after)
            rows = await self._store.ledger.list_shipments(self._tenant, wanted)
            if not rows:
                break
            after = (rows[-1].last_s, rows[-1].id)
            for row in rows:
                for box in boxes.get(row.id, [[row.id]]):
                    await self._read(row.id, box)
            self._tick(f"reading road {len(self._found):,}")
        return self._found

    async def _boxes(self) -> dict[int, list[list[int]]]:
        """Shipment → the parcels of each of its boxes: a box may go by several numbers."""
        boxes: dict[int, dict[int, list[int]]] = {}
        for link in await self._store.ledger.links():
            if link.tenant == self._tenant:
                boxes.setdefault(link.shipment, {}).setdefault(link.road, []).append(link.parcel)
        return {shipment: list(found.values()) for shipment, found in boxes.items()}

    async def _read(self, shipment: int, box: Sequence[int]) -> None:
        told = sorted({*box, shipment})
        rows, facts = await self._store.ledger.road_and_facts(self._tenant, told, _ALWAYS)
        sealed = await asyncio.to_thread(self._history.read, list(box), tenant=self._tenant)
        events = [row.event for row in _of(rows, box)] + [one.event for one in sealed]
        road = road_of(whole_of(events, [one.facts for one in facts])) if events else None
        if road is not None:
            self._found.append(road)


def _of(rows: Sequence[Row], box: Sequence[int]) -> Iterator[Row]:
    return (row for row in rows if row.event.parcel in box)


def road_of(whole: Whole) -> Road | None:
    """A delivered road as foresight learns it; None for any other."""
    facts = facts_of(whole)
    arrived = (event.at_us for event in whole.events if MAIN[event.code] == "delivered")
    done_us = next(arrived, None)
    if facts is None or done_us is None or whole.shipment.main != "delivered":
        return None
    return Road(facts=facts, events=seen_of(whole), delivered_us=done_us)
