"""What trained models after a scan have in common: they say how the rest of a road differs from
what the table of lanes gives it from its newest scan on.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import NamedTuple

from milepost.eta.facts import Facts
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Forecast, Situation
from milepost.eta.stages import CREATED

_Z90 = 1.2816
LEAST_DAYS, _LEAST_SIGMA = 1e-3, 0.05


class Normal(NamedTuple):
    """The table's median of the rest, in days from the newest scan on, and its evidence."""

    p50: float
    evidence: float


def normal_of(lanes: LaneTable, facts: Facts, where: Situation) -> Normal | None:
    """The table's words as of the newest scan; None where it does not know."""
    if where.stage == CREATED or not where.trail:
        return None
    past = max(where.scanned, 0.0)
    told = lanes.middle(facts, where.stage, past)
    return None if told is None else Normal(max(told[0] - past, LEAST_DAYS), told[1])


def from_normal(
    logs: Sequence[float], normal: Normal, where: Situation, reason: str
) -> Forecast:  # fmt: skip
    """Log quantiles by the table's median as a forecast from the beginning of the stage, for what
    has been silent since the newest scan.
    """
    past = max(where.scanned, 0.0)
    low, middle, high = sorted([max(normal.p50 * exp(value), LEAST_DAYS) for value in logs])
    silent = max(where.silent - past, 0.0)
    if silent > low / 2:
        sigma = max(log(high / middle) / _Z90, _LEAST_SIGMA)
        told = Forecast.lognormal(middle, sigma, silent, guess=False, reason=reason)
        low, middle, high = told.p10, told.p50, told.p90
    return Forecast(past + low, past + middle, past + high, False, reason, normal.evidence)
