"""Counts what comes to each facility and goes from it, hour by hour, as scans are committed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache

import structlog
from msgspec import Struct

from milepost.domain.place import Place, as_place
from milepost.domain.status import BY_CODE
from milepost.engine.rows import Group
from milepost.stores.postgres.console.network import Network, Passed

log = structlog.get_logger()
WRITE_EVERY_S = 3.0
HOUR_S = 3_600
KEPT_S = 31 * 86_400
# Of so many parcels it is remembered where they are, to know how long they stay.
REMEMBERED = 200_000
LONGEST_STAY_S = 14 * 86_400
CAME = frozenset({
    "in_transit.arrived_hub", "in_transit.arrived_country", "in_transit.arrived_dest_city",
    "in_transit.arrived_dest_station", "picked_up",
})  # fmt: skip
WENT = frozenset({
    "in_transit.departed_origin", "in_transit.departed_facility", "in_transit.departed_country",
    "in_transit.handed_to_partner", "out_for_delivery",
})  # fmt: skip


def _goes(sub: str) -> bool | None:
    if sub in CAME or sub.startswith("picked_up"):
        return False
    return True if sub in WENT else None


# Whether a scan of this code says that the parcel goes; None where it says neither.
_GOES = [_goes(BY_CODE[code].sub) if code in BY_CODE else None for code in range(256)]


# The collector does not look at these: there are many, and they hold no others.
class Spot(Struct, frozen=True, gc=False):
    """Where a parcel was last, from when, and whether it has gone since."""

    hub: str
    at_s: int
    gone: bool


@lru_cache(maxsize=16_384)
def _hub(given: str | Place | None) -> str:
    place = as_place(given)
    return "" if place is None else (place.facility or place.label or "")[:120]


class Passing:
    """Sums in memory, added to the store every few seconds."""

    def __init__(self, network: Network, now_us: Callable[[], int]) -> None:
        self._network = network
        self._now_us = now_us
        # The younger half of what is remembered, and the older one.
        self._spots: dict[int, Spot] = {}
        self._older: dict[int, Spot] = {}
        self._sums: dict[tuple[int, int, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def note(self, group: Group) -> None:
        """A group was committed. This runs for every event, so it is written for speed."""
        for row in group.rows:
            event = row.event
            code = event.code
            goes = _GOES[code] if 0 <= code < 256 else None
            if goes is not None and (hub := _hub(event.body.place)):
                self._see(row.tenant, event.parcel, event.at_us // 1_000_000, hub, goes)
        if len(self._spots) > REMEMBERED // 2:
            self._spots, self._older = {}, self._spots

    async def run(self) -> None:
        """Until cancelled."""
        rounds = 0
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            try:
                await self.write()
                if rounds % 1_000 == 0:
                    await self._network.forget(self._now_us() // 1_000_000 - KEPT_S)
                rounds += 1
            except ConnectionError as error:
                log.warning("network_retry", error=repr(error))

    async def write(self) -> None:
        if not self._sums:
            return
        sums, self._sums = self._sums, defaultdict(lambda: [0, 0, 0, 0])
        await self._network.passed([Passed(*key, *values) for key, values in sums.items()])

    def _see(self, tenant: int, parcel: int, at_s: int, hub: str, goes: bool) -> None:
        hour_s = at_s - at_s % HOUR_S
        before = self._spots.get(parcel) or self._older.get(parcel)
        if goes:
            self._gone(tenant, hour_s, before, hub, at_s)
        else:
            self._sums[tenant, hour_s, hub, ""][0] += 1
            if before is not None and before.gone and before.hub != hub:
                self._lane(tenant, hour_s, before, hub, at_s)
        # Late scans of the past do not move a parcel back.
        if before is None or before.at_s <= at_s:
            self._spots[parcel] = Spot(hub, at_s, goes)

    def _gone(self, tenant: int, hour_s: int, before: Spot | None, hub: str, at_s: int) -> None:
        sums = self._sums[tenant, hour_s, hub, ""]
        sums[1] += 1
        if before is not None and before.hub == hub and 0 <= at_s - before.at_s < LONGEST_STAY_S:
            sums[2] += at_s - before.at_s
            sums[3] += 1

    def _lane(self, tenant: int, hour_s: int, before: Spot, hub: str, at_s: int) -> None:
        if 0 <= at_s - before.at_s < LONGEST_STAY_S:
            sums = self._sums[tenant, hour_s, before.hub, hub]
            sums[0] += 1
            sums[2] += at_s - before.at_s
            sums[3] += 1
