"""The LSTM as a predictor of shipments on the road: a graph that ONNX Runtime carries out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from milepost.eta.facts import Facts
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Forecast, Situation
from milepost.eta.sequence import facts_of, steps_of
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
        normal = normal_of(self._lanes, facts, situation)
        if normal is None:
            return None
        logs = self.said(facts, situation, normal.p50)
        return from_normal(logs, normal, situation, REASON)

    def said(self, facts: Facts, where: Situation, normal: float) -> Sequence[float]:
        """The graph's own words: log quantiles of the rest by what the table gives it."""
        import numpy as np

        numbers, kinds = steps_of(facts, where.trail)
        asked: dict[str, Any] = {
            "steps": np.array(numbers, dtype=np.float32)[:, None],
            "kinds": np.array(kinds, dtype=np.int64)[:, None],
            "lengths": np.array([len(kinds)], dtype=np.int32),
            "facts": np.array([facts_of(facts, where, normal)], dtype=np.float32),
        }
        answer: Any = self._session.run(["said"], asked)[0]
        return [float(value) for value in answer[0]]
