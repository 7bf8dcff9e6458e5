"""The carrier's promise as a predictor: how much of the promised time its roads really take."""

from __future__ import annotations

from milepost.eta.facts import DAY_US, Facts, Road
from milepost.eta.ports import Forecast, Situation
from milepost.eta.survival import HazardTable, Key

# Ratios are kept as days of a promise of ten, where the table's steps are finest.
_UNIT_DAYS = 10.0
_FEWEST = 20.0
_SIGMA, _MIDDLE_SHARE = 0.3, 0.9


class PromisePredictor:
    """Speaks while there is a promise in the future of the stage."""

    name = "promise"

    def __init__(self, *, half_life_days: float = 60.0) -> None:
        self._table = HazardTable(half_life_days=half_life_days, prior=20.0)

    def learn(self, road: Road) -> None:
        """A road was delivered: the share of the promised time that it took."""
        promised = _promised_days(road.facts)
        if road.delivered_us is None or promised is None:
            return
        took = (road.delivered_us - road.facts.created_us) / DAY_US
        known = road.delivered_us / DAY_US
        self._table.learn(_keys(road.facts), took / promised * _UNIT_DAYS, known)

    def settle(self, now_us: int) -> None:
        """Let what was learned show."""
        self._table.settle(now_us / DAY_US)

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        """Quantiles of the ratio for what is not delivered yet; without history, the promise."""
        promised = _promised_days(facts)
        if promised is None:
            return None
        since = situation.since_created
        beyond = max(since + situation.silent, 0.0)
        keys = _keys(facts)
        curve, of_all = self._table.curve(keys), self._table.curve(keys[:1])
        if curve is None or of_all is None or of_all.evidence < _FEWEST:
            told = Forecast.lognormal(
                promised * _MIDDLE_SHARE, _SIGMA, beyond, guess=True, reason="by the promise alone"
            )
        else:
            told = Forecast.of_curve(
                curve, beyond, guess=False, reason="as the carrier keeps its promises",
                scale=promised / _UNIT_DAYS,
                # A carrier with few roads speaks with the voice of all, to which it is shrunk.
                evidence=of_all.evidence,
            )  # fmt: skip
        return _from_stage(told, since)


def _from_stage(told: Forecast, since: float) -> Forecast:
    """Days from creation to days from the beginning of the stage."""
    if not since:
        return told
    return Forecast(
        told.p10 - since, told.p50 - since, told.p90 - since, told.guess, told.reason, told.evidence
    )


def _promised_days(facts: Facts) -> float | None:
    if facts.promised_us is None:
        return None
    days = (facts.promised_us - facts.created_us) / DAY_US
    return days if days > 0 else None


def _keys(facts: Facts) -> tuple[Key, ...]:
    return ("promise",), ("promise", facts.carrier), ("promise", facts.carrier, facts.service)
