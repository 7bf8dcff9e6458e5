"""What a carrier charges: zones, weight steps, volume, surcharges. Money in minor units (cents)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Protocol

from msgspec import Meta, Struct

from milepost.carbon.model import Mode

_G_PER_KG = 1000

Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
Areas = Annotated[tuple[Word, ...], Meta(max_length=2000)]
Minor = Annotated[int, Meta(ge=0, le=10**12)]
Grams = Annotated[int, Meta(ge=1, le=10**9)]


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to so many grams the whole parcel costs so much. `per_kg_minor`: what each further
    kilogram begun costs beyond the step before; the last step of a zone may have it.
    """

    up_to_g: Grams
    price_minor: Minor
    per_kg_minor: Minor = 0


class Zone(Struct, frozen=True, forbid_unknown_fields=True):
    """Where steps hold. Areas: "*", a country "US", a region "US-CA" or the beginning of a postal
    code "US-900"; the longest that fits wins.
    """

    name: Word
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=500)]
    origins: Areas = ("*",)
    destinations: Areas = ("*",)


class Surcharge(Struct, frozen=True, forbid_unknown_fields=True):
    """`percent_pm` of the price by weight (125 is 12.5 %), a fixed sum, a sum per kilogram begun.

    `destinations`: only there (remote areas, say). `category`: only for goods of that kind.
    """

    name: Word
    percent_pm: Annotated[int, Meta(ge=0, le=10_000)] = 0
    fixed_minor: Minor = 0
    per_kg_minor: Minor = 0
    destinations: Areas = ("*",)
    category: Word | None = None


class Tariff(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A carrier's service. `divisor_cm3_per_kg`: 5000 or 6000, None where volume is free."""

    carrier: Word
    service: Word
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    zones: Annotated[tuple[Zone, ...], Meta(min_length=1, max_length=500)]
    mode: Mode = "road"
    divisor_cm3_per_kg: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    surcharges: Annotated[tuple[Surcharge, ...], Meta(max_length=100)] = ()


class End(Struct, frozen=True, kw_only=True):
    """One end of an order: `keys` are the areas it lies in, "US", "US-CA", "US-90012"."""

    keys: tuple[str, ...]


class Price(Struct, frozen=True, kw_only=True):
    """`charged_g`: weight or volume weight, whichever is more."""

    total_minor: int
    currency: str
    zone: str
    charged_g: int
    base_minor: int
    surcharges_minor: dict[str, int]


class Tariffs(Protocol):
    """Where tariffs are kept, by tenant."""

    async def tariffs(self, tenant: int) -> list[Tariff]: ...

    async def replace(self, tenant: int, tariffs: Sequence[Tariff], now_us: int) -> None: ...


def price_of(
    tariff: Tariff,
    origin: End,
    destination: End,
    weight_g: int,
    volume_cm3: int | None = None,
    category: str | None = None,
) -> Price | None:
    """None where the tariff does not serve the lane or the weight."""
    charged = charged_g(tariff, weight_g, volume_cm3)
    zone = _zone(tariff, origin, destination)
    base = _base(zone, charged) if zone is not None else None
    if zone is None or base is None:
        return None
    added = {
        one.name: _added(one, base, charged)
        for one in tariff.surcharges
        if one.category in (None, category) and _fit(one.destinations, destination) >= 0
    }
    return Price(
        total_minor=base + sum(added.values()),
        currency=tariff.currency,
        zone=zone.name,
        charged_g=charged,
        base_minor=base,
        surcharges_minor=added,
    )


def charged_g(tariff: Tariff, weight_g: int, volume_cm3: int | None) -> int:
    """Weight, or volume weight where that is more."""
    if not volume_cm3 or tariff.divisor_cm3_per_kg is None:
        return weight_g
    return max(weight_g, -(-volume_cm3 * _G_PER_KG // tariff.divisor_cm3_per_kg))


def _zone(tariff: Tariff, origin: End, destination: End) -> Zone | None:
    fits = [
        (_fit(zone.destinations, destination), _fit(zone.origins, origin), -at, zone)
        for at, zone in enumerate(tariff.zones)
    ]
    fits = [one for one in fits if one[0] >= 0 and one[1] >= 0]
    return max(fits, key=lambda one: one[:3])[3] if fits else None


def _fit(areas: Sequence[str], end: End) -> int:
    """How exactly one of the areas holds the end: characters that agree, -1 where none does."""
    best = -1
    for area in areas:
        if area == "*":
            best = max(best, 0)
        elif any(_holds(area, key) for key in end.keys):
            best = max(best, len(area))
    return best


def _holds(area: str, key: str) -> bool:
    """ "US" and "US-CA" mean themselves; "US-900" every postal code that begins so."""
    if area == key:
        return True
    return "-" in area and area[-1].isdigit() and key.startswith(area)


def _base(zone: Zone, charged: int) -> int | None:
    """The first step that holds the weight; beyond the last one by the kilogram, if it says so."""
    steps = sorted(zone.steps, key=lambda one: one.up_to_g)
    before = 0
    for step in steps:
        if charged <= step.up_to_g:
            more = _kilograms(charged - before) if step.per_kg_minor else 0
            return step.price_minor + more * step.per_kg_minor
        before = step.up_to_g
    return None


def _kilograms(grams: int) -> int:
    """Kilograms begun."""
    return -(-grams // _G_PER_KG)


def _added(one: Surcharge, base: int, charged: int) -> int:
    by_share = (base * one.percent_pm + 500) // 1000
    return by_share + one.fixed_minor + one.per_kg_minor * _kilograms(charged)
