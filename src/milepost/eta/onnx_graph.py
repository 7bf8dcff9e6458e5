"""Writes a trained LSTM as an ONNX graph, for ONNX Runtime. Needs the package `onnx`.

Inputs are `steps` [steps, rows, numbers], `kinds` [steps, rows], `lengths` [rows] (steps that are
there, from the first on) and `facts` [rows, numbers]; the output `said` is [rows, answers].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from milepost.eta.lstm import Weights

OPSET, IR = 17, 8  # both older than any ONNX Runtime that is asked for


def exported(weights: Weights) -> bytes:
    """The graph with its weights, checked. ModuleNotFoundError without the package."""
    import onnx  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from onnx import TensorProto as Kind
    from onnx import helper

    units, outputs = len(weights["back"]), weights["out"].shape[1]
    numbers = len(weights["in"]) - weights["places"].shape[1]
    values = [
        helper.make_tensor_value_info("steps", Kind.FLOAT, ["steps", "rows", numbers]),
        helper.make_tensor_value_info("kinds", Kind.INT64, ["steps", "rows"]),
        helper.make_tensor_value_info("lengths", Kind.INT32, ["rows"]),
        helper.make_tensor_value_info("facts", Kind.FLOAT, ["rows", len(weights["out"]) - units]),
    ]
    said = helper.make_tensor_value_info("said", Kind.FLOAT, ["rows", outputs])
    graph = helper.make_graph(_nodes(helper, units), "road", values, [said], _constants(weights))
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR,
        producer_name="milepost",
    )  # fmt: skip
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _nodes(helper: Any, units: int) -> list[Any]:
    make = helper.make_node
    return [
        make("Gather", ["places", "kinds"], ["embedded"], axis=0),
        make("Concat", ["steps", "embedded"], ["inside"], axis=2),
        make("LSTM", ["inside", "w", "r", "b", "lengths"], ["", "last"], hidden_size=units),
        make("Squeeze", ["last", "first"], ["state"]),
        make("Concat", ["state", "facts"], ["whole"], axis=1),
        make("Gemm", ["whole", "out", "out_bias"], ["said"]),
    ]


def _constants(weights: Weights) -> list[Any]:
    from onnx import numpy_helper

    bias = _gates(weights["bias"][None, :])[:, :, 0]
    single = {
        "places": weights["places"], "w": _gates(weights["in"]), "r": _gates(weights["back"]),
        "b": np.concatenate([bias, np.zeros_like(bias)], axis=1),
        "out": weights["out"], "out_bias": weights["out_bias"],
    }  # fmt: skip
    found = [
        numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), name)
        for name, value in single.items()
    ]
    return [*found, numpy_helper.from_array(np.zeros(1, dtype=np.int64), "first")]


def _gates(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """[inputs, input forget answer new] to ONNX's [1, input answer forget new, inputs]."""
    let, keep, tell, new = np.split(value, 4, axis=1)
    return np.concatenate([let, tell, keep, new], axis=1).T[None]
