"""Shipments as the judge of sensors asks for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from milepost.domain.care import Limits
from milepost.domain.event import key_of
from milepost.domain.moment import TimeQuality
from milepost.domain.scan import Facts
from milepost.domain.shipment import Shipment
from milepost.domain.status import BY_CODE, MAIN_CODE, SUB_CODE
from milepost.domain.telemetry import parcel_name
from milepost.domain.track import EventView
from milepost.engine.policies import Policies
from milepost.engine.policy_terms import PLAIN, Profile, widened
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.engine.shard import Shard

OVER = frozenset({"delivered", "returned", "expired"})
_OVER_CODES = frozenset(MAIN_CODE[one] for one in OVER)
# Where a box lies, and rides in no vehicle. What has only come to a country or a town may.
AT_FACILITY = frozenset(
    code for code, one in BY_CODE.items()
    if one.main in {"available_for_pickup", "delivered", "returned"}
    or one.sub in {"in_transit.arrived_hub", "in_transit.arrived_dest_station"}
)  # fmt: skip
_UNSET = Limits()
MOST_FOREIGN = 100_000


def seen_at_facilities(events: Iterable[EventView]) -> list[int]:
    """When the events of a track saw it at a facility (µs, oldest first), as `seen_us` tells it."""
    return sorted(
        round(datetime.fromisoformat(one.occurred_at).timestamp() * 1_000_000) for one in events
        if SUB_CODE.get(one.sub) in AT_FACILITY and one.retracted_by is None
        and TimeQuality[one.time_quality] <= TimeQuality.carrier_zone
    )  # fmt: skip


class SensedShipments:
    """See `engine.sensing_ports.Shipments`. `own`: limits of single shipments, by tenant, number.

    Samples of a truck come to any process, its parcels' roads belong to all of them: what this one
    does not know of a road it asks the ledger for (`prepare`).
    """

    def __init__(
        self,
        shard: Shard,
        queries: Queries,
        policies: Policies,
        ledger: Ledger,
        owns: Callable[[int], bool],
    ) -> None:
        self.own: dict[tuple[int, str], Limits] = {}
        self._shard, self._queries, self._policies = shard, queries, policies
        self._ledger, self._owns = ledger, owns
        self._foreign: dict[int, tuple[Profile, bytes | None]] = {}

    async def prepare(self, tenant: int, numbers: Sequence[str], *, states: bool) -> None:
        """Know what the roads of other processes need, with their states where those count."""
        roads = {key_of(tenant, one): self.road(tenant, one) for one in numbers}
        foreign = {parcel: road for parcel, road in roads.items() if not self._owns(road)}
        if not foreign:
            return
        told: dict[int, list[Facts]] = {}
        for row in await self._ledger.facts(tenant, list({*foreign, *foreign.values()})):
            told.setdefault(self._shard.road_of(row.parcel), []).append(row.facts)
        if len(self._foreign) > MOST_FOREIGN:
            self._foreign.clear()
        for road in foreign.values():
            profile = PLAIN
            for facts in told.get(road, ()):
                profile = widened(profile, facts)
            line = await self._ledger.shipment(tenant, road) if states else None
            self._foreign[road] = profile, line.state if line is not None else None

    def road(self, tenant: int, number: str) -> int:
        return self._shard.road_of(key_of(tenant, number))

    def scanned(self, tenant: int, number: str) -> dict[str, list[int]]:
        """Of all numbers of the same box: each may have been scanned into something."""
        road = self.road(tenant, number)
        links = self._queries.links_of(tenant, number)
        numbers = {number, *(link.number for link in links if link.road == road)}
        seen = self.seen_us(road)
        return {parcel_name(one): seen for one in sorted(numbers)}

    def seen_us(self, road: int) -> list[int]:
        """When scans saw the box at a facility, as far as their clocks say an instant."""
        state = self._state(road)
        if state is None:
            return []
        return [
            mark.at_s * 1_000_000 for mark in Shipment(state).marks
            if mark.code in AT_FACILITY and mark.quality <= TimeQuality.carrier_zone
        ]  # fmt: skip

    def limits(self, tenant: int, number: str) -> Limits:
        """Its category's, with what was said of this shipment in its place."""
        road = self.road(tenant, number)
        foreign = self._foreign.get(road)
        profile = self._policies.profile(road) if foreign is None else foreign[0]
        cared = self._policies.limits(tenant, profile.categories)
        return self.over(tenant, number, cared)

    def over(self, tenant: int, number: str, cared: Limits) -> Limits:
        """A category's limits, with what was said of this shipment in their place."""
        own = self.own.get((tenant, number))
        return cared if own is None else _over(cared, own)

    def ended_us(self, road: int) -> int | None:
        state = self._state(road)
        if state is None:
            return None
        shipment = Shipment(state)
        return shipment.since_s * 1_000_000 if shipment.main in OVER else None

    async def listened(self) -> AsyncIterator[tuple[int, str]]:
        """(tenant, number) of those under way whose sensors must not fall silent, whichever
        process their road belongs to.
        """
        wanted = {key: None for key, own in self.own.items() if own.silent_s is not None}
        async for rows in self._ledger.all_facts():
            for row in rows:
                cared = self._policies.limits(row.tenant, row.facts.categories)
                if cared.silent_s is not None:
                    wanted[row.tenant, row.facts.number] = None
        for tenant, number in wanted:
            if not await self._is_over(tenant, self.road(tenant, number)):
                yield tenant, number

    async def _is_over(self, tenant: int, road: int) -> bool:
        if self._shard.states.get(road) is not None:
            return self.ended_us(road) is not None
        line = await self._ledger.shipment(tenant, road)
        return line is not None and line.main in _OVER_CODES

    def _state(self, road: int) -> bytes | None:
        return self._shard.states.get(road) or self._foreign.get(road, (PLAIN, None))[1]


def _over(cared: Limits, own: Limits) -> Limits:
    given = {
        name: getattr(own, name)
        for name in Limits.__struct_fields__
        if getattr(own, name) != getattr(_UNSET, name)
    }
    return msgspec.structs.replace(cared, **given)
