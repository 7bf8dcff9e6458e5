"""The second look: rules that need the whole road are asked after the commit, off the hot path.

Which roads are looked at: those whose goods need care, those whose scans bring what such a rule
looks at (a position at delivery, evidence, a clock that runs ahead, customs), and those of which
something stands, with each of their scans. Looking is a function of the road's events and facts, so
to look once too often does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from milepost.domain.alert import Policy
from milepost.domain.event import Event
from milepost.domain.marks import PROMISE
from milepost.domain.moment import TimeQuality
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import BY_CODE
from milepost.domain.whole import Whole, position_of
from milepost.engine.desk import Desk
from milepost.engine.located import located
from milepost.engine.notices import Notices
from milepost.engine.policies import Policies
from milepost.engine.ports import Group
from milepost.engine.wheel import Wheel
from milepost.rules.learned import Usual, customs_dwell
from milepost.rules.since import seen_s
from milepost.rules.whole import all_rules, findings, next_due

log = structlog.get_logger()
PAUSE_S = 0.2
MOST = 100
AHEAD_US = 60_000_000
# How often what stands at customs is counted anew.
AGAIN_S = 3600
RULES = ("customs_dwell",)
_EXACT = int(TimeQuality.exact)
_DELIVERED = frozenset(code for code, one in BY_CODE.items() if one.main == "delivered")
_CUSTOMS = frozenset(code for code, one in BY_CODE.items() if one.main == "customs")


class Looked(NamedTuple):
    """A road with the names it goes by."""

    tenant: int
    number: str
    whole: Whole


Usuals = Callable[[int, Looked], Awaitable[Usual | None]]


UsualWay = Callable[[int, int, Whole], bool]


def _no_usual_way(_tenant: int, _road: int, _whole: Whole) -> bool:
    return False


async def nothing_usual(_road: int, _looked: Looked) -> Usual | None:
    return None


class SecondLook:
    """Takes note of roads at every commit, and looks at them a moment later."""

    def __init__(
        self,
        roads: Callable[[Sequence[int]], Awaitable[dict[int, Looked]]],
        desk: Desk,
        policies: Policies,
        road_of: Callable[[int], int],
        now_us: Callable[[], int],
        notices: Notices | None = None,
    ) -> None:
        self._wholes = roads
        self._desk = desk
        self._policies = policies
        self._road_of = road_of
        self._now_us = now_us
        self._notices = notices or Notices()
        self._waiting: dict[int, None] = {}
        self._wheel = Wheel()
        self._one_at_a_time = asyncio.Lock()
        # What is usual at the customs where a road is; set by whoever learns it.
        self.usual: Usuals = nothing_usual
        # Whether roads like this one come by all its places, however far from the straight line.
        self.usual_way: UsualWay = _no_usual_way

    def note(self, group: Group) -> None:
        """After a commit: what of it deserves a second look. On the hot path."""
        profiled, road_of, standing = self._policies.profiled, self._road_of, self._desk.standing
        asked = bool(profiled or standing)
        for row in group.rows:
            event = row[2]
            if event.code in _CUSTOMS:
                at_s = event.at_us // 1_000_000
                self._wheel.put(road_of(event.parcel), at_s + customs_dwell.SHORTEST_S)
            if striking(event):
                self._waiting[road_of(event.parcel)] = None
            elif asked:
                road = road_of(event.parcel)
                if road in profiled or road in standing:
                    self._waiting[road] = None

    def ask(self, roads: Iterable[int]) -> None:
        """Look at these soon."""
        self._waiting.update(dict.fromkeys(roads))

    def resume(self, states: Mapping[int, bytes]) -> None:
        """After a start, and when policies or notices have changed: what may have come due."""
        at_customs = (road for road, state in states.items() if state[1] in _CUSTOMS)
        self.ask([*self._desk.standing, *self._policies.roads(), *at_customs])

    async def run(self) -> None:
        """Look at what waits until cancelled."""
        while True:
            await asyncio.sleep(PAUSE_S)
            try:
                await self.settle()
            except ConnectionError as error:
                log.warning("second_look_retry", error=repr(error))

    async def settle(self) -> None:
        """Look at all that waits or has come due."""
        async with self._one_at_a_time:
            self.ask(self._wheel.pop(self._now_us() // 1_000_000, MOST))
            while self._waiting:
                await self.look(MOST)

    async def look(self, most: int = MOST) -> None:
        """Look at some of those that wait."""
        taken = list(islice(self._waiting, most))
        for road in taken:
            del self._waiting[road]
        # A road may have become part of another since it was noted.
        roads = list(dict.fromkeys(map(self._road_of, taken)))
        try:
            found = await self._wholes(roads)
            usual = {road: await self._usual(road, looked) for road, looked in found.items()}
        except ConnectionError:
            self.ask(roads)
            raise
        for road, looked in found.items():
            if self._road_of(road) == road:
                self._look_at(road, looked, usual[road])

    async def _usual(self, road: int, looked: Looked) -> Usual | None:
        at_customs = looked.whole.shipment.main == "customs"
        return await self.usual(road, looked) if at_customs else None

    def _look_at(self, road: int, looked: Looked, usual: Usual | None) -> None:
        tenant, number, whole = looked
        now_s = self._now_us() // 1_000_000
        policy = self._policies(tenant, road)
        excused = self._excused(looked, policy, now_s)
        before = self._desk.standing.get(road, {}).get("customs_dwell")
        found = findings(whole, now_s, policy, located(whole))
        if "detour" in found and self.usual_way(tenant, road, whole):
            del found["detour"]
        held = customs_dwell.check(whole.shipment, now_s, excused, usual, before)
        if held is not None:
            found["customs_dwell"] = held
        ended = self._desk.by_event(road, seen_s(whole.shipment))
        self._desk.settle(tenant, road, number, {*all_rules(), *RULES}, found, ended)
        held_due_s = customs_dwell.due(whole.shipment, excused, usual, before)
        self._again(road, now_s, next_due(whole, now_s, policy), held_due_s)

    def _excused(self, looked: Looked, policy: Policy, now_s: int) -> Policy:
        """The policy with what notices cover of the stay at customs."""
        since_s = customs_dwell.entered(looked.whole.shipment)
        if since_s is None:
            return policy
        covered_s = self._notices.covered_s(looked.tenant, looked.whole, since_s, now_s)
        return replace(policy, grace_s=covered_s)

    def _again(self, road: int, now_s: int, *due: int | None) -> None:
        """When time alone could change something."""
        times = [at_s if at_s > now_s else now_s + AGAIN_S for at_s in due if at_s is not None]
        if times:
            self._wheel.put(road, min(times))


def striking(event: Event) -> bool:
    """Whether a scan brings something that a rule over the whole road looks at."""
    if event.code in _DELIVERED:
        place = event.body.place
        if isinstance(place, Place) and place.latitude is not None:
            return True
    if event.reference is not None and event.code != PROMISE:
        return True  # what is taken back may bring back what was before
    return event.at_us > event.received_us + AHEAD_US and event.quality == _EXACT


def placed(facts: Facts) -> bool:
    """Whether facts say where exactly a shipment goes: it may have been signed off elsewhere."""
    return position_of(facts.destination) is not None
