"""One look at what was measured of some shipments: which alerts hold, and from when until when."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from milepost.domain.alert import Finding
from milepost.domain.care import Limits
from milepost.engine.containment import Containment
from milepost.engine.curves import Curves, united
from milepost.engine.desk import Desk
from milepost.engine.sensing_ports import Paths, Recorded, Shipments
from milepost.engine.telemetry import TelemetryReader
from milepost.sensing.chain import FOREVER_US, Carried
from milepost.sensing.geodesy import aside_m
from milepost.sensing.watch import FIELDS, RULES, Episode, Measured, episodes, silent_from

DEFAULT_CORRIDOR_M = 2_000
_NONE = Limits()


class SensingLook:
    """Looks, and settles with the desk. `known`: road → (tenant, number) of those with an alert of
    ours; what a look finds is put there before it is settled.
    """

    def __init__(
        self,
        reader: TelemetryReader,
        containment: Containment,
        paths: Paths,
        shipments: Shipments,
        desk: Desk,
        recorded: Recorded,
        now_us: Callable[[], int],
        refresh: Callable[[Sequence[int]], Awaitable[None]],
        known: dict[int, tuple[int, str]],
    ) -> None:
        self._reader, self._containment, self._paths = reader, containment, paths
        self._shipments, self._desk, self._recorded = shipments, desk, recorded
        self._now_us, self._refresh, self._known = now_us, refresh, known
        self._due: list[tuple[int, int, str]] = []
        self._due_at: dict[tuple[int, str], int] = {}
        self.looked = 0

    def silent(self) -> list[tuple[int, str]]:
        """Those whose sensors have been silent for too long by now; each is named once."""
        now_us, found = self._now_us(), []
        while self._due and self._due[0][0] <= now_us:
            due_us, tenant, number = heapq.heappop(self._due)
            if self._due_at.get((tenant, number)) == due_us:
                del self._due_at[tenant, number]
                found.append((tenant, number))
        return found

    def expects(self, tenant: int, number: str) -> bool:
        """Whether it is known when its sensors will have been silent for too long."""
        return (tenant, number) in self._due_at

    async def look(self, some: Sequence[tuple[int, str]]) -> None:
        """Look at these (tenant, number); done when what was found is durable."""
        curves = Curves(self._reader, self._containment, FIELDS)
        written: list[Awaitable[int]] = []
        for tenant in {tenant for tenant, _ in some}:
            numbers = [number for whose, number in some if whose == tenant]
            await self._shipments.prepare(tenant, numbers, states=True)
            await self._refresh([self._shipments.road(tenant, number) for number in numbers])
            scanned = {number: self._shipments.scanned(tenant, number) for number in numbers}
            wanted = {name: seen for one in scanned.values() for name, seen in one.items()}
            stretches = await curves.stretches(tenant, wanted)
            for number in numbers:
                own = [one for name in scanned[number] for one in stretches[name]]
                written += await self._look_at(tenant, number, own, curves)
        for ticket in written:
            await ticket

    async def _look_at(
        self, tenant: int, number: str, stretches: Sequence[Carried], curves: Curves
    ) -> list[Awaitable[int]]:
        self.looked += 1
        now_us, road = self._now_us(), self._shipments.road(tenant, number)
        limits = self._shipments.limits(tenant, number)
        measured = await self._measured(
            tenant, stretches, limits, self._shipments.ended_us(road), curves
        )
        found = episodes(measured, limits, now_us)
        due_us = silent_from(measured, limits)
        if due_us is not None and due_us > now_us:
            self._due_at[tenant, number] = due_us
            heapq.heappush(self._due, (due_us, tenant, number))
        return await self._settle(tenant, road, number, found, _spoke_s(measured))

    async def _measured(
        self,
        tenant: int,
        stretches: Sequence[Carried],
        limits: Limits,
        ended_us: int | None,
        curves: Curves,
    ) -> Measured:
        until_us = FOREVER_US if ended_us is None else ended_us
        first_us = -FOREVER_US
        fields = FIELDS if limits != _NONE else ()
        read = {
            field: united(await curves.parts(tenant, stretches, field, first_us, until_us))
            for field in fields
        }
        aside = await self._aside(tenant, stretches, until_us, curves)
        return Measured(read, aside, ended_us)

    async def _aside(
        self, tenant: int, stretches: Sequence[Carried], until_us: int, curves: Curves
    ) -> tuple[tuple[list[int], list[int]], int] | None:
        """How far the vehicle that it is (or was last) in has left the path planned for it."""
        found = None
        for stretch in stretches:
            asset = await self._paths.one(tenant, stretch.asset)
            if asset is None or not asset.path:
                continue
            last_us = min(stretch.until_us, until_us)
            by_asset = await self._reader.samples(tenant, [asset.name], stretch.from_us, last_us)
            fixes = [
                one for one in by_asset.get(asset.name, ()) if one.valid and one.lat_e7 is not None
            ]
            metres = [
                round(aside_m((one.lat_e7 or 0, one.lon_e7 or 0), asset.path)) for one in fixes
            ]
            found = ([one.at_us for one in fixes], metres), asset.corridor_m or DEFAULT_CORRIDOR_M
        return found

    async def _settle(
        self,
        tenant: int,
        road: int,
        number: str,
        found: Sequence[Episode],
        spoke: Mapping[str, int],
    ) -> list[Awaitable[int]]:
        """Open what holds, clear what does not; what came and went unseen is put on record too.
        `spoke`: when a silence has ended.
        """
        self._known[road] = (tenant, number)
        written: list[Awaitable[int] | None] = []
        settle = partial(self._desk.settle, tenant, road, number)
        past = [one for one in found if one.until_us is not None]
        recorded = await self._recorded.recorded(road, RULES) if past else []
        for one in past:
            since = {standing.rule: standing.since_s for standing in self._desk.of(road)}
            if one.rule not in since and not _on_record(one, recorded):
                written.append(settle([one.rule], {one.rule: _finding(one)}))
                since[one.rule] = one.since_us // 1_000_000
            if since.get(one.rule) == one.since_us // 1_000_000:
                written.append(settle([one.rule], {}, _ended(one)))
        ended = dict(spoke)
        ended |= {rule: at_s for one in past for rule, at_s in _ended(one).items()}
        now = {one.rule: _finding(one) for one in found if one.until_us is None}
        written.append(settle(RULES, now, ended))
        return [one for one in written if one is not None]


def _on_record(one: Episode, recorded: Sequence[tuple[str, int, int | None]]) -> bool:
    """Whether an alert of about that time is there: late samples may have moved its begin."""
    since_s, until_s = one.since_us // 1_000_000, (one.until_us or 0) // 1_000_000
    return any(
        rule == one.rule and begin <= until_s and (end is None or end >= since_s)
        for rule, begin, end in recorded
    )


def _ended(one: Episode) -> dict[str, int]:
    return {one.rule: (one.until_us or one.since_us) // 1_000_000}


def _spoke_s(measured: Measured) -> dict[str, int]:
    """Silence ends with the hand-over, else with the newest sample: second of event time."""
    last = max((times[-1] for times, _ in measured.curves.values() if times), default=None)
    at_us = measured.until_us if measured.until_us is not None else last
    return {} if at_us is None else {"sensor_silent": at_us // 1_000_000}


def _finding(one: Episode) -> Finding:
    return Finding(one.rule, one.severity, one.since_us // 1_000_000, one.detail)
