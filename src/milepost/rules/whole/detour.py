"""The places it was scanned at lead away from where it goes, by more than roads ever do."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.domain.alert import Finding, Policy
from milepost.domain.whole import Whole, distance_m, place_of, position_of

# Hubs lie off the straight line; below this nobody calls it a detour.
LEAST_M = 150_000
ROUGH = True
_OVER = {"delivered", "returning", "returned", "expired"}
Position = tuple[float, float]


def check(whole: Whole, now_s: int, policy: Policy) -> Finding | None:
    goal = position_of(whole.facts.destination)
    stops = _stops(whole)
    if goal is None or not stops or whole.shipment.main in _OVER:
        return None
    start = position_of(whole.facts.origin) or stops[0][1]
    direct_m = distance_m(start, goal)
    allowed_m = max(LEAST_M, direct_m * policy.detour_pm / 1000)
    for at_s, excess_m in _excesses(start, goal, stops, direct_m):
        if excess_m > allowed_m:
            last_m = round(_excesses(start, goal, stops, direct_m)[-1][1])
            return Finding("detour", "warning", at_s, {"excess_km": last_m // 1000})
    return None


def _stops(whole: Whole) -> list[tuple[int, Position]]:
    """(second, position) of every scan that has one."""
    found = ((event.at_us // 1_000_000, position_of(place_of(event))) for event in whole.events)
    return [(at_s, position) for at_s, position in found if position is not None]


def _excesses(
    start: Position, goal: Position, stops: Sequence[tuple[int, Position]], direct_m: float
) -> list[tuple[int, float]]:
    """After each stop: how much longer the road has become than the direct one, in metres."""
    travelled_m, here, found = 0.0, start, []
    for at_s, stop in stops:
        travelled_m += distance_m(here, stop)
        here = stop
        found.append((at_s, travelled_m + distance_m(here, goal) - direct_m))
    return found


def due(whole: Whole, policy: Policy) -> int | None:
    return None
