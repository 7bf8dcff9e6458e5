"""The second look: rules that need the whole road are asked after the commit, off the hot path.

Which roads are looked at: those whose goods need care, those whose scans bring what such a rule
looks at (a position at delivery, evidence, a clock that runs ahead, customs), and those of which
something stands, with each of their scans. Looking is a function of the road's events and facts, so
to look once too often does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from milepost.domain.alert import Policy
from milepost.domain.event import Event
from milepost.domain.whole import Whole
from milepost.engine.desk import Desk
from milepost.engine.located import located
from milepost.engine.notices import Notices
from milepost.engine.policies import Policies
from milepost.engine.rows import Group
from milepost.engine.striking import CUSTOMS, DELIVERED, delivered_since, striking
from milepost.engine.wheel import Wheel
from milepost.rules.learned import Usual, customs_dwell
from milepost.rules.since import seen_s
from milepost.rules.whole import all_rules, findings, next_due, sign_off_missing

log = structlog.get_logger()
PAUSE_S = 0.2
MOST = 100
# How often what stands at customs is counted anew.
AGAIN_S = 3600
RULES = ("customs_dwell",)


class Looked(NamedTuple):
    """A road with the names it goes by."""

    tenant: int
    number: str
    whole: Whole


Usuals = Callable[[int, Looked], Awaitable[Usual | None]]
UsualWay = Callable[[int, int, Whole], bool]
Proofs = Callable[[Looked], Awaitable[Collection[str]]]  # the kinds of proof that are on file


def _no_usual_way(_tenant: int, _road: int, _whole: Whole) -> bool:
    return False


async def nothing_on_file(_looked: Looked) -> Collection[str]:
    return ()


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
        # What of a delivery's proof was handed in beside the scans.
        self.proofs: Proofs = nothing_on_file
        # Whether roads like this one come by all its places, however far from the straight line.
        self.usual_way: UsualWay = _no_usual_way

    def note(self, group: Group) -> None:
        """After a commit: what of it deserves a second look. On the hot path."""
        profiled, road_of, standing = self._policies.profiled, self._road_of, self._desk.standing
        asked = bool(profiled or standing)
        for row in group.rows:
            event = row.event
            if event.code in CUSTOMS:
                road = road_of(event.parcel)
                limit_s = self._policies(row.tenant, road).customs_dwell_s
                shortest_s = min(limit_s, customs_dwell.SHORTEST_S)
                self._wheel.put(road, event.at_us // 1_000_000 + shortest_s)
            if striking(event) or (event.code in DELIVERED and self._signed_off(row.tenant, event)):
                self._waiting[road_of(event.parcel)] = None
            elif asked:
                road = road_of(event.parcel)
                if road in profiled or road in standing:
                    self._waiting[road] = None

    def _signed_off(self, tenant: int, event: Event) -> bool:
        """Whether the delivery has to be proved, whatever the goods."""
        return bool(self._policies(tenant, self._road_of(event.parcel)).sign_off)

    def ask(self, roads: Iterable[int]) -> None:
        """Look at these soon."""
        self._waiting.update(dict.fromkeys(roads))

    def resume(self, states: Mapping[int, bytes]) -> None:
        """After a start, and when policies or notices have changed: what may have come due."""
        self.ask([*self._desk.standing, *self._policies.roads()])
        self.ask(road for road, state in states.items() if state[1] in CUSTOMS)
        if self._policies.all_signed_off:
            fresh_s = self._now_us() // 1_000_000 - 2 * sign_off_missing.GRACE_S
            self.ask(road for road, state in states.items() if delivered_since(state, fresh_s))

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
            policies = {road: await self._policy(road, looked) for road, looked in found.items()}
        except ConnectionError:
            self.ask(roads)
            raise
        for road, looked in found.items():
            if self._road_of(road) == road:
                self._look_at(road, looked, policies[road], usual[road])

    async def _usual(self, road: int, looked: Looked) -> Usual | None:
        at_customs = looked.whole.shipment.main == "customs"
        return await self.usual(road, looked) if at_customs else None

    async def _policy(self, road: int, looked: Looked) -> Policy:
        """The road's, without those proofs of the delivery that are on file."""
        policy = self._policies(looked.tenant, road)
        if not policy.sign_off or not sign_off_missing.missing(looked.whole, policy):
            return policy
        on_file = await self.proofs(looked)
        return replace(policy, sign_off=tuple(x for x in policy.sign_off if x not in on_file))

    def _look_at(self, road: int, looked: Looked, policy: Policy, usual: Usual | None) -> None:
        tenant, number, whole = looked
        now_s = self._now_us() // 1_000_000
        excused = self._excused(looked, policy, now_s)
        before = self._desk.standing.get(road, {}).get("customs_dwell")
        found = findings(whole, now_s, policy, located(whole))
        if "detour" in found and self.usual_way(tenant, road, whole):
            del found["detour"]
        held = customs_dwell.check(whole.shipment, now_s, excused, usual, before)
        if held is not None:
            found["customs_dwell"] = held
        ended = self._desk.by_event(road, seen_s(whole.shipment))
        left_s = customs_dwell.left(whole.shipment, before) if before is not None else None
        if left_s is not None:
            ended["customs_dwell"] = left_s
        self._desk.settle(tenant, road, number, {*all_rules(), *RULES}, found, ended)
        held_due_s = customs_dwell.due(whole.shipment, excused, usual, before)
        # Another process may take in the proof that is missing.
        proof_due_s = now_s if "sign_off_missing" in found else None
        self._again(road, now_s, next_due(whole, now_s, policy), held_due_s, proof_due_s)

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
