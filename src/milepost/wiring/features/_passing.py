"""Counts what comes to each facility and goes from it, hour by hour, as scans are committed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import NamedTuple

import structlog

from milepost.domain.place import as_place
from milepost.domain.status import BY_CODE
from milepost.engine.ports import Group, Row
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


_CAME = frozenset(
    code for code, one in BY_CODE.items() if one.sub in CAME or one.sub.startswith("picked_up")
)
_WENT = frozenset(code for code, one in BY_CODE.items() if one.sub in WENT)


class Spot(NamedTuple):
    """Where a parcel was last, from when, and whether it has gone since."""

    hub: str
    at_s: int
    gone: bool


class Passing:
    """Sums in memory, added to the store every few seconds."""

    def __init__(self, network: Network, now_us: Callable[[], int]) -> None:
        self._network = network
        self._now_us = now_us
        self._spots: OrderedDict[int, Spot] = OrderedDict()
        self._sums: dict[tuple[int, int, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def note(self, group: Group) -> None:
        """A group was committed."""
        for row in group.rows:
            self._see(row)

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

    def _see(self, row: Row) -> None:
        event = row.event
        came, went = event.code in _CAME, event.code in _WENT
        if not (came or went):
            return
        place = as_place(event.body.place)
        if place is None or not (place.facility or place.label):
            return
        hub = (place.facility or place.label or "")[:120]
        at_s = event.at_us // 1_000_000
        hour_s = at_s - at_s % HOUR_S
        before = self._spots.get(event.parcel)
        if came:
            self._sums[row.tenant, hour_s, hub, ""][0] += 1
            if before is not None and before.gone and before.hub != hub:
                self._lane(row.tenant, hour_s, before, hub, at_s)
        else:
            self._gone(row.tenant, hour_s, before, hub, at_s)
        self._remember(event.parcel, Spot(hub, at_s, gone=went))

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

    def _remember(self, parcel: int, spot: Spot) -> None:
        known = self._spots.pop(parcel, None)
        # Late scans of the past do not move a parcel back.
        self._spots[parcel] = spot if known is None or known.at_s <= spot.at_s else known
        if len(self._spots) > REMEMBERED:
            self._spots.popitem(last=False)
