"""Judges the addresses of shipments: what the check at order time says, and what carriers say.

The check opens the vault, so it runs beside the answering; what leaves it names the parts that are
in doubt, and nothing of what stands there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice

import structlog

from milepost.domain.shipment import Shipment
from milepost.domain.status import SUB_CODE
from milepost.engine.addressing import doubt_of
from milepost.engine.ports import Ledger
from milepost.engine.rows import Group, ListFilter
from milepost.rules.learned import Doubt
from milepost.rules.learned.address_trouble import TOLD, check
from milepost.runners.inline import Inline

log = structlog.get_logger()
RULES = ("address_trouble",)
PAUSE_S = 0.2
MOST_AT_ONCE = 50
MOST_WAITING = 20_000
# Of what was announced before a start, so many of each tenant are checked again.
FIRST_LOOKS = 2_000
# What stands is checked again so often: another process may have taken the correction, and people
# may have been erased.
AGAIN_US = 60_000_000
_TOLD = frozenset(SUB_CODE[sub] for sub in TOLD)
_ANNOUNCED = SUB_CODE["info_received.created"]
Names = dict[int, tuple[int, str]]


class Addressing:
    """One background task; `doubts` are kept of roads that are not over."""

    def __init__(self, engine: Inline, ledger: Ledger, now_us: Callable[[], int]) -> None:
        self._engine, self._ledger, self._now_us = engine, ledger, now_us
        self.doubts: dict[int, Doubt] = {}
        self._names: Names = {}  # of the roads with doubts
        self._unchecked: Names = {}
        self._moved: Names = {}
        self._again_us = 0
        self._one_at_a_time = asyncio.Lock()

    def note(self, group: Group) -> None:
        """After a commit, so on the hot path: few scans speak of an address."""
        road_of, standing = self._engine.shard.road_of, self._engine.desk.standing
        for row in group.rows:
            tenant, event = row.tenant, row.event
            if event.code == _ANNOUNCED and event.body.source == "merchant":
                self._await_check(road_of(event.parcel), tenant, event.body.number)
            elif event.code in _TOLD or standing:
                road = road_of(event.parcel)
                if event.code in _TOLD or "address_trouble" in standing.get(road, ()):
                    self._moved[road] = tenant, event.body.number
        for fact in group.facts:
            if fact.source == "merchant":
                self._await_check(road_of(fact.parcel), fact.tenant, fact.facts.number)

    async def run(self, tenants: Iterable[int]) -> None:
        """Until cancelled."""
        begun = False
        while True:
            try:
                if not begun:
                    await self._begin(tenants)
                    begun = True
                if not self._engine.pressed:
                    await self.cycle()
            except ConnectionError as error:
                log.warning("addresses_retry", error=repr(error))
            await asyncio.sleep(PAUSE_S)

    async def cycle(self) -> None:
        """Check some of the addresses that are new, and judge the roads that have moved."""
        async with self._one_at_a_time:
            if self._now_us() - self._again_us > AGAIN_US:
                await self._again()
            await self._cycle()

    async def _cycle(self) -> None:
        for road in list(islice(self._unchecked, MOST_AT_ONCE)):
            tenant, number = self._unchecked.pop(road)
            try:
                await self._check(road, tenant, number)
            except ConnectionError:
                self._await_check(road, tenant, number)
                raise
            self._judge(road, tenant, number, told=False)
            await asyncio.sleep(0)
        moved = {road: one for road, one in self._moved.items() if road not in self._unchecked}
        for road, (tenant, number) in moved.items():
            del self._moved[road]
            self._judge(road, tenant, number, told=True)

    def _await_check(self, road: int, tenant: int, number: str) -> None:
        if len(self._unchecked) < MOST_WAITING and self._engine.owns(road):
            self._unchecked[road] = tenant, number

    async def _check(self, road: int, tenant: int, number: str) -> None:
        personal = self._engine.registrar.personal
        found = await personal.parties(tenant, number) if personal is not None else None
        doubt = doubt_of(found.consignee) if found is not None else None
        if doubt is not None:
            self.doubts[road], self._names[road] = doubt, (tenant, number)
        else:
            self._forget(road)

    def _forget(self, road: int) -> None:
        self.doubts.pop(road, None)
        self._names.pop(road, None)

    def _judge(self, road: int, tenant: int, number: str, *, told: bool) -> None:
        """`told`: a scan is why, so what it ends has ended then."""
        state = self._engine.shard.states.get(road)
        if state is None:
            return
        shipment = Shipment(state)
        finding = check(shipment, self.doubts.get(road))
        if finding is None:
            self._forget(road)
        found = {finding.rule: finding} if finding is not None else {}
        ended = {"address_trouble": shipment.last_s} if told else None
        self._engine.desk.settle(tenant, road, number, RULES, found, ended)

    async def _begin(self, tenants: Iterable[int]) -> None:
        """After a start: what stands, and what was announced and perhaps not yet checked."""
        await self._again()
        for tenant in tenants:
            after, left = None, FIRST_LOOKS
            while left > 0:
                wanted = ListFilter(main="info_received", limit=200, after=after)
                rows = await self._ledger.list_shipments(tenant, wanted)
                if not rows:
                    break
                after, left = (rows[-1].last_s, rows[-1].id), left - len(rows)
                for row in rows:
                    self._await_check(self._engine.shard.road_of(row.id), tenant, row.number)

    async def _again(self) -> None:
        standing = self._engine.desk.standing.items()
        roads = [road for road, known in standing if "address_trouble" in known]
        self._again_us = self._now_us()
        unnamed = [road for road in roads if road not in self._names]
        for road, (tenant, number) in (await self._ledger.names_of(unnamed)).items():
            self._await_check(road, tenant, number)
        for road, (tenant, number) in list(self._names.items()):
            home = self._engine.shard.road_of(road)
            if home != road:  # it has become part of another
                self._forget(road)
            self._await_check(home, tenant, number)
