"""The assets that a parcel was in, over all levels: whose samples are its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from milepost.domain.telemetry import SENSOR, SURE_PM, Contained
from milepost.sensing.containment import (
    SEEN_ELSEWHERE_PM,
    VEHICLE,
    is_place,
    left_behind,
    level_of,
)

FOREVER_US = 1 << 62
DEEPEST = 8
PASSING_US = 1  # a stretch of no length still says where it was


class Carried(NamedTuple):
    """It was in (or with) the asset. `until_us` is FOREVER_US where that still holds.

    `through`: all that lies between, itself first. `confidence_pm`: that of the weakest link.
    """

    asset: str
    from_us: int
    until_us: int
    confidence_pm: int = SURE_PM
    through: tuple[str, ...] = ()

    @property
    def distance(self) -> int:
        """How far from the goods it measures; a sensor in a bag is as near as the bag itself."""
        return len(self.through) - self.asset.startswith(SENSOR)


def carried(
    name: str, parents: Mapping[str, Sequence[Contained]], scanned: Sequence[int] = ()
) -> list[Carried]:
    """Every stretch in every asset, by begin. `parents`: what each child was in. `scanned`: when
    its scans saw it at facilities, oldest first.
    """
    found: list[Carried] = []
    parents = {**parents, name: left_behind(parents.get(name, ()), scanned)}
    _climb(Carried(name, -FOREVER_US, FOREVER_US), parents, found)
    seen = sorted(one.from_us for one in parents.get(name, ()) if is_place(one.parent))
    found = [_left(one, seen) for one in found]
    found = [_left(one, scanned) if one.until_us == FOREVER_US else one for one in found]
    by_level: dict[str, list[Carried]] = {}
    for one in found:
        by_level.setdefault(level_of(one.asset), []).append(one)
    kept = [one for same in by_level.values() for one in _one_at_a_time(same)]
    return sorted(kept, key=lambda one: (one.from_us, len(one.through), one.asset))


def sensors_in(stretch: Carried, inside: Iterable[Contained]) -> list[Carried]:
    """The sensors that were in the same asset at the time: they speak for it."""
    found: list[Carried] = []
    for one in inside:
        from_us = max(one.from_us, stretch.from_us)
        until_us = min(_end(one), stretch.until_us)
        if one.child.startswith(SENSOR) and from_us <= until_us:
            sure = min(one.confidence_pm, stretch.confidence_pm)
            through = (*stretch.through, stretch.asset)
            found.append(Carried(one.child, from_us, until_us, sure, through))
    return found


def _climb(
    below: Carried, parents: Mapping[str, Sequence[Contained]], found: list[Carried]
) -> None:
    for one in parents.get(below.asset, ()):
        from_us, until_us = max(one.from_us, below.from_us), min(_end(one), below.until_us)
        # A name that comes again is an error of the data, and would never end.
        again = one.parent in (below.asset, *below.through)
        if again or from_us > until_us or is_place(one.parent):
            continue
        sure = min(one.confidence_pm, below.confidence_pm)
        here = Carried(one.parent, from_us, until_us, sure, (*below.through, below.asset))
        found.append(here)
        if len(here.through) < DEEPEST:
            _climb(here, parents, found)


def _left(one: Carried, seen: Sequence[int]) -> Carried:
    """What was in a vehicle through its bag had left that when it was itself seen at a place."""
    if level_of(one.asset) != VEHICLE or len(one.through) < 2:
        return one
    left_us = next((at for at in seen if one.from_us < at < one.until_us), None)
    if left_us is None:
        return one
    return one._replace(until_us=left_us, confidence_pm=min(one.confidence_pm, SEEN_ELSEWHERE_PM))


def _one_at_a_time(stretches: list[Carried]) -> list[Carried]:
    """What is said to be in two trucks at once is in the one that it came to last."""
    ordered = sorted(stretches, key=lambda one: (one.from_us, -one.until_us, one.asset))
    kept: list[Carried] = []
    for one in ordered:
        last = kept[-1] if kept else None
        if last is not None and last.asset == one.asset and one.from_us <= last.until_us:
            surer = max(last.confidence_pm, one.confidence_pm)
            until_us = max(last.until_us, one.until_us)
            kept[-1] = last._replace(until_us=until_us, confidence_pm=surer)
            continue
        if last is not None and one.from_us < last.until_us:
            kept[-1] = last._replace(until_us=one.from_us)
        kept.append(one)
    return kept


def _end(one: Contained) -> int:
    return FOREVER_US if one.until_us is None else one.until_us
