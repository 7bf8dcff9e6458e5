"""Mean kinetic temperature: the constant one that would have done goods the same harm."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log

from milepost.sensing.excursion import silence_us

ACTIVATION_KJ_MOL = 83.14472  # the usual activation energy (USP <1079.2>): ΔH/R is 10,000 K
GAS_CONSTANT = 8.314472e-3  # kJ/(mol·K), with which that is exact
ZERO_MC = 273_150


def mean_kinetic_mc(
    times: Sequence[int],
    values_mc: Sequence[int],
    activation_kj_mol: float = ACTIVATION_KJ_MOL,
    gap_us: int | None = None,
) -> int | None:
    """In thousandths of a degree Celsius; None without any value.

    Each value weighs by the time until its neighbours, silences left out. Times (µs) ascending.
    """
    if not values_mc:
        return None
    weights = _weights(times, silence_us(times) if gap_us is None else gap_us)
    ratio_k = activation_kj_mol / GAS_CONSTANT
    harm = sum(
        weight * exp(-ratio_k * 1000 / (value + ZERO_MC))
        for weight, value in zip(weights, values_mc, strict=True)
    )
    return round(1000 * ratio_k / -log(harm / sum(weights))) - ZERO_MC


def _weights(times: Sequence[int], gap_us: int) -> list[float]:
    """Half the way to each neighbour; equal weights where no two samples are neighbours."""
    halves = [(b - a) / 2 if b - a <= gap_us else 0.0 for a, b in pairwise(times)]
    weights = [before + after for before, after in zip([0.0, *halves], [*halves, 0.0], strict=True)]
    return weights if any(weights) else [1.0] * len(times)
