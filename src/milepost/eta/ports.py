"""What a predictor is: given facts and the situation, the days that remain."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from statistics import NormalDist
from typing import Protocol, TypeGuard

from msgspec import Struct

from milepost.eta.facts import Facts
from milepost.eta.survival import Curve

SHARES = (0.1, 0.5, 0.9)
_HAZARDS = tuple(-log(1 - share) for share in SHARES)
_NORMAL = NormalDist()
_LONGEST_DAYS = 365.0
# What has outlasted nearly all that is known is no longer like them.
_FEWEST_AS_LONG = 3.0


class Situation(Struct, frozen=True):
    """Where a shipment stands: its stage, and how many days its creation lies before the stage.

    `silent` is days from the beginning of the stage until now; the window lies after it. `trail`:
    the newest scans, oldest first, each with its main status and days since the creation.
    """

    stage: str
    since_created: float
    silent: float
    trail: tuple[tuple[str, float], ...] = ()

    @property
    def scanned(self) -> float:
        """Days from the beginning of the stage to the newest scan."""
        return self.trail[-1][1] - self.since_created if self.trail else 0.0


class Forecast(Struct, frozen=True):
    """Days from the beginning of the stage: 10, 50 and 90 %, all later than now.

    `curve` gives odds for other instants: a survival curve, or None for one through the three.
    `scale` is what the curve's days are multiplied with.
    """

    p10: float
    p50: float
    p90: float
    guess: bool
    reason: str
    evidence: float = 0.0
    curve: Curve | None = None
    scale: float = 1.0

    @classmethod
    def of_curve(
        cls, curve: Curve, beyond: float, *, guess: bool, reason: str, scale: float = 1.0,
        evidence: float | None = None,
    ) -> Forecast:  # fmt: skip
        """The three quantiles of a survival curve for what has lasted `beyond` days. `evidence`:
        how many roads stand behind it, where these are not the curve's own.
        """
        limit, lasted = beyond + _LONGEST_DAYS, beyond / scale
        behind = curve.at(lasted) if lasted > 0 else 0.0
        low, middle, high = [min(curve.passing(behind + more) * scale, limit) for more in _HAZARDS]
        known = _known(curve.evidence if evidence is None else evidence, behind)
        return cls(low, middle, high, guess, reason, known, curve, scale)

    @staticmethod
    def middle_of(curve: Curve, beyond: float, evidence: float) -> tuple[float, float]:
        """Of `of_curve` the median and the evidence alone."""
        behind = curve.at(beyond) if beyond > 0 else 0.0
        middle = min(curve.passing(behind + _HAZARDS[1]), beyond + _LONGEST_DAYS)
        return middle, _known(evidence, behind)

    @classmethod
    def lognormal(
        cls, middle: float, sigma: float, beyond: float, *, guess: bool, reason: str
    ) -> Forecast:
        """A log-normal with this median, for what has lasted `beyond` days."""
        passed = _NORMAL.cdf(log(beyond / middle) / sigma) if beyond > 0 else 0.0
        # What has outlasted everything expected goes on for about as long as it has lasted.
        if passed > 0.995:
            found = [beyond * (1 + share) for share in SHARES]
        else:
            found = [
                middle * exp(sigma * _NORMAL.inv_cdf(passed + share * (1 - passed)))
                for share in SHARES
            ]
        low, middle_, high = (min(value, beyond + _LONGEST_DAYS) for value in found)
        return cls(low, middle_, high, guess, reason)

    def odds_after(self, days: float, beyond: float) -> float:
        """The odds of arriving later than `days`, having lasted `beyond` days."""
        if days <= beyond:
            return 1.0
        if self.curve is not None:
            scaled = self.curve.at(days / self.scale) - self.curve.at(beyond / self.scale)
            return exp(-scaled)
        return _odds_between(self, days)


def _known(roads: float, behind: float) -> float:
    """How many roads speak for what has come so far."""
    lasted_as_long = roads * exp(-behind)
    return roads if lasted_as_long >= _FEWEST_AS_LONG else lasted_as_long


def _odds_between(forecast: Forecast, days: float) -> float:
    """Log-normal through the median and the nearer tail."""
    middle = max(forecast.p50, 1e-3)
    tail = forecast.p90 if days > middle else forecast.p10
    sigma = max(abs(log(max(tail, 1e-3) / middle)) / 1.2816, 0.02)
    return 1 - _NORMAL.cdf(log(max(days, 1e-3) / middle) / sigma)


class Predictor(Protocol):
    """One way to tell when it comes. `name` is what windows and scoreboards call it."""

    name: str

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        """The days that remain, or None where this predictor has nothing to say."""
        ...


class ManyPredictor(Predictor, Protocol):
    """One that answers for many at a fraction of the cost for each."""

    def forecast_many(
        self, facts: Sequence[Facts], situations: Sequence[Situation]
    ) -> list[Forecast | None]:
        """As `forecast`, in the order given."""
        ...


def answers_many(one: Predictor) -> TypeGuard[ManyPredictor]:
    """Whether it does. To ask the type of a protocol would cost more than a forecast."""
    return hasattr(one, "forecast_many")
