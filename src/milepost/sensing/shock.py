"""Falls and impacts in bursts of an accelerometer.

What rests or rides shows 1 g; what falls freely shows next to none, whatever its attitude; what
lands shows far more than 1 g for some milliseconds. A throw or drop is a fall that ends in an
impact. Bounces that follow are part of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import pi, sqrt
from typing import NamedTuple

G_M_S2 = 9.80665
# In free fall only the tumbling shows: 0.5 g is 7 turns a second, an inch from the axis.
FALLING_MG = 500
# 0.15 s of fall are 11 cm: less is a step in handling, and no corner is damaged by it.
SHORTEST_FALL_US = 150_000
# Nothing falls for eleven metres: a sensor that shows no weight for longer does not measure it.
LONGEST_FALL_US = 1_500_000
# Landing shows within a few samples of the end of the fall, as nearly twice the weight at least:
# what sensors of 2 g show of it ends a little below that.
IMPACT_MG = 1_800
LANDING_US = 120_000
# Ringing of a tumbling sensor may interrupt a fall for so long.
INTERRUPTION_US = 30_000
# Noise of fast sensors is weightless for moments, again and again; a fall is so nearly always.
MOSTLY = 0.7
# Slow sensors take 20 samples a second; samples further apart have a pause between them.
APART_US = 60_000
# Nobody picks a box up and throws it again within half a second of its landing.
BOUNCING_US = 500_000
# Falls of two and a half metres, and what they bounce: how far around a burst one has to look.
AROUND_US = 1_500_000
# Packed goods are stopped in 20 ms at the most (half sine): what a slow or saturated sensor misses.
STOPPING_S = 0.020


class Shock(NamedTuple):
    """`kind`: `drop` (a fall with an impact) or `impact`. Times of the impact, in µs since 1970.

    `peak_mg`: measured beyond rest, as far as the sensor reaches. `shock_mg`: the same, or what
    the fall's speed makes of it if that is more. `fall_us`, `height_mm`: 0 for a bare impact.
    """

    kind: str
    at_us: int
    peak_mg: int
    shock_mg: int
    fall_us: int = 0
    height_mm: int = 0


class Burst(NamedTuple):
    """Acceleration with gravity in thousandths of g, along three axes."""

    times: Sequence[int]
    x: Sequence[int]
    y: Sequence[int]
    z: Sequence[int]


NOTHING = Burst((), (), (), ())


def with_gravity(x: float, y: float, z: float) -> tuple[int, int, int]:
    """What a sensor that takes gravity out would show with it, as far as its strength goes: rest
    is 1 g and falling is none. Nobody knows the direction any more.
    """
    moved = sqrt(x * x + y * y + z * z)
    felt = abs(moved - 1000)
    if not moved:
        return 0, 0, 1000
    return round(x * felt / moved), round(y * felt / moved), round(z * felt / moved)


def magnitudes(burst: Burst) -> list[float]:
    """What is felt, whatever the attitude."""
    return [sqrt(x * x + y * y + z * z) for x, y, z in zip(burst.x, burst.y, burst.z, strict=True)]


def shocks(burst: Burst, impact_mg: int = 8_000) -> list[Shock]:
    """Drops, and impacts without a fall that are `impact_mg` beyond rest; oldest first."""
    felt = magnitudes(burst)
    drops = _drops(burst.times, felt)
    busy = [(one.at_us - one.fall_us, one.at_us + BOUNCING_US) for one in drops]
    bare = [
        one
        for one in _impacts(burst.times, felt, impact_mg)
        if not any(begin <= one.at_us <= end for begin, end in busy)
    ]
    return sorted([*drops, *bare], key=lambda one: one.at_us)


def joined_shocks(before: Burst, burst: Burst, after: Burst, impact_mg: int = 8_000) -> list[Shock]:
    """What a burst shows that was not to be seen without it, beside the stretches just before and
    after it. A throw may begin in one burst and land in the next, and a bounce seen alone looks
    like a throw.
    """
    known = [one for part in (before, after) for one in shocks(part, impact_mg)]
    whole = Burst(*((*a, *b, *c) for a, b, c in zip(before, burst, after, strict=True)))
    return [
        one for one in shocks(whole, impact_mg) if not any(_same(one, other) for other in known)
    ]


def stretch(burst: Burst, from_us: int, until_us: int) -> Burst:
    """The part of a burst between two instants."""
    first, last = bisect_left(burst.times, from_us), bisect_right(burst.times, until_us)
    return Burst(*(axis[first:last] for axis in burst))


def _same(one: Shock, other: Shock) -> bool:
    """Whether two findings are of one fall, its landing and bounces included."""
    return (
        one.at_us - one.fall_us <= other.at_us + BOUNCING_US
        and other.at_us - other.fall_us <= one.at_us + BOUNCING_US
    )


def height_mm(fall_us: int) -> int:
    """How deep it fell in that time."""
    return round(G_M_S2 * (fall_us / 1e6) ** 2 / 2 * 1000)


def landing_mg(fall_us: int) -> int:
    """The least peak with which packed goods are stopped after such a fall."""
    speed_m_s = G_M_S2 * fall_us / 1e6
    return round(pi * speed_m_s / (2 * STOPPING_S) / G_M_S2 * 1000)


def _drops(times: Sequence[int], felt: Sequence[float]) -> list[Shock]:
    found: list[Shock] = []
    settled_us = -1
    for begin, end in _falls(times, felt):
        impact = _landing(times, felt, end)
        if impact is None:
            continue
        if times[begin] <= settled_us:  # a bounce of the one before
            settled_us = times[impact] + BOUNCING_US
            continue
        settled_us = times[impact] + BOUNCING_US
        fall_us = times[end] - times[begin]
        peak = round(felt[impact]) - 1000
        shock = max(peak, landing_mg(fall_us))
        found.append(Shock("drop", times[impact], peak, shock, fall_us, height_mm(fall_us)))
    return found


def _falls(times: Sequence[int], felt: Sequence[float]) -> list[tuple[int, int]]:
    """(first, last) sample of every fall that is long enough."""
    runs: list[tuple[int, int, int]] = []  # with how many of its samples show the fall
    for index, value in enumerate(felt):
        if value >= FALLING_MG:
            continue
        if runs and _goes_on(times, runs[-1][1], index):
            runs[-1] = (runs[-1][0], index, runs[-1][2] + 1)
        else:
            runs.append((index, index, 1))
    return [
        (a, b) for a, b, weightless in runs
        if SHORTEST_FALL_US <= times[b] - times[a] <= LONGEST_FALL_US
        and weightless >= MOSTLY * (b - a + 1)
    ]  # fmt: skip


def _goes_on(times: Sequence[int], last: int, index: int) -> bool:
    # Samples have to be there: a pause in the recording is no fall.
    if index == last + 1:
        return times[index] - times[last] <= APART_US
    return times[index] - times[last] <= INTERRUPTION_US


def _landing(times: Sequence[int], felt: Sequence[float], end: int) -> int | None:
    """The sample with the peak just after a fall, if it is an impact."""
    after = end + 1
    while after < len(times) and times[after] - times[end] <= LANDING_US:
        after += 1
    window = felt[end + 1 : after]
    peak = max(window, default=0.0)
    return end + 1 + list(window).index(peak) if peak >= IMPACT_MG else None


def _impacts(times: Sequence[int], felt: Sequence[float], impact_mg: int) -> list[Shock]:
    """Peaks beyond rest, one for each half second."""
    found: list[Shock] = []
    for at_us, value in zip(times, felt, strict=True):
        beyond = round(value) - 1000
        if beyond < impact_mg:
            continue
        if found and at_us - found[-1].at_us <= BOUNCING_US:
            if beyond > found[-1].peak_mg:
                found[-1] = found[-1]._replace(peak_mg=beyond, shock_mg=beyond)
            continue
        found.append(Shock("impact", at_us, beyond, beyond))
    return found
