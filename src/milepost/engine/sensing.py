"""The judge of what sensors measure: looks when something is beyond a limit, never per parcel.

Samples are stored once per asset. Which shipments are concerned is asked of containment, and only
where a new sample is beyond the strictest limit of what the asset holds, where an alert is open, or
where containment itself has changed. Looking is a function of samples, changes and limits, so to
look once too often, too late or twice does no harm.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import structlog

from milepost.domain.alert import Finding
from milepost.domain.care import Limits
from milepost.domain.telemetry import EVERYTHING, PARCEL, Change, Sample, number_of
from milepost.engine.arrivals import Arrivals, Extremes, strictest
from milepost.engine.containment import Containment, names_in, parcels_in
from milepost.engine.curves import Curves, united
from milepost.engine.desk import Desk
from milepost.engine.sensing_ports import Paths, Recorded, Shipments
from milepost.engine.telemetry import TelemetryReader
from milepost.sensing.chain import FOREVER_US, Carried
from milepost.sensing.geodesy import aside_m
from milepost.sensing.watch import FIELDS, RULES, Episode, Measured, episodes, silent_from

log = structlog.get_logger()
PAUSE_S = 0.2
MOST = 200
# How long limits are believed: categories come with the facts of a shipment, at any time.
WEIGHED_US = 5_000_000
# Samples come a little out of order; who was in it shortly before is looked at in vain.
MARGIN_US = 3_600_000_000
DEFAULT_CORRIDOR_M = 2_000


class _Interest(NamedTuple):
    """Who is concerned by an asset's samples (`watched` of all `parcels`), and what is within all
    their limits. Limits are in memory, and weighed again soon; containment is asked for seldom,
    for its changes are heard of. Samples from before `from_us` concern others, too.
    """

    parcels: frozenset[str]
    has_path: bool
    from_us: int
    asked_until_us: int
    watched: frozenset[str]
    limits: Limits
    weighed_until_us: int


class SensingJudge:
    """Hears of samples and changes, and settles the alerts of the shipments concerned."""

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
        holds_us: int = 600_000_000,
    ) -> None:
        self._holds_us = holds_us
        self._refresh = refresh
        self._reader, self._containment, self._paths = reader, containment, paths
        self._shipments, self._desk, self._recorded = shipments, desk, recorded
        self._now_us = now_us
        self._arrivals = Arrivals()
        self._moved: dict[int, set[tuple[str, int]]] = {}
        self._waiting: dict[tuple[int, str], None] = {}
        self._interests: dict[tuple[int, str], _Interest] = {}
        self._holders: dict[tuple[int, str], set[tuple[int, str]]] = {}
        self._due: list[tuple[int, int, str]] = []
        self._due_at: dict[tuple[int, str], int] = {}
        self._known: dict[int, tuple[int, str]] = {}  # road → (tenant, number)
        self._wanted = asyncio.Event()
        self._turn = asyncio.Lock()
        self.looked = 0

    def adopt(self, road: int, tenant: int, number: str) -> None:
        """A road with an alert open from before our start, or by another process. A sample that
        ends it may have come to us before we knew of it: it is looked at once.
        """
        if road not in self._known:
            self._known[road] = (tenant, number)
            self._waiting[tenant, number] = None
            self._wanted.set()

    def on_samples(self, tenant: int, samples: Sequence[Sample]) -> None:
        """Hear of samples that are durable."""
        self._arrivals.add(tenant, samples)
        self._wanted.set()

    def on_changes(self, tenant: int, changes: Sequence[Change]) -> None:
        """Hear of changes that are durable."""
        moved = self._moved.setdefault(tenant, set())
        for one in changes:
            name = one.parent if one.child == EVERYTHING else one.child
            moved.add((name, one.at_us))
            # What is put into a bag is in its truck, too; what leaves is looked at in vain.
            for holder in (one.child, one.parent):
                self.forget(tenant, holder)
        self._wanted.set()

    def forget(self, tenant: int, name: str) -> None:
        """What this asset, and those that hold it, contain has to be asked for again."""
        self._interests.pop((tenant, name), None)
        for holder in self._holders.pop((tenant, name), ()):
            self._interests.pop(holder, None)

    def catch_up(self, tenant: int, asset: str, first_us: int, last_us: int) -> None:
        """Look at all that was in an asset in a stretch of time: we were not there to hear."""
        self._moved.setdefault(tenant, set()).update({(asset, first_us), (asset, last_us)})
        self._wanted.set()

    def ask(self, tenant: int, numbers: Iterable[str]) -> None:
        """Look at these numbers soon: their limits have changed, or they were handed over."""
        self._waiting.update(((tenant, number), None) for number in numbers)
        again = ((key, one._replace(weighed_until_us=0)) for key, one in self._interests.items())
        self._interests = dict(again)
        self._wanted.set()

    async def run(self) -> None:
        """Look at what comes until cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._wanted.wait(), PAUSE_S * 5)
                await asyncio.sleep(PAUSE_S)  # so that what comes together is looked at once
            except TimeoutError:
                pass
            try:
                await self.round()
            except Exception as error:  # what was not looked at still waits
                log.warning("sensing_retry", error=repr(error))

    async def round(self) -> None:
        """Look at everything that waits now."""
        async with self._turn:
            await self._round()

    async def _round(self) -> None:
        self._wanted.clear()
        self._time_passes()
        await self._follow_moves()
        await self._sift_arrivals()
        while self._waiting:
            some = list(self._waiting)[:MOST]
            for one in some:
                del self._waiting[one]
            try:
                await self._look(some)
            except BaseException:
                self._waiting.update(dict.fromkeys(some))
                self._wanted.set()
                raise

    def _time_passes(self) -> None:
        """Those whose sensors have been silent for long, and those handed over meanwhile."""
        now_us = self._now_us()
        while self._due and self._due[0][0] <= now_us:
            due_us, tenant, number = heapq.heappop(self._due)
            if self._due_at.get((tenant, number)) == due_us:
                del self._due_at[tenant, number]
                self._waiting[tenant, number] = None
        for road, one in list(self._known.items()):
            if not any(finding.rule in RULES for finding in self._desk.of(road)):
                del self._known[road]
            elif self._shipments.ended_us(road) is not None:
                self._waiting[one] = None

    async def _follow_moves(self) -> None:
        """Those below what has moved: a parcel in a bag that was loaded."""
        while self._moved:
            tenant, names = next(iter(self._moved.items()))
            times = [at_us for _, at_us in names]
            assets = {name for name, _ in names}
            last = max(*times, self._now_us())
            self._wait(
                tenant, await parcels_in(self._containment, tenant, assets, min(times), last)
            )
            # What was heard of meanwhile stays; what was done goes.
            if rest := self._moved.pop(tenant) - names:
                self._moved[tenant] = rest

    async def _sift_arrivals(self) -> None:
        """Those that are concerned by samples."""
        arrived = self._arrivals.take()
        while arrived:
            (tenant, asset), extremes = arrived.popitem()
            try:
                interest = await self._interest(tenant, asset, extremes)
            except BaseException:
                self._arrivals.give_back({**arrived, (tenant, asset): extremes})
                raise
            beyond = extremes.beyond(interest.limits) or (interest.has_path and extremes.moved)
            concerned = interest.watched
            self._wait(tenant, concerned if beyond else self._open_ones(tenant, concerned))

    def _wait(self, tenant: int, parcels: Iterable[str]) -> None:
        numbers = (number_of(name) for name in parcels)
        self._waiting.update(((tenant, number), None) for number in numbers if number)

    def _open_ones(self, tenant: int, parcels: Iterable[str]) -> list[str]:
        """Those with an alert of ours, which a good value may clear."""
        roads = {name: self._shipments.road(tenant, number_of(name) or "") for name in parcels}
        return [name for name, road in roads.items() if road in self._known]

    async def _interest(self, tenant: int, asset: str, extremes: Extremes) -> _Interest:
        now_us = self._now_us()
        known = self._interests.get((tenant, asset))
        if known is None or known.asked_until_us <= now_us or extremes.first_us < known.from_us:
            known = await self._ask_interest(tenant, asset, extremes, now_us)
        elif known.weighed_until_us <= now_us:
            known = await self._weigh(tenant, known, now_us)
        self._interests[tenant, asset] = known
        return known

    async def _ask_interest(
        self, tenant: int, asset: str, extremes: Extremes, now_us: int
    ) -> _Interest:
        from_us, last_us = extremes.first_us - MARGIN_US, max(extremes.last_us, now_us)
        names = await names_in(self._containment, tenant, [asset], from_us, last_us)
        parcels = frozenset(name for name in names if name.startswith(PARCEL))
        for name in names - parcels:
            self._holders.setdefault((tenant, name), set()).add((tenant, asset))
        one = await self._paths.one(tenant, asset)
        has_path = one is not None and bool(one.path)
        until_us = now_us + self._holds_us
        asked = _Interest(parcels, has_path, from_us, until_us, frozenset(), _NONE, 0)
        return await self._weigh(tenant, asked, now_us)

    async def _weigh(self, tenant: int, known: _Interest, now_us: int) -> _Interest:
        numbers = {name: number_of(name) or "" for name in known.parcels}
        await self._shipments.prepare(tenant, list(numbers.values()), states=False)
        limits = {name: self._shipments.limits(tenant, one) for name, one in numbers.items()}
        watched = {name for name, found in limits.items() if known.has_path or found != _NONE}
        return known._replace(
            watched=frozenset(watched),
            limits=strictest(set(limits.values())),
            weighed_until_us=now_us + WEIGHED_US,
        )

    async def _look(self, some: Sequence[tuple[int, str]]) -> None:
        curves = Curves(self._reader, self._containment, FIELDS)
        written: list[Awaitable[int]] = []
        for tenant in {tenant for tenant, _ in some}:
            numbers = [number for whose, number in some if whose == tenant]
            await self._shipments.prepare(tenant, numbers, states=True)
            await self._refresh([self._shipments.road(tenant, number) for number in numbers])
            names = {number: self._shipments.names(tenant, number) for number in numbers}
            wanted = sorted({name for found in names.values() for name in found})
            stretches = await curves.stretches(tenant, wanted)
            for number in numbers:
                own = [one for name in names[number] for one in stretches[name]]
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
        return await self._settle(tenant, road, number, found)

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
        self, tenant: int, road: int, number: str, found: Sequence[Episode]
    ) -> list[Awaitable[int]]:
        """Open what holds, clear what does not; what came and went unseen is put on record too."""
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
        ended = {rule: at_s for one in past for rule, at_s in _ended(one).items()}
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


def _finding(one: Episode) -> Finding:
    return Finding(one.rule, one.severity, one.since_us // 1_000_000, one.detail)


_NONE = Limits()
