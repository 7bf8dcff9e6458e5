"""Many roads at once, each with all that was said of it: for rules and learners, not questions.

Those of one tenant are read a few at a time with one question to the ledger, giving way after each.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from milepost.engine.ports import Ledger
from milepost.engine.rows import Link
from milepost.engine.secondlook import Looked
from milepost.engine.shard import Shard
from milepost.engine.unfold import whole_of

# So many roads are read at once for those who look at many; a question is about one.
TOGETHER = 8


class Wholes:
    """Reads roads whole. `links_beside`: all links of a link's shipment; `since`: the day from
    which the journal has to be read for parcels, None where it has nothing of them.
    """

    def __init__(
        self,
        shard: Shard,
        ledger: Ledger,
        links_beside: Callable[[Link], Sequence[Link]],
        since: Callable[[Sequence[int]], date | None],
    ) -> None:
        self._shard = shard
        self._ledger = ledger
        self._links_beside = links_beside
        self._since = since

    async def of(self, roads: Sequence[int]) -> dict[int, Looked]:
        """These roads with all that was said of them, for rules over the whole road."""
        names = self._fresh(roads)
        if missing := [road for road in roads if road not in names]:
            names |= await self._ledger.names_of(missing)
        asked = [self._asked(road, *names[road]) for road in dict.fromkeys(roads) if road in names]
        found: dict[int, Looked] = {}
        for alike in _alike(asked):
            for start in range(0, len(alike), TOGETHER):
                found |= await self._folded(alike[start : start + TOGETHER])
        return {road: found[road] for road in roads if road in found}

    def _fresh(self, roads: Sequence[int]) -> dict[int, tuple[int, str]]:
        """Road → (tenant, number) of those that memory knows better than the read model."""
        known = ((road, self._shard.links.get(road) or self._shard.behind(road)) for road in roads)
        return {road: (one.tenant, one.number) for road, one in known if one is not None}

    def _asked(self, road: int, tenant: int, number: str) -> _Asked:
        link = self._shard.links.get(road)
        links = self._links_beside(link) if link is not None else []
        parcels = {one.parcel for one in links if one.road == road} or {road}
        told = parcels | {one.shipment for one in links}
        return _Asked(road, tenant, number, parcels, told, self._since(list(parcels)) or date.max)

    async def _folded(self, asked: Sequence[_Asked]) -> dict[int, Looked]:
        """Some roads of one tenant, read with one question."""
        keys = sorted({key for one in asked for key in one.told})
        since = min(one.since for one in asked)
        rows, facts = await self._ledger.road_and_facts(asked[0].tenant, keys, since, patient=True)
        found: dict[int, Looked] = {}
        for one in asked:
            events = [row.event for row in rows if row.event.parcel in one.parcels]
            told = [fact.facts for fact in facts if fact.parcel in one.told]
            found[one.road] = Looked(one.tenant, one.number, whole_of(events, told))
            await asyncio.sleep(0)
        return found


class _Asked(NamedTuple):
    """A road that is read whole. `parcels`: whose events are its own; `told`: whose facts are."""

    road: int
    tenant: int
    number: str
    parcels: set[int]
    told: set[int]
    since: date


def _alike(asked: Iterable[_Asked]) -> Iterable[list[_Asked]]:
    """Those that one question can be about. Where the journal has nothing, it is not asked."""
    found: dict[tuple[int, bool], list[_Asked]] = defaultdict(list)
    for one in asked:
        found[one.tenant, one.since == date.max].append(one)
    return found.values()
