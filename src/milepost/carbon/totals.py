"""Sums over shipments: by tenant and month, by mode; and points for choosing the lighter way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from milepost.carbon.model import Carbon

# A point for so many grams less than the heaviest choice, and so many points at most.
_GRAMS_A_POINT = 100
_MOST_POINTS = 100


class Emitted(Struct, frozen=True, kw_only=True):
    """A shipment's carbon, with whose it is and when it ended ("2026-11")."""

    tenant: int
    month: str
    carbon: Carbon


class MonthTotal(Struct, frozen=True, kw_only=True):
    """A tenant's month. `incomplete`: shipments of which a leg could not be reckoned."""

    tenant: int
    month: str
    shipments: int
    incomplete: int
    wtw_g: int
    low_g: int
    high_g: int
    by_mode_g: dict[str, int]
    factors: tuple[str, ...]


def totals(emitted: Iterable[Emitted]) -> list[MonthTotal]:
    """By tenant and month, in their order. Bounds are added: errors of one set go one way."""
    groups: dict[tuple[int, str], list[Carbon]] = defaultdict(list)
    for one in emitted:
        groups[one.tenant, one.month].append(one.carbon)
    return [_total(*key, found) for key, found in sorted(groups.items())]


def _total(tenant: int, month: str, found: list[Carbon]) -> MonthTotal:
    modes: dict[str, int] = defaultdict(int)
    for leg in (leg for one in found for leg in one.legs):
        modes[leg.mode] += leg.wtw_mg
    return MonthTotal(
        tenant=tenant,
        month=month,
        shipments=len(found),
        incomplete=sum(bool(one.unknown) for one in found),
        wtw_g=sum(one.wtw_g for one in found),
        low_g=sum(one.low_g for one in found),
        high_g=sum(one.high_g for one in found),
        by_mode_g={mode: round(mg / 1000) for mode, mg in sorted(modes.items())},
        factors=tuple(sorted({one.factors for one in found})),
    )


def points(chosen_g: int, offered_g: Iterable[int]) -> int:
    """Points for a choice: one for every 100 g less than the heaviest that was offered."""
    heaviest = max(offered_g, default=chosen_g)
    return min(_MOST_POINTS, max(0, heaviest - chosen_g) // _GRAMS_A_POINT)
