"""Gradient-boosted quantiles beside the lane table: how a shipment differs from its lane's median.

The trees learn log(days / table's median), so that they stay right when the level moves: the table
follows the level daily, the trees say what is special about this shipment.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import TYPE_CHECKING, Any

from milepost.eta.facts import Facts
from milepost.eta.features import Vocabulary, row
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import SHARES, Forecast, Situation
from milepost.eta.stages import CREATED

if TYPE_CHECKING:
    import lightgbm

_REASON = "by what is special about this shipment on its lane"
_Z90 = 1.2816


class BoostedPredictor:
    """Speaks for shipments that have not been scanned yet and whose lane the table knows."""

    name = "boosted"

    def __init__(self, models: dict[str, str], vocabulary: Vocabulary, lanes: LaneTable) -> None:
        """`models`: LightGBM's text by share (`0.1`, `0.5`, `0.9`). Needs the `foresight` extra."""
        import lightgbm as found

        self._models: list[lightgbm.Booster] = [
            found.Booster(model_str=models[str(share)]) for share in SHARES
        ]
        self._vocabulary, self._lanes = vocabulary, lanes

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        """For one shipment; for many `forecast_many` is several times cheaper each."""
        return self.forecast_many([facts], [situation])[0]

    def forecast_many(
        self, facts: Sequence[Facts], situations: Sequence[Situation]
    ) -> list[Forecast | None]:
        """In the order given; None for those that another predictor must answer for."""
        import numpy as np

        asked: list[tuple[int, Forecast]] = []
        for index, (one, where) in enumerate(zip(facts, situations, strict=True)):
            normal = self._normal(one, where)
            if normal is not None:
                asked.append((index, normal))
        answer: list[Forecast | None] = [None] * len(facts)
        if not asked:
            return answer
        matrix = np.array([row(facts[i], self._vocabulary) for i, _ in asked])
        columns: list[Any] = [model.predict(matrix, num_threads=1) for model in self._models]
        for position, (index, normal) in enumerate(asked):
            logs = [float(column[position]) for column in columns]
            answer[index] = _forecast(logs, normal, situations[index].silent)
        return answer

    def _normal(self, facts: Facts, where: Situation) -> Forecast | None:
        if where.stage != CREATED:
            return None
        return self._lanes.forecast(facts, Situation(CREATED, 0.0, 0.0))


def _forecast(logs: list[float], normal: Forecast, silent: float) -> Forecast:
    low, middle, high = sorted(normal.p50 * exp(value) for value in logs)
    if silent <= low / 2:
        return Forecast(low, middle, high, False, _REASON, normal.evidence)
    sigma = max(log(max(high, 1e-3) / max(middle, 1e-3)) / _Z90, 0.05)
    told = Forecast.lognormal(max(middle, 1e-3), sigma, silent, guess=False, reason=_REASON)
    return Forecast(told.p10, told.p50, told.p90, False, _REASON, normal.evidence)
