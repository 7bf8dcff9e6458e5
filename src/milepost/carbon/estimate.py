"""Emissions of legs: distance times weight times factor, with bounds."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from milepost.carbon.distance import Way, table, way_of
from milepost.carbon.factors import Factor, Factors, bounds_of
from milepost.carbon.model import CannotEstimateError, Carbon, LegCarbon, Stretch

# A flight of fewer metres is short haul, by the distance of DEFRA's own grouping.
_SHORT_HAUL_M = 3_700_000
# What an assumption of ours adds to the uncertainty.
_ASSUMED = {"mode": 0.5, "weight": 0.5, "origin": 0.2, "destination": 0.2}
# An empty truck burns this share of what a laden one does.
_EMPTY_COST = 0.7
_CM3_PER_M3 = 1_000_000
_MG_PER_G = 1000
_MG_KM_PER_G_M = 1_000_000_000


def leg_of(stretch: Stretch, factors: Factors, closed: frozenset[str] = frozenset()) -> LegCarbon:
    """The emissions of one leg. Raises CannotEstimateError."""
    way = way_of(stretch, closed)
    vehicle, guessed = _vehicle(stretch, factors, way)
    factor = factors.of(stretch.mode, vehicle)
    weight_g, by_volume = _weight(stretch)
    wtw_mg = _emitted_mg(stretch, factors, factor, way.metres, weight_g)
    low, high = _bounds(stretch, factor, way)
    notes = [*(f"{one}_assumed" for one in stretch.assumed)]
    notes += ["vehicle_assumed"] if guessed else []
    notes += ["weight_by_volume"] if by_volume else []
    return LegCarbon(
        mode=stretch.mode,
        vehicle=factor.vehicle,
        distance_m=way.metres,
        distance_method=way.method,
        weight_g=weight_g,
        factor_mg_per_tkm=round(factor.wtw_g_per_tkm * _MG_PER_G),
        wtw_mg=round(wtw_mg),
        low_mg=round(wtw_mg * low),
        high_mg=round(wtw_mg * high),
        origin=stretch.origin.name or stretch.origin.code,
        destination=stretch.destination.name or stretch.destination.code,
        number=stretch.number,
        carrier=stretch.carrier,
        assumptions=tuple(notes),
    )


def _vehicle(stretch: Stretch, factors: Factors, way: Way) -> tuple[str | None, bool]:
    """The class that was named, else the one that fits distance and cooling."""
    if stretch.vehicle:
        return stretch.vehicle, False
    wanted = "refrigerated" if stretch.refrigerated else None
    if stretch.mode == "air":
        wanted = _haul(stretch, way)
    fits = wanted is not None and factors.has(stretch.mode, wanted)
    return (wanted if fits else None), True


def _haul(stretch: Stretch, way: Way) -> str:
    """DEFRA's domestic flights are those of a small country; elsewhere short haul is nearer."""
    return "short_haul" if way.metres < _SHORT_HAUL_M else "long_haul"


def _weight(stretch: Stretch) -> tuple[int, bool]:
    per_m3 = table().volumetric_g_per_m3.get(stretch.mode, 0)
    by_volume = (stretch.volume_cm3 or 0) * per_m3 // _CM3_PER_M3
    return max(stretch.weight_g, by_volume), by_volume > stretch.weight_g


def _emitted_mg(
    stretch: Stretch, factors: Factors, factor: Factor, metres: int, weight_g: int
) -> float:
    # g/tkm * g * m is 1e-9 g; in milligrams 1e-6
    emitted = factor.wtw_g_per_tkm * weight_g * metres / (_MG_KM_PER_G_M / _MG_PER_G)
    if factors.empty_running_included or not stretch.empty_share:
        return emitted
    return emitted * (1 + stretch.empty_share * _EMPTY_COST)


def _bounds(stretch: Stretch, factor: Factor, way: Way) -> tuple[float, float]:
    """Independent uncertainties add up as squares."""
    low, high = bounds_of(factor)
    other = way.uncertainty**2 + sum(_ASSUMED.get(one, 0.0) ** 2 for one in stretch.assumed)
    below = sqrt((1 - low) ** 2 + other)
    return max(0.0, 1 - below), 1 + sqrt((high - 1) ** 2 + other)


def carbon_of(
    stretches: Iterable[Stretch],
    factors: Factors,
    closed: frozenset[str] = frozenset(),
    unknown: tuple[str, ...] = (),
) -> Carbon:
    """All legs; one that cannot be reckoned is named in `unknown` and the others go on."""
    legs: list[LegCarbon] = []
    faults = list(unknown)
    for number, stretch in enumerate(stretches, 1):
        try:
            legs.append(leg_of(stretch, factors, closed))
        except CannotEstimateError as error:
            faults.append(f"leg {number}: {error}")
    return Carbon(
        wtw_g=_grams(one.wtw_mg for one in legs),
        low_g=_grams(one.low_mg for one in legs),
        high_g=_grams(one.high_mg for one in legs),
        distance_m=sum(one.distance_m for one in legs),
        legs=tuple(legs),
        factors=factors.label,
        source=factors.source,
        unknown=tuple(faults),
    )


def _grams(milligrams: Iterable[int]) -> int:
    return round(sum(milligrams) / _MG_PER_G)
