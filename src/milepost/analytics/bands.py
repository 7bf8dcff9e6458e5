"""Intervals that say how sure a figure of so many shipments is. 95 % throughout. Pure."""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, sqrt

Z = 1.959963984540054
# Fewer than that say little: such figures are shown, and marked.
FEW = 30
_EXACT = 1_000


def wilson(count: float, of: float) -> tuple[float, float]:
    """The interval of a share (Wilson 1927); 0 to 1 where there is nothing."""
    if of <= 0:
        return 0.0, 1.0
    share, z2 = count / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@lru_cache(maxsize=16_384)
def ranks(of: int, quantile: float) -> tuple[int | None, int | None]:
    """Which of `of` ordered values bound a quantile; None where none is far enough out.

    From the binomial distribution of how many values lie below the quantile: no assumption on how
    they are spread.
    """
    if of <= 0:
        return None, None
    low, high = _exact(of, quantile) if of <= _EXACT else _near(of, quantile)
    return (low if low >= 1 else None), (high if high <= of else None)


def _near(of: int, quantile: float) -> tuple[int, int]:
    middle, half = of * quantile, Z * sqrt(of * quantile * (1 - quantile))
    return int(middle - half), int(middle + half) + 2


def _exact(of: int, quantile: float) -> tuple[int, int]:
    """Ranks outside of which the quantile lies with 2.5 % at most at either end."""
    below, low, high = 0.0, 0, of + 1
    for count in range(of + 1):
        below += _binomial(count, of, quantile)
        if below <= 0.025:
            low = count + 1
        if below >= 0.975:
            high = count + 1
            break
    return low, high


def _binomial(count: int, of: int, share: float) -> float:
    ways = lgamma(of + 1) - lgamma(count + 1) - lgamma(of - count + 1)
    return exp(ways + count * log(share) + (of - count) * log(1 - share))
