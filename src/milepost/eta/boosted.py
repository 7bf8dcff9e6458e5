"""Gradient-boosted quantiles beside the lane table: how a shipment differs from its lane's median.

The trees learn log(days / table's median), so that they stay right when the level moves: the table
follows the level daily, the trees say what is special about this shipment.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import TYPE_CHECKING, Any

from milepost.eta.facts import Facts
from milepost.eta.features import Vocabulary, row, scanned_row
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import SHARES, Forecast, Situation
from milepost.eta.stages import CREATED
from milepost.eta.underway import from_normal, normal_of

if TYPE_CHECKING:
    import lightgbm

_REASON = "by what is special about this shipment on its lane"
_SCANNED_REASON = "by what is special about this shipment and its scans so far"
_Z90 = 1.2816


class BoostedPredictor:
    """Speaks for shipments whose lane the table knows: for those that have not been scanned yet
    with `models`, for the others with `scanned`; None where it has none for them.
    """

    name = "boosted"

    def __init__(
        self, models: dict[str, str], vocabulary: Vocabulary, lanes: LaneTable,
        scanned: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Both are LightGBM's text by share (`0.1`, `0.5`, `0.9`). Needs the `foresight` extra."""
        self._models, self._scanned = _boosters(models), _boosters(scanned or {})
        self._vocabulary, self._lanes = vocabulary, lanes

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        """For one shipment; for many `forecast_many` is several times cheaper each."""
        if situation.stage != CREATED:
            return self._after_scan(facts, situation)
        return self.forecast_many([facts], [situation])[0]

    def _after_scan(self, facts: Facts, where: Situation) -> Forecast | None:
        normal = normal_of(self._lanes, facts, where) if self._scanned else None
        if normal is None:
            return None
        import numpy as np

        asked = np.array([scanned_row(facts, where, self._vocabulary)])
        said: list[Any] = [model.predict(asked, num_threads=1) for model in self._scanned]
        return from_normal([float(one[0]) for one in said], normal, where, _SCANNED_REASON)

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
        if where.stage != CREATED or not self._models:
            return None
        return self._lanes.forecast(facts, Situation(CREATED, 0.0, 0.0))


def _boosters(models: dict[str, str]) -> list[lightgbm.Booster]:
    import lightgbm as found

    return [found.Booster(model_str=models[str(share)]) for share in SHARES if models]


def _forecast(logs: list[float], normal: Forecast, silent: float) -> Forecast:
    low, middle, high = sorted(normal.p50 * exp(value) for value in logs)
    if silent <= low / 2:
        return Forecast(low, middle, high, False, _REASON, normal.evidence)
    sigma = max(log(max(high, 1e-3) / max(middle, 1e-3)) / _Z90, 0.05)
    told = Forecast.lognormal(max(middle, 1e-3), sigma, silent, guess=False, reason=_REASON)
    return Forecast(told.p10, told.p50, told.p90, False, _REASON, normal.evidence)
