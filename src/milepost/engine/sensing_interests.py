"""Who is concerned by what an asset's sensors measure: remembered, so that a sample asks nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from milepost.domain.care import Limits
from milepost.domain.telemetry import PARCEL, number_of
from milepost.engine.arrivals import Extremes, strictest
from milepost.engine.containment import Containment, names_in
from milepost.engine.sensing_ports import Paths, Shipments

# How long limits are believed: categories come with the facts of a shipment, at any time.
WEIGHED_US = 5_000_000
# Samples come a little out of order; who was in it shortly before is looked at in vain.
MARGIN_US = 3_600_000_000
_NONE = Limits()
_NOBODY: frozenset[str] = frozenset()


class Interest(NamedTuple):
    """Who is concerned by an asset's samples (`watched` of all `parcels`), and what is within all
    their limits. Of the `listened` ones a sensor may not fall silent. Limits are in memory, and
    weighed again soon; containment is asked for seldom, for its changes are heard of. Samples from
    before `from_us` concern others, too.
    """

    parcels: frozenset[str]
    has_path: bool
    from_us: int
    asked_until_us: int
    watched: frozenset[str]
    listened: frozenset[str]
    limits: Limits
    weighed_until_us: int


class Interests:
    """The interest in each asset. Containment is believed for `holds_us`."""

    def __init__(
        self,
        containment: Containment,
        paths: Paths,
        shipments: Shipments,
        now_us: Callable[[], int],
        holds_us: int,
    ) -> None:
        self._containment, self._paths, self._shipments = containment, paths, shipments
        self._now_us, self._holds_us = now_us, holds_us
        self._known: dict[tuple[int, str], Interest] = {}
        self._holders: dict[tuple[int, str], set[tuple[int, str]]] = {}

    def forget(self, tenant: int, name: str) -> None:
        """What this asset, and those that hold it, contain has to be asked for again."""
        self._known.pop((tenant, name), None)
        for holder in self._holders.pop((tenant, name), ()):
            self._known.pop(holder, None)

    def weigh_again(self) -> None:
        """Limits have changed somewhere."""
        again = ((key, one._replace(weighed_until_us=0)) for key, one in self._known.items())
        self._known = dict(again)

    async def of(self, tenant: int, asset: str, extremes: Extremes) -> Interest:
        """The interest in an asset of which such samples have come."""
        now_us = self._now_us()
        known = self._known.get((tenant, asset))
        if known is None or known.asked_until_us <= now_us or extremes.first_us < known.from_us:
            known = await self._ask(tenant, asset, extremes, now_us)
        elif known.weighed_until_us <= now_us:
            known = await self._weigh(tenant, known, now_us)
        self._known[tenant, asset] = known
        return known

    async def _ask(self, tenant: int, asset: str, extremes: Extremes, now_us: int) -> Interest:
        from_us, last_us = extremes.first_us - MARGIN_US, max(extremes.last_us, now_us)
        names = await names_in(self._containment, tenant, [asset], from_us, last_us)
        parcels = frozenset(name for name in names if name.startswith(PARCEL))
        for name in names - parcels:
            self._holders.setdefault((tenant, name), set()).add((tenant, asset))
        one = await self._paths.one(tenant, asset)
        has_path = one is not None and bool(one.path)
        until_us = now_us + self._holds_us
        asked = Interest(parcels, has_path, from_us, until_us, _NOBODY, _NOBODY, _NONE, 0)
        return await self._weigh(tenant, asked, now_us)

    async def _weigh(self, tenant: int, known: Interest, now_us: int) -> Interest:
        numbers = {name: number_of(name) or "" for name in known.parcels}
        await self._shipments.prepare(tenant, list(numbers.values()), states=False)
        limits = {name: self._shipments.limits(tenant, one) for name, one in numbers.items()}
        watched = {name for name, found in limits.items() if known.has_path or found != _NONE}
        return known._replace(
            watched=frozenset(watched),
            listened=frozenset(name for name in watched if limits[name].silent_s is not None),
            limits=strictest(set(limits.values())),
            weighed_until_us=now_us + WEIGHED_US,
        )
