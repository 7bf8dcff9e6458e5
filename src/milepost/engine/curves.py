"""A shipment's own curve, read through what it was in: the innermost sensor speaks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from milepost.domain.telemetry import Sample
from milepost.engine.containment import Containment, chains
from milepost.engine.telemetry import Curve, TelemetryReader
from milepost.sensing.chain import FOREVER_US, Carried
from milepost.sensing.excursion import silence_us

DAY_US = 86_400_000_000
# Every shock counts, whoever felt it; of the rest, what is nearest to the goods.
_UNITED = frozenset({"shock_mg"})


class Part(NamedTuple):
    """One asset's share of a curve. `confidence_pm`: that the shipment was with it."""

    carried: Carried
    times: Sequence[int]
    values: Sequence[int]


class Curves:
    """Reads assets' samples through containment, each asset once: one object for one pass.

    `fields`: what will be asked for; all of them are read together.
    """

    def __init__(
        self, reader: TelemetryReader, containment: Containment, fields: Sequence[str] = ()
    ) -> None:
        self._reader = reader
        self._containment = containment
        self._fields = fields
        self._known: set[str] = set()
        self._read: dict[tuple[int, str, int, int], Mapping[str, Curve]] = {}

    async def stretches(
        self, tenant: int, scanned: Mapping[str, Sequence[int]]
    ) -> dict[str, list[Carried]]:
        """With whom each name was, and when. `scanned`: name → when its own scans saw it at
        facilities.
        """
        found = await chains(self._containment, tenant, sorted(scanned), scanned)
        assets = {one.asset for stretches in found.values() for one in stretches}
        self._known = await self._reader.known(tenant, sorted(assets))
        return found

    async def parts(
        self, tenant: int, stretches: Sequence[Carried], field: str, from_us: int, until_us: int
    ) -> list[Part]:
        """What each asset measured while the shipment was with it, the nearest to it first."""
        found: list[Part] = []
        for one in sorted(stretches, key=_distance):
            first, last = max(one.from_us, from_us), min(one.until_us, until_us)
            if first <= last and one.asset in self._known:
                # From midnight on, so that what was loaded one after the other is read once.
                begin = max(first - first % DAY_US, -FOREVER_US)
                curve = await self._curve(tenant, one.asset, field, begin, until_us)
                times, values = _cut(curve, first, last)
                if times:
                    found.append(Part(one, times, values))
        return found if field in _UNITED else _innermost(found)

    async def _curve(
        self, tenant: int, asset: str, field: str, from_us: int, until_us: int
    ) -> Curve:
        key = (tenant, asset, from_us, until_us)
        if key not in self._read:
            fields = self._fields if field in self._fields else [field]
            self._read[key] = await self._reader.curves(tenant, asset, fields, from_us, until_us)
        known = self._read[key]
        if field not in known:
            more = await self._reader.curves(tenant, asset, [field], from_us, until_us)
            known = self._read[key] = {**known, **more}
        return known[field]

    async def position(
        self, tenant: int, stretches: Sequence[Carried], now_us: int
    ) -> tuple[Carried, Sample] | None:
        """The newest valid position of anything that it was with."""
        best: tuple[Carried, Sample] | None = None
        for one in stretches:
            last = min(one.until_us, now_us)
            if (
                one.asset not in self._known
                or one.from_us > last
                or (best is not None and last <= best[1].at_us)
            ):
                continue
            found = await self._reader.latest(tenant, one.asset, "lat_e7", one.from_us, last)
            if found is not None and (best is None or found.at_us > best[1].at_us):
                best = (one, found)
        return best


def united(parts: Sequence[Part]) -> tuple[list[int], list[int]]:
    """One curve of several parts, oldest first."""
    if len(parts) == 1:
        return list(parts[0].times), list(parts[0].values)
    pairs = sorted(pair for part in parts for pair in zip(part.times, part.values, strict=True))
    return [at for at, _ in pairs], [value for _, value in pairs]


def _distance(one: Carried) -> tuple[int, int, str]:
    return (one.distance, one.from_us, one.asset)


def _cut(curve: Curve, first: int, last: int) -> tuple[Sequence[int], Sequence[int]]:
    begin, end = bisect_left(curve.times, first), bisect_left(curve.times, last + 1)
    return curve.times[begin:end], curve.values[begin:end]


def _innermost(parts: list[Part]) -> list[Part]:
    """Where somebody nearer measured at about the time, the one further out is not heard."""
    kept: list[Part] = []
    for part in parts:
        nearer = sorted(
            at for one in kept if one.carried.distance < part.carried.distance
            for at in one.times
        )  # fmt: skip
        around_us = silence_us(nearer) // 2
        pairs = [pair for pair in zip(part.times, part.values, strict=True)
                 if not _near(nearer, pair[0], around_us)]  # fmt: skip
        if pairs:
            times, values = zip(*pairs, strict=True)
            kept.append(Part(part.carried, times, values))
    return kept


def _near(times: Sequence[int], at_us: int, around_us: int) -> bool:
    place = bisect_left(times, at_us - around_us)
    return place < len(times) and times[place] <= at_us + around_us
