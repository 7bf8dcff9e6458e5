"""The LSTM as a predictor of shipments on the road: a graph that ONNX Runtime carries out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from milepost.eta.facts import Facts
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Forecast, Situation
from milepost.eta.sequence import STEP_NUMBERS, facts_of, steps_of
from milepost.eta.underway import from_normal, normal_of

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]

REASON = "by the order and pace of its scans so far"


class LstmPredictor:
    """Speaks for shipments that have been scanned and whose lane the table knows."""

    name = "lstm"

    def __init__(self, graph: bytes, lanes: LaneTable) -> None:
        """`graph`: ONNX, see `onnx_graph`. Needs the `foresight` extra."""
        import onnxruntime as found

        options = found.SessionOptions()
        # A graph this small is over before a second thread has woken up.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: onnxruntime.InferenceSession = found.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )
        self._lanes = lanes

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

        read = [steps_of(facts, where.trail) for facts, where, _ in asked]
        lengths = np.array([len(kinds) for _, kinds in read], dtype=np.int32)
        steps = np.zeros((lengths.max(), len(asked), STEP_NUMBERS), dtype=np.float32)
        codes = np.zeros((lengths.max(), len(asked)), dtype=np.int64)
        for index, (numbers, kinds) in enumerate(read):
            steps[: len(kinds), index], codes[: len(kinds), index] = numbers, kinds
        known = np.array([facts_of(*one) for one in asked], dtype=np.float32)
        told: Any = self._session.run(
            ["said"], {"steps": steps, "kinds": codes, "lengths": lengths, "facts": known}
        )[0]
        return [[float(value) for value in logs] for logs in told]
