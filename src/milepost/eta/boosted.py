"""Gradient-boosted quantiles beside the lane table: how a shipment differs from its lane's median.

The trees learn log(days / table's median), so that they stay right when the level moves: the table
follows the level daily, the trees say what is special about this shipment.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from milepost.eta.facts import Facts
from milepost.eta.features import Vocabulary, row, scanned_row
from milepost.eta.forest import Forest
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Forecast, Situation
from milepost.eta.stages import CREATED
from milepost.eta.underway import from_normal, normal_of

_REASON = "by what is special about this shipment on its lane"
_SCANNED_REASON = "by what is special about this shipment and its scans so far"
_Z90 = 1.2816

Pairs = Sequence[tuple[Facts, Situation]]


class BoostedPredictor:
    """Speaks for shipments whose lane the table knows: for those that have not been scanned yet
    with `models`, for the others with `scanned`; None where it has none for them.
    """

    name = "boosted"

    def __init__(
        self, models: bytes | None, vocabulary: Vocabulary, lanes: LaneTable,
        scanned: bytes | None = None,
    ) -> None:  # fmt: skip
        """Both are graphs, see `forest`. Needs the `foresight` extra."""
        self._models = None if models is None else Forest(models)
        self._scanned = None if scanned is None else Forest(scanned)
        self._vocabulary, self._lanes = vocabulary, lanes

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        """For one shipment; for many `forecast_many` is several times cheaper each."""
        return self.forecast_many([facts], [situation])[0]

    def forecast_many(
        self, facts: Sequence[Facts], situations: Sequence[Situation]
    ) -> list[Forecast | None]:
        """In the order given; None for those that another predictor must answer for."""
        pairs = list(zip(facts, situations, strict=True))
        answer: list[Forecast | None] = [None] * len(pairs)
        begun = [index for index, (_, where) in enumerate(pairs) if where.stage == CREATED]
        scanned = [index for index, (_, where) in enumerate(pairs) if where.stage != CREATED]
        self._fill(answer, pairs, begun)
        self._fill_scanned(answer, pairs, scanned)
        return answer

    def _fill(self, answer: list[Forecast | None], pairs: Pairs, asked: list[int]) -> None:
        if self._models is None:
            return
        known = [
            (index, *one) for index in asked
            if (one := self._lanes.middle(pairs[index][0], CREATED, 0.0)) is not None
        ]  # fmt: skip
        said = self._models.said([row(pairs[index][0], self._vocabulary) for index, *_ in known])
        for (index, normal, evidence), logs in zip(known, said, strict=True):
            answer[index] = _forecast(logs, normal, evidence, pairs[index][1].silent)

    def _fill_scanned(self, answer: list[Forecast | None], pairs: Pairs, asked: list[int]) -> None:
        if self._scanned is None:
            return
        known = [
            (index, one) for index in asked
            if (one := normal_of(self._lanes, *pairs[index])) is not None
        ]  # fmt: skip
        said = self._scanned.said(
            [scanned_row(*pairs[index], self._vocabulary) for index, _ in known]
        )
        for (index, normal), logs in zip(known, said, strict=True):
            answer[index] = from_normal(logs, normal, pairs[index][1], _SCANNED_REASON)


def _forecast(logs: list[float], normal: float, evidence: float, silent: float) -> Forecast:
    low, middle, high = sorted([normal * exp(value) for value in logs])
    if silent <= low / 2:
        return Forecast(low, middle, high, False, _REASON, evidence)
    sigma = max(log(max(high, 1e-3) / max(middle, 1e-3)) / _Z90, 0.05)
    told = Forecast.lognormal(max(middle, 1e-3), sigma, silent, guess=False, reason=_REASON)
    return Forecast(told.p10, told.p50, told.p90, False, _REASON, evidence)
