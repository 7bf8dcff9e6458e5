"""Carries out graphs of trained models: ONNX Runtime on one thread (the `foresight` extra)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]


def session_of(graph: bytes) -> onnxruntime.InferenceSession:
    """A graph ready to be asked."""
    import onnxruntime as found

    options = found.SessionOptions()
    # Graphs this small are over before a second thread has woken up.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return found.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
