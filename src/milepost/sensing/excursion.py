"""Stretches in which a value was beyond its limits, and stretches in which nobody measured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

GAP_US = 1_800_000_000  # half an hour
# Loggers measure once an hour or more often; what comes more seldom says little of between.
SLOWEST_US = 3_900_000_000
# So many intervals tell what is usual.
_SOME = 1_000


class Band(NamedTuple):
    """Limits of a value, in its own unit. An excursion begins beyond a limit, and ends only
    `hysteresis` inside it; it counts once it has lasted `lasting_us`, silences left out. A silence
    is longer than `gap_us`; None: as the samples themselves make it.
    """

    low: int | None = None
    high: int | None = None
    hysteresis: int = 0
    lasting_us: int = 0
    gap_us: int | None = None


class Gap(NamedTuple):
    """Between two samples lies more time than there should."""

    from_us: int
    until_us: int


class Excursion(NamedTuple):
    """`until_us` None: still out at the last sample. `lasted_us`: what of it was measured.

    `counts_us`: when it had lasted long enough to count. `peak`: the value furthest out.
    """

    side: Literal["high", "low"]
    from_us: int
    until_us: int | None
    counts_us: int
    lasted_us: int
    peak: int
    peak_us: int
    gaps: tuple[Gap, ...]


def silence_us(times: Sequence[int]) -> int:
    """What is a silence between these samples (oldest first): more than half an hour, or than two
    and a half of the usual intervals of a logger that measures once an hour.
    """
    step = max(1, len(times) // _SOME)
    between = sorted(times[at + 1] - times[at] for at in range(0, len(times) - 1, step))
    usual = between[len(between) // 2] if len(between) > 1 else 0
    return max(GAP_US, usual * 5 // 2) if usual <= SLOWEST_US else GAP_US


def gaps(times: Sequence[int], longest_us: int | None = None) -> list[Gap]:
    """Silences between samples (oldest first) that are longer than they should be."""
    longest_us = silence_us(times) if longest_us is None else longest_us
    return [Gap(a, b) for a, b in pairwise(times) if b - a > longest_us]


def excursions(times: Sequence[int], values: Sequence[int], band: Band) -> list[Excursion]:
    """Those that count, oldest first; each side of the band for itself."""
    found: list[Excursion] = []
    if band.gap_us is None:
        band = band._replace(gap_us=silence_us(times))
    if band.high is not None:
        found += _above(times, values, band.high, band, "high")
    if band.low is not None:
        turned = [-value for value in values]
        found += [
            one._replace(peak=-one.peak) for one in _above(times, turned, -band.low, band, "low")
        ]
    return sorted(found, key=lambda one: (one.from_us, one.side))


def _above(
    times: Sequence[int],
    values: Sequence[int],
    limit: int,
    band: Band,
    side: Literal["high", "low"],
) -> list[Excursion]:
    if not values or max(values) <= limit:
        return []
    found: list[Excursion] = []
    since: int | None = None
    for index, value in enumerate(values):
        if since is None:
            if value > limit:
                since = index
        elif value <= limit - band.hysteresis:
            found += _counted(times, values, since, index, band, side, over=True)
            since = None
    if since is not None:
        found += _counted(times, values, since, len(values) - 1, band, side, over=False)
    return found


def _counted(
    times: Sequence[int],
    values: Sequence[int],
    first: int,
    last: int,
    band: Band,
    side: Literal["high", "low"],
    *,
    over: bool,
) -> list[Excursion]:
    lasted_us, counts_us = 0, times[first] if not band.lasting_us else None
    silent: list[Gap] = []
    for a, b in pairwise(times[first : last + 1]):
        if band.gap_us is not None and b - a > band.gap_us:
            silent.append(Gap(a, b))
            continue
        lasted_us += b - a
        if counts_us is None and lasted_us >= band.lasting_us:
            counts_us = b - (lasted_us - band.lasting_us)
    if counts_us is None:
        return []
    # The sample that ends it is inside; it is no part of what was out.
    out = values[first:last] if over else values[first : last + 1]
    peak = max(out)
    until_us = times[last] if over else None
    return [
        Excursion(
            side, times[first], until_us, counts_us, lasted_us, peak,
            times[first + list(out).index(peak)], tuple(silent),
        )
    ]  # fmt: skip
