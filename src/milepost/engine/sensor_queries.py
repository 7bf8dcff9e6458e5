"""Questions on what was measured: curves, positions, visits, limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple, Protocol

from milepost.domain.care import Limits
from milepost.domain.telemetry import Contained, Sample, number_of
from milepost.engine.containment import Containment
from milepost.engine.curves import Curves, Part, united
from milepost.engine.sensed import SensedShipments
from milepost.engine.telemetry import TelemetryReader
from milepost.sensing.chain import FOREVER_US, Carried
from milepost.sensing.containment import left_behind
from milepost.sensing.downsample import thinned
from milepost.sensing.excursion import Band, Excursion, Gap, excursions, gaps
from milepost.sensing.geodesy import distance_m
from milepost.sensing.geofence import Fence, Fix, Visit, visits
from milepost.sensing.kinetic import mean_kinetic_mc

# What is worked out of more samples than these would hold up everybody else: it goes to a thread.
MANY = 5_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Span = tuple[int, int]


class Fences(Protocol):
    """A tenant's places."""

    async def fences(self, tenant: int) -> list[Fence]: ...


class Read(NamedTuple):
    """A curve. `seconds`: the longitudes of a track, whose `values` are its latitudes."""

    times: list[int]
    values: list[int]
    samples: int
    gaps: list[Gap]
    stretches: list[Carried]
    excursions: list[Excursion]
    lowest: int | None = None
    highest: int | None = None
    mean_kinetic_mc: int | None = None
    seconds: Sequence[int] = ()


