"""A truck's track becomes arrivals at facilities and departures from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from milepost.sensing.geodesy import Point, distance_m

# Faster is no lorry, but a jump of the receiver (70 m/s are 252 km/h).
FASTEST_M_S = 70.0
# Jumps that agree with each other for so long are where it is: the fix before was wrong.
BELIEVED_AFTER = 3


class Fix(NamedTuple):
    """A position at a time (µs since 1970)."""

    at_us: int
    point: Point


class Fence(NamedTuple):
    """A place. It is entered within `enter_m` and left beyond `exit_m`, which is further out, so
    that a truck at the edge does not come and go; a stay shorter than `stay_s` is a passing by.
    """

    name: str
    centre: Point
    enter_m: int = 200
    exit_m: int = 300
    stay_s: int = 180


class Visit(NamedTuple):
    """`departed_us` None: it was still there at its last position, `seen_us`."""

    fence: str
    arrived_us: int
    departed_us: int | None
    seen_us: int

    @property
    def dwell_s(self) -> int:
        return ((self.departed_us or self.seen_us) - self.arrived_us) // 1_000_000


def without_jumps(track: Iterable[Fix]) -> list[Fix]:
    """The track without what no truck can have driven. Oldest first."""
    kept: list[Fix] = []
    doubted: list[Fix] = []
    for fix in track:
        if not kept or _can(kept[-1], fix):
            kept.append(fix)
            doubted.clear()
        elif doubted and not _can(doubted[-1], fix):
            doubted = [fix]
        else:
            doubted.append(fix)
            if len(doubted) >= BELIEVED_AFTER:
                kept += doubted
                doubted.clear()
    return kept


def visits(track: Sequence[Fix], fences: Sequence[Fence]) -> list[Visit]:
    """Stays at each place, by arrival. The track may hold jumps; oldest first."""
    clean = without_jumps(track)
    found = [visit for fence in fences for visit in _stays(clean, fence)]
    return sorted(found, key=lambda one: (one.arrived_us, one.fence))


def _can(a: Fix, b: Fix) -> bool:
    # Half a second of grace: receivers round their times.
    seconds = (b.at_us - a.at_us) / 1e6 + 0.5
    return distance_m(a.point, b.point) <= FASTEST_M_S * seconds + 100


def _stays(track: Sequence[Fix], fence: Fence) -> list[Visit]:
    found: list[Visit] = []
    inside: Visit | None = None
    for fix in track:
        away_m = distance_m(fix.point, fence.centre)
        if inside is None:
            if away_m <= fence.enter_m:
                inside = Visit(fence.name, fix.at_us, None, fix.at_us)
        elif away_m > fence.exit_m:
            found.append(inside._replace(departed_us=fix.at_us))
            inside = None
        else:
            inside = inside._replace(seen_us=fix.at_us)
    if inside is not None:
        found.append(inside)
    # How long it was seen there counts: one fix and a silence of hours is no stay.
    return [one for one in found if one.seen_us - one.arrived_us >= fence.stay_s * 1_000_000]
