"""The judge of what sensors measure: looks when something is beyond a limit, never per parcel.

Samples are stored once per asset. Which shipments are concerned is asked of containment, and only
where a new sample is beyond the strictest limit of what the asset holds, where an alert is open, or
where containment itself has changed. Looking is a function of samples, changes and limits, so to
look once too often, too late or twice does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import islice

import structlog

from milepost.domain.telemetry import EVERYTHING, Change, Sample, number_of
from milepost.engine.arrivals import Arrivals
from milepost.engine.containment import Containment, parcels_in
from milepost.engine.desk import Desk
from milepost.engine.sensing_interests import Interests
from milepost.engine.sensing_look import SensingLook
from milepost.engine.sensing_ports import Paths, Recorded, Shipments
from milepost.engine.telemetry import TelemetryReader
from milepost.sensing.watch import RULES

log = structlog.get_logger()
PAUSE_S = 0.2
MOST = 50
# So often it is asked in a round who has been silent for long.
AGAIN_S = 1.0


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
        self._containment, self._shipments, self._desk = containment, shipments, desk
        self._now_us = now_us
        self._interests = Interests(containment, paths, shipments, now_us, holds_us)
        self._arrivals = Arrivals()
        self._moved: dict[int, set[tuple[str, int]]] = {}
        self._waiting: dict[tuple[int, str], None] = {}
        self._known: dict[int, tuple[int, str]] = {}  # road → (tenant, number)
        self._look = SensingLook(
            reader, containment, paths, shipments, desk, recorded, now_us, refresh, self._known
        )
        self._wanted = asyncio.Event()
        self._turn = asyncio.Lock()

    @property
    def looked(self) -> int:
        """How often a shipment was looked at."""
        return self._look.looked

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
        self._interests.forget(tenant, name)

    def catch_up(self, tenant: int, asset: str, first_us: int, last_us: int) -> None:
        """Look at all that was in an asset in a stretch of time: we were not there to hear."""
        self._moved.setdefault(tenant, set()).update({(asset, first_us), (asset, last_us)})
        self._wanted.set()

    def ask(self, tenant: int, numbers: Iterable[str]) -> None:
        """Look at these numbers soon: their limits have changed, or they were handed over."""
        self._waiting.update(((tenant, number), None) for number in numbers)
        self._interests.weigh_again()
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
        # Under a flood a round may last for long, and what comes meanwhile is part of it.
        loop, passed_s = asyncio.get_running_loop(), float("-inf")
        while True:
            self._wanted.clear()
            if loop.time() - passed_s >= AGAIN_S:
                self._time_passes()
                passed_s = loop.time()
            await self._follow_moves()
            await self._sift_arrivals()
            if not self._waiting:
                break
            await self._look_at(self._first())

    def _first(self) -> list[tuple[int, str]]:
        """Whom to look at next. The newest trouble that nobody knows of comes first, so that it is
        told at once however much waits; those that have waited for longest go along.
        """
        known = set(self._known.values())
        newest = islice((one for one in reversed(self._waiting) if one not in known), MOST // 2)
        return list(dict.fromkeys([*newest, *islice(self._waiting, MOST // 2)]))

    async def _look_at(self, some: list[tuple[int, str]]) -> None:
        for one in some:
            del self._waiting[one]
        try:
            await self._look.look(some)
        except BaseException:
            self._waiting.update(dict.fromkeys(some))
            self._wanted.set()
            raise

    def _time_passes(self) -> None:
        """Those whose sensors have been silent for long, and those handed over meanwhile."""
        self._waiting.update(dict.fromkeys(self._look.silent()))
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
                interest = await self._interests.of(tenant, asset, extremes)
            except BaseException:
                self._arrivals.give_back({**arrived, (tenant, asset): extremes})
                raise
            beyond = extremes.beyond(interest.limits) or (interest.has_path and extremes.moved)
            concerned = interest.watched
            self._wait(tenant, concerned if beyond else self._open_ones(tenant, concerned))
            self._wait(tenant, self._first_heard(tenant, interest.listened))

    def _wait(self, tenant: int, parcels: Iterable[str]) -> None:
        numbers = (number_of(name) for name in parcels)
        self._waiting.update(((tenant, number), None) for number in numbers if number)

    def _first_heard(self, tenant: int, parcels: Iterable[str]) -> Iterator[str]:
        """Those whose sensors speak for the first time: from now on their silence counts."""
        for name in parcels:
            number = number_of(name) or ""
            if not self._look.expects(tenant, number):
                road = self._shipments.road(tenant, number)
                if self._shipments.ended_us(road) is None:
                    yield name

    def _open_ones(self, tenant: int, parcels: Iterable[str]) -> list[str]:
        """Those with an alert of ours, which a good value may clear."""
        roads = {name: self._shipments.road(tenant, number_of(name) or "") for name in parcels}
        return [name for name, road in roads.items() if road in self._known]
