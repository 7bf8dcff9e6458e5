"""By which policy each road is judged, as facts, tenants' policies and notices come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from milepost.domain.scan import Facts
from milepost.engine.answers import Answers
from milepost.engine.notices import NoticeRow
from milepost.engine.policies import Policies
from milepost.engine.policy_terms import PLAIN, TenantPolicy
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.engine.readmodel import ReadModel
from milepost.engine.rows import FactRow, Group, ShipmentRow
from milepost.engine.secondlook import SecondLook
from milepost.engine.shard import Shard
from milepost.engine.striking import placed
from milepost.engine.wheel import BUCKET_S


class Circumstances:
    """What is known of roads beyond their scans; roads that are judged otherwise for it are looked
    at again soon.
    """

    def __init__(
        self,
        shard: Shard,
        ledger: Ledger,
        policies: Policies,
        queries: Queries,
        read_model: ReadModel,
        second_look: SecondLook,
        answers: Answers | None,
        owns: Callable[[int], bool],
        now_us: Callable[[], int],
    ) -> None:
        self._shard, self._ledger, self._policies = shard, ledger, policies
        self._queries, self._read_model, self._second_look = queries, read_model, second_look
        self._answers, self._owns, self._now_us = answers, owns, now_us

    async def load(self) -> None:
        """All that facts say, at the start."""
        await self._learn_facts()
        for tenant in self._policies.with_exceptions():
            await self._learn_facts(tenant)

    async def hold(self, tenant: int, policy: TenantPolicy) -> None:
        """A tenant's policy from now on, for the roads that are known too."""
        self._policies.set(tenant, policy)
        await self._learn_facts(tenant)
        if self._policies.asks_for_carrier(tenant):
            await self._read_model.cycle(hurry=True)
            async for rows in self._ledger.all_shipments():
                for row in rows:
                    if row.tenant == tenant:
                        self.learn_row(self._shard.road_of(row.id), row)
        if self._answers is not None:
            self._answers.clear()
        self.wind()
        self._second_look.resume(self._shard.states)

    def heed(self, notices: Iterable[NoticeRow]) -> None:
        """These notices hold from now on: what they excuse is cleared soon."""
        self._queries.notices.set(notices)
        if self._answers is not None:
            self._answers.clear()
        self.wind(self._shard.open)
        self._second_look.resume(self._shard.states)

    def note(self, group: Group) -> None:
        """A group was committed. This runs for every group, so it asks first what matters."""
        self.tell(group.facts)
        if self._policies.carriers_matter:
            self._learn_carriers(group)
        if self._policies.excused:
            roads = [self._shard.road_of(row.event.parcel) for row in group.rows]
            self.wind(self._policies.moved(roads))

    def tell(self, facts: Iterable[FactRow]) -> None:
        """Facts that are durable, whichever process has taken them."""
        for fact in facts:
            self.wind(self._learn(fact))
            self._second_look.ask(self._cared_for(fact))

    async def excuse(self, names: Mapping[int, tuple[int, str]]) -> None:
        """Let the notices that hold excuse the silence of these roads."""
        notices = self._queries.notices
        asked = [road for road, (tenant, _) in names.items() if tenant in notices]
        for road in names.keys() - set(asked):
            self._policies.excuse(road, 0)
        if not asked:
            return
        now_s = self._now_us() // 1_000_000
        for road, looked in (await self._queries.wholes(asked)).items():
            self._policies.excuse(road, notices.grace_s(looked.tenant, looked.whole, now_s))

    def learn_row(self, road: int, row: ShipmentRow) -> None:
        """What a shipment's line in the read model says."""
        if row.carrier and self._policies.asks_for_carrier(row.tenant):
            self._policies.learn(row.tenant, road, Facts(number=row.number, carrier=row.carrier))

    def wind(self, roads: Iterable[int] | None = None) -> None:
        """Look at these roads (or at all) soon, spread over some minutes."""
        now_s = self._now_us() // 1_000_000
        for index, road in enumerate(self._shard.states if roads is None else roads):
            self._shard.wheel.put(road, now_s - BUCKET_S + index // 200)

    async def _learn_facts(self, tenant: int | None = None) -> None:
        async for facts in self._ledger.all_facts(tenant):
            for fact in facts:
                self._learn(fact)

    def _learn(self, fact: FactRow) -> list[int]:
        """The roads that another policy holds for now."""
        link = self._shard.links.get(fact.parcel)
        roads = self._queries.roads_beside(link) if link is not None else {fact.parcel}
        mine = (road for road in roads if self._owns(road))
        return [road for road in mine if self._policies.learn(fact.tenant, road, fact.facts)]

    def _cared_for(self, fact: FactRow) -> Iterable[int]:
        road = self._shard.road_of(fact.parcel)
        cared = self._policies.profile(road) is not PLAIN or placed(fact.facts)
        return [road] if cared and self._owns(road) else []

    def _learn_carriers(self, group: Group) -> None:
        for row in group.rows:
            body = row.event.body
            if body.carrier and self._policies.asks_for_carrier(row.tenant):
                facts = Facts(number=body.number, carrier=body.carrier)
                fact = FactRow(row.event.parcel, row.tenant, 0, body.source, facts)
                self.wind(self._learn(fact))
