"""Which numbers belong together, and what is known of them at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from milepost.domain.event import key_of
from milepost.engine.answers import Answers
from milepost.engine.ports import Ledger
from milepost.engine.readmodel import first_day
from milepost.engine.resolve import checked_number
from milepost.engine.rows import Link
from milepost.engine.shard import Shard


class Belonging:
    """The shipments that numbers belong to. A road is that of one box under all its numbers."""

    def __init__(
        self, shard: Shard, ledger: Ledger, owns: Callable[[int], bool], answers: Answers | None
    ) -> None:
        self._shard = shard
        self._ledger = ledger
        self._owns = owns
        self._answers = answers
        self._shipments: dict[int, list[Link]] = {}

    def learn(self, links: Sequence[Link]) -> None:
        """Know that numbers belong together."""
        for link in links:
            known = self._shipments.setdefault(link.shipment, [])
            known[:] = [one for one in known if one.number != link.number] + [link]
        if self._answers is not None:
            self._answers.forget(one for li in links for one in (li.parcel, li.road, li.shipment))

    def forget(self, tenant: int, number: str) -> None:
        """What is kept ready of a number is not right any more."""
        if self._answers is not None:
            self._answers.forget([key_of(tenant, number)])

    def links_of(self, tenant: int, number: str) -> list[Link]:
        """All numbers of the shipment that a number belongs to; empty if it stands alone."""
        link = self._shard.links.get(key_of(tenant, number))
        return [] if link is None else self._shipments.get(link.shipment, [])

    def together(self, tenant: int, number: str) -> list[str]:
        """A number in its usual form, and all others of its shipment. Raises BadScanError."""
        number = checked_number(number)
        return list(dict.fromkeys([number, *(li.number for li in self.links_of(tenant, number))]))

    def roads_beside(self, link: Link) -> set[int]:
        """The roads of all boxes of a number's shipment."""
        return {one.road for one in self._links_beside(link)}

    def _links_beside(self, link: Link) -> Sequence[Link]:
        return self._shipments.get(link.shipment, [link])

    def roads_at(self, key: int) -> set[int]:
        """The roads of the shipment that a parcel's key belongs to."""
        link = self._shard.links.get(key)
        return {key} if link is None else self.roads_beside(link)

    def road_of(self, tenant: int, number: str) -> int:
        """The key under which listeners wait for changes of a number."""
        return self._shard.road_of(key_of(tenant, checked_number(number)))

    def roads_of(self, tenant: int, number: str) -> frozenset[int]:
        """The roads of all boxes of the shipment that a number belongs to, and its own key."""
        number = checked_number(number)
        roads = [link.road for link in self.links_of(tenant, number)]
        return frozenset([key_of(tenant, number), *roads])

    def number_of(self, tenant: int, shipment: int) -> str | None:
        """A tracking number of a shipment that has several, or was changed a moment ago."""
        known = self._shard.links.get(shipment) or self._shard.behind(shipment)
        return known.number if known is not None and known.tenant == tenant else None

    async def known(self, roads: Sequence[int], tenant: int | None = None) -> set[int]:
        """Those of the roads that have events already. Of another process's they may be so new that
        only the journal has them; there it is looked for if their tenant is named.
        """
        found = {road for road in roads if road in self._shard.states}
        foreign = [road for road in roads if not self._owns(road)]
        if foreign:
            found |= set(await self._ledger.names_of(foreign))
        missing = [road for road in foreign if road not in found]
        if missing and tenant is not None:
            rows = await self._ledger.road(tenant, missing, date(2000, 1, 1))
            found |= {row.event.parcel for row in rows}
        return found

    async def shipments_of(self, tenant: int, order_number: str) -> list[str]:
        """A tracking number of each shipment of an order, the first shipment first."""
        if "\0" in order_number:  # no text of PostgreSQL has one
            return []
        firsts: dict[int, str] = {}
        written = await self._ledger.numbers_of_order(tenant, order_number)
        for number in [*written, *self._shard.just_ordered(tenant, order_number)]:
            key = key_of(tenant, number)
            link = self._shard.links.get(key)
            firsts.setdefault(key if link is None else link.shipment, number)
        return list(firsts.values())

    def _roads(self, parcels: Sequence[int]) -> set[int]:
        return {self._shard.road_of(parcel) for parcel in parcels}

    def _since(self, parcels: Sequence[int]) -> date | None:
        """The day from which the journal has to be read; None where it has nothing of them."""
        roads = self._roads(parcels)
        if not all(map(self._owns, roads)):
            return date(2000, 1, 1)
        states = self._shard.states
        return min((first_day(states[road]) for road in roads if road in states), default=None)
