"""Gradient-boosted quantiles beside the lane table: how a shipment differs from its lane's median.

The trees learn log(days / table's median), so that they stay right when the level moves: the table
follows the level daily, the trees say what is special about this shipment.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import TYPE_CHECKING

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
_AT_START = Situation(CREATED, 0.0, 0.0)

Pairs = Sequence[tuple[Facts, Situation]]


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
        return self.forecast_many([facts], [situation])[0]

    def forecast_many(
        self, facts: Sequence[Facts], situations: Sequence[Situation]
    ) -> list[Forecast | None]:
        """In the order given; None for those that another predictor must answer for."""
        pairs = list(zip(facts, situations, strict=True))
        answer: list[Forecast | None] = [None] * len(pairs)
        begun = [index for index, (_, where) in enumerate(pairs) if where.stage == CREATED]
        scanned = [index for index, (_, where) in enumerate(pairs) if where.stage != CREATED]
        self._fill(answer, pairs, begun if self._models else [])
        self._fill_scanned(answer, pairs, scanned if self._scanned else [])
        return answer

    def _fill(self, answer: list[Forecast | None], pairs: Pairs, asked: list[int]) -> None:
        known = [(i, one) for i in asked if (one := self._normal(*pairs[i])) is not None]
        rows = [row(pairs[i][0], self._vocabulary) for i, _ in known]
        for (index, normal), logs in zip(known, _said(self._models, rows), strict=True):
            answer[index] = _forecast(logs, normal, pairs[index][1].silent)

    def _fill_scanned(self, answer: list[Forecast | None], pairs: Pairs, asked: list[int]) -> None:
        known = [(i, one) for i in asked if (one := normal_of(self._lanes, *pairs[i])) is not None]
        rows = [scanned_row(*pairs[i], self._vocabulary) for i, _ in known]
        for (index, normal), logs in zip(known, _said(self._scanned, rows), strict=True):
            answer[index] = from_normal(logs, normal, pairs[index][1], _SCANNED_REASON)

    def _normal(self, facts: Facts, _: Situation) -> Forecast | None:
        return self._lanes.forecast(facts, _AT_START)


def _said(models: list[lightgbm.Booster], rows: list[list[float]]) -> list[list[float]]:
    """What each model says of each row; all rows at once, for a call costs more than a row."""
    if not rows:
        return []
    import numpy as np

    columns = [np.asarray(model.predict(np.array(rows), num_threads=1)) for model in models]
    return [[float(value) for value in logs] for logs in np.column_stack(columns)]


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
