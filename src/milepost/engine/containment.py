"""What is in what: the port, and what is asked of it over all levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from milepost.domain.telemetry import PARCEL, SENSOR, Change, Contained
from milepost.sensing.chain import DEEPEST, FOREVER_US, Carried, carried, sensors_in
from milepost.sensing.containment import is_place


class Containment(Protocol):
    """What is in what. A function of the set of changes: any order, any repetition."""

    async def record(self, tenant: int, changes: Sequence[Change]) -> int:
        """Take changes; how many of them were new. Durable when it returns."""
        ...

    async def of(self, tenant: int, children: Sequence[str]) -> Mapping[str, list[Contained]]:
        """What each child was in, oldest first."""
        ...

    async def within(
        self, tenant: int, parents: Sequence[str], from_us: int, until_us: int, prefix: str = ""
    ) -> Mapping[str, list[Contained]]:
        """What (of names with a prefix) was in each parent at any time of the stretch."""
        ...


async def chains(
    store: Containment,
    tenant: int,
    names: Sequence[str],
    scanned: Mapping[str, Sequence[int]] = MappingProxyType({}),
) -> dict[str, list[Carried]]:
    """Whose samples each name's own are, and when: it itself, what it was in, the sensors there.
    `scanned`: when a name's own scans saw it at facilities.
    """
    parents = await _upwards(store, tenant, names)
    found = {
        name: [_itself(name), *carried(name, parents, scanned.get(name, ()))] for name in names
    }
    assets = {one.asset for stretches in found.values() for one in stretches}
    inside = await store.within(tenant, sorted(assets), -FOREVER_US, FOREVER_US, SENSOR)
    for stretches in found.values():
        for one in list(stretches):
            stretches += sensors_in(one, inside.get(one.asset, ()))
    return found


async def parcels_in(
    store: Containment, tenant: int, assets: Iterable[str], from_us: int, until_us: int
) -> set[str]:
    """The parcels that were in these assets (or with these sensors) in the stretch of time."""
    names = await names_in(store, tenant, assets, from_us, until_us)
    return {name for name in names if name.startswith(PARCEL)}


async def names_in(
    store: Containment, tenant: int, assets: Iterable[str], from_us: int, until_us: int
) -> set[str]:
    """The same with the assets themselves, and all that was in between."""
    seen = set(assets)
    sensors = [name for name in seen if name.startswith(SENSOR)]
    if sensors:
        above = await store.of(tenant, sensors)
        seen |= {one.parent for stretches in above.values() for one in stretches}
    frontier = {name for name in seen if not is_place(name)}
    for _ in range(DEEPEST):
        if not frontier:
            break
        # A parcel may be a pallet, or a box with further numbered ones in it; what is said to be in
        # a sensor travels with it. A sensor that is found in something has nothing in it.
        inside = await store.within(tenant, sorted(frontier), from_us, until_us)
        found = {one.child for stretches in inside.values() for one in stretches} - seen
        seen |= found
        frontier = {name for name in found if not name.startswith(SENSOR)}
    return seen


async def _upwards(
    store: Containment, tenant: int, names: Sequence[str]
) -> dict[str, list[Contained]]:
    parents: dict[str, list[Contained]] = {}
    frontier = set(names)
    for _ in range(DEEPEST):
        if not frontier:
            break
        found = await store.of(tenant, sorted(frontier))
        parents |= found
        above = {one.parent for stretches in found.values() for one in stretches}
        frontier = {name for name in above if not is_place(name)} - parents.keys()
    return parents


def _itself(name: str) -> Carried:
    return Carried(name, -FOREVER_US, FOREVER_US)