class SensorQueries:
    """Answers of one tenant's shipments and assets."""

    def __init__(
        self,
        reader: TelemetryReader,
        containment: Containment,
        shipments: SensedShipments,
        fences: Fences,
        number_of: Callable[[int, int], Awaitable[str | None]],
        save_limits: Callable[[int, str, Limits], Awaitable[None]],
        now_us: Callable[[], int],
    ) -> None:
        self._reader, self._containment = reader, containment
        self._shipments, self._fences = shipments, fences
        self._save_limits = save_limits
        self._now_us = now_us
        self.number_of = number_of

    def span(self, since: str | None, until: str | None) -> Span | None:
        """µs of both ends, where they are given; None for what is no time with an offset."""
        ends: list[int] = []
        for text, usual in ((since, -FOREVER_US), (until, FOREVER_US)):
            if text is None:
                ends.append(usual)
                continue
            try:
                at = datetime.fromisoformat(text)
                ends.append((at - _EPOCH) // timedelta(microseconds=1))
            except (ValueError, TypeError, OverflowError):
                return None
        return ends[0], ends[1]

    async def read(self, tenant: int, number: str, field: str, points: int, span: Span) -> Read:
        """One kind of value through all that a shipment was with."""
        curves = Curves(self._reader, self._containment)
        stretches = await self._stretches(tenant, number, curves)
        parts = await curves.parts(tenant, stretches, field, *self._within(tenant, number, span))
        band = self._band(tenant, number, field)
        told = partial(_read, parts, stretches, points, band, kinetic=field == "temperature_mc")
        many = sum(len(part.times) for part in parts) > MANY
        return await asyncio.to_thread(told) if many else told()

    async def track(self, tenant: int, number: str, points: int, span: Span) -> Read:
        """The way it took, as far as positions are known."""
        curves = Curves(self._reader, self._containment)
        stretches = await self._stretches(tenant, number, curves)
        within = self._within(tenant, number, span)
        parts = [
            await curves.parts(tenant, stretches, one, *within) for one in ("lat_e7", "lon_e7")
        ]
        (times, lats), (_, lons) = united(parts[0]), united(parts[1])
        total = len(times)
        if total > points:
            kept = sorted({round(place * (total - 1) / (points - 1)) for place in range(points)})
            times, lats, lons = ([one[place] for place in kept] for one in (times, lats, lons))
        return Read(times, lats, total, gaps(times), stretches, [], seconds=lons)

    async def position(self, tenant: int, number: str) -> tuple[Carried, Sample, str | None] | None:
        """The newest position, through what, and the place whose fence is around it."""
        curves = Curves(self._reader, self._containment)
        stretches = await self._stretches(tenant, number, curves)
        last = self._within(tenant, number, (0, self._now_us()))[1]
        found = await curves.position(tenant, stretches, last)
        if found is None:
            return None
        point = (found[1].lat_e7 or 0, found[1].lon_e7 or 0)
        fences = await self._fences.fences(tenant)
        near = [one for one in fences if distance_m(point, one.centre) <= one.enter_m]
        nearest = min(near, key=lambda one: distance_m(point, one.centre), default=None)
        return (*found, nearest.name if nearest else None)

    async def positions(self, tenant: int, asset: str, span: Span, most: int) -> list[Sample]:
        """The newest valid positions of an asset, oldest first."""
        found = await self._reader.samples(tenant, [asset], *span)
        return [one for one in found.get(asset, ()) if one.lat_e7 is not None][-most:]

    async def visits(self, tenant: int, asset: str, span: Span) -> list[Visit]:
        """Where it was, from its track and the tenant's fences."""
        found = await self._reader.samples(tenant, [asset], *span)
        track = [
            Fix(one.at_us, (one.lat_e7, one.lon_e7))
            for one in found.get(asset, ())
            if one.valid and one.lat_e7 is not None and one.lon_e7 is not None
        ]
        return visits(track, await self._fences.fences(tenant))

    async def visits_of(self, tenant: int, number: str) -> list[tuple[Carried, Visit]]:
        """The places where it was, in which vehicle: those of the vehicle while it was in it."""
        curves = Curves(self._reader, self._containment)
        found: list[tuple[Carried, Visit]] = []
        for one in await self._stretches(tenant, number, curves):
            span = self._within(tenant, number, (one.from_us, one.until_us))
            if one.through and span[0] <= span[1]:
                stays = await self.visits(tenant, one.asset, span)
                found += [(one, stay) for stay in stays]
        return sorted(found, key=lambda pair: pair[1].arrived_us)

    async def contents(self, tenant: int, asset: str, span: Span) -> list[Contained]:
        """What was in an asset; what its own scans have seen elsewhere since is in it no more."""
        found = (await self._containment.within(tenant, [asset], *span)).get(asset, [])
        numbers = sorted({number for one in found if (number := number_of(one.child))})
        await self._shipments.prepare(tenant, numbers, states=True)
        left = [self._left(tenant, one) for one in found]
        return [one for one in left if one.until_us is None or one.until_us >= span[0]]

    def _left(self, tenant: int, one: Contained) -> Contained:
        number = number_of(one.child)
        if number is None:
            return one
        road = self._shipments.road(tenant, number)
        seen, over_us = self._shipments.seen_us(road), self._shipments.ended_us(road)
        return left_behind([one], seen, over_us)[0]

    async def limits(self, tenant: int, number: str) -> Limits:
        """What sensors may measure with it."""
        await self._shipments.prepare(tenant, [number], states=False)
        return self._shipments.limits(tenant, number)

    async def set_limits(self, tenant: int, number: str, limits: Limits) -> None:
        await self._save_limits(tenant, number, limits)

    async def _stretches(self, tenant: int, number: str, curves: Curves) -> list[Carried]:
        await self._shipments.prepare(tenant, [number], states=True)
        scanned = self._shipments.scanned(tenant, number)
        found = await curves.stretches(tenant, scanned)
        return [one for name in scanned for one in found[name]]

    def _within(self, tenant: int, number: str, span: Span) -> Span:
        """What is measured after the hand-over is no longer the shipment's."""
        ended_us = self._shipments.ended_us(self._shipments.road(tenant, number))
        return span[0], span[1] if ended_us is None else min(span[1], ended_us)

    def _band(self, tenant: int, number: str, field: str) -> Band:
        limits = self._shipments.limits(tenant, number)
        lasting_us = limits.excursion_s * 1_000_000
        match field:
            case "temperature_mc":
                low, high = limits.temperature_low_mc, limits.temperature_high_mc
                return Band(low, high, limits.hysteresis_mc, lasting_us)
            case "humidity_pm":
                return Band(None, limits.humidity_high_pm, limits.hysteresis_pm, lasting_us)
        return Band()


def _read(
    parts: Sequence[Part], stretches: list[Carried], points: int, band: Band, *, kinetic: bool
) -> Read:
    times, values = united(parts)
    thin_times, thin_values = thinned(times, values, points)
    return Read(
        thin_times, thin_values, len(times), gaps(times), stretches,
        excursions(times, values, band), min(values, default=None), max(values, default=None),
        mean_kinetic_mc(times, values) if kinetic else None,
    )  # fmt: skip
