"""The LSTM as a predictor of shipments on the road: a graph that ONNX Runtime carries out."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.eta.facts import Facts
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Forecast, Situation
from milepost.eta.runtime import session_of
from milepost.eta.sequence import STEP_NUMBERS, read
from milepost.eta.underway import from_normal, normal_of

REASON = "by the order and pace of its scans so far"


class LstmPredictor:
    """Speaks for shipments that have been scanned and whose lane the table knows."""

    name = "lstm"

    def __init__(self, graph: bytes, lanes: LaneTable) -> None:
        """`graph`: ONNX, see `onnx_graph`. Needs the `foresight` extra."""
        self._session, self._lanes = session_of(graph), lanes

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        """Quantiles of the rest of the road; None before the first scan and on unknown lanes."""
        return self.forecast_many([facts], [situation])[0]

    def forecast_many(
        self, facts: Sequence[Facts], situations: Sequence[Situation]
    ) -> list[Forecast | None]:
        """The same for many, in the order given: cheaper for each."""
        answer: list[Forecast | None] = [None] * len(facts)
        known = [
            (index, one, where, normal)
            for index, (one, where) in enumerate(zip(facts, situations, strict=True))
            if (normal := normal_of(self._lanes, one, where)) is not None
        ]
        said = self.said([(one, where, normal.p50) for _, one, where, normal in known])
        for (index, _, where, normal), logs in zip(known, said, strict=True):
            answer[index] = from_normal(logs, normal, where, REASON)
        return answer

    def said(self, asked: Sequence[tuple[Facts, Situation, float]]) -> list[list[float]]:
        """The graph's own words: log quantiles of the rest by what the table gives it (days)."""
        if not asked:
            return []
        import numpy as np

        found = read(asked)
        longest = int(found.lengths.max())
        steps = np.zeros((longest, len(asked), STEP_NUMBERS), dtype=np.float32)
        kinds = np.zeros((longest, len(asked)), dtype=np.int64)
        steps[found.place, found.road], kinds[found.place, found.road] = found.numbers, found.kinds
        given = {
            "steps": steps, "kinds": kinds, "lengths": found.lengths.astype(np.int32),
            "facts": found.facts.astype(np.float32),
        }  # fmt: skip
        told: list[list[float]] = self._session.run(["said"], given)[0].tolist()
        return told
