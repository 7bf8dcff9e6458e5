"""Which predictor speaks for a lane: the one that was nearest there lately."""

from __future__ import annotations

from functools import lru_cache
from math import log

from milepost.eta.facts import Facts

_FADE = 0.99
_FEWEST, _PRIOR = 20.0, 30.0
_LEAST_DAYS = 0.05

_NOTHING = 0.0, 0.0

Group = tuple[str, ...]


def groups(facts: Facts) -> tuple[Group, ...]:
    """Lane groups of a tenant, from general to particular; accuracy and calibration are kept so."""
    to = facts.destination
    return _groups(
        facts.tenant, facts.carrier, facts.service,
        facts.origin.country or "", to.country or "", to.region or "",
    )  # fmt: skip


@lru_cache(maxsize=65_536)
def _groups(
    tenant: str, carrier: str, service: str, origin: str, country: str, region: str
) -> tuple[Group, ...]:
    return (
        (tenant,),
        (tenant, carrier, origin, country),
        (tenant, carrier, service, origin, country, region),
    )


class Accuracy:
    """A fading mean of |log(real / median)| by lane group and predictor."""

    def __init__(self) -> None:
        self._errors: dict[tuple[Group, str], tuple[float, float]] = {}
        # Who is nearest changes slowly; answers are kept until `settle`.
        self._nearest: dict[tuple[Group, tuple[str, ...]], str | None] = {}

    def learn(self, facts: Facts, predictor: str, median_days: float, real_days: float) -> None:
        """A road ended; `median_days` is what this predictor had said at its beginning."""
        error = abs(log(max(real_days, _LEAST_DAYS) / max(median_days, _LEAST_DAYS)))
        for group in groups(facts):
            total, weight = self._errors.get((group, predictor), _NOTHING)
            self._errors[group, predictor] = total * _FADE + error, weight * _FADE + 1

    def settle(self) -> None:
        """Let what was learned show."""
        self._nearest.clear()

    def knows(self, facts: Facts, name: str) -> bool:
        """Whether enough is known of how near this predictor was."""
        return self._errors.get((groups(facts)[0], name), _NOTHING)[1] >= _FEWEST

    def best(self, facts: Facts, names: tuple[str, ...]) -> str | None:
        """The nearest of `names` on this lane, shrunk to its tenant; None where one is unknown."""
        chain = groups(facts)
        asked = (chain[-1], names)
        if asked not in self._nearest:
            self._nearest[asked] = self._found(chain, names)
        return self._nearest[asked]

    def _found(self, chain: tuple[Group, ...], names: tuple[str, ...]) -> str | None:
        errors = [self._error(chain, name) for name in names]
        pairs = [
            (error, name) for error, name in zip(errors, names, strict=True) if error is not None
        ]
        return min(pairs)[1] if len(pairs) == len(names) else None

    def _error(self, chain: tuple[Group, ...], name: str) -> float | None:
        total, weight = self._errors.get((chain[0], name), _NOTHING)
        if weight < _FEWEST:
            return None
        error = total / weight
        for group in chain[1:]:
            total, weight = self._errors.get((group, name), _NOTHING)
            error = (total + _PRIOR * error) / (weight + _PRIOR)
        return error
