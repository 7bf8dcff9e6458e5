"""Boosted trees for all quantiles as one ONNX graph: learned by LightGBM, carried out at once.

One call of the graph costs a sixth of three of LightGBM's for a single row, and two thirds for
many. Codes of names are numbers to these trees, for the graph knows no sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from milepost.eta.ports import SHARES
from milepost.eta.runtime import session_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32] | NDArray[np.float64]

_SETTINGS: dict[str, Any] = {
    "objective": "quantile", "min_data_in_leaf": 40, "feature_fraction": 0.7,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1, "verbose": -1, "num_threads": 1,
    "seed": 1, "deterministic": True,
    "learning_rate": 0.08, "num_leaves": 10,
}  # fmt: skip
_ROUNDS = 75
_OPSET, _OPSET_TREES, _IR = 17, 3, 8  # older than any ONNX Runtime that is asked for
_LEAF: dict[str, Any] = {
    "feature": 0, "value": 0.0, "mode": "LEAF", "true": 0, "false": 0, "missing": 0
}  # fmt: skip


def fitted(rows: Sequence[Sequence[float]], labels: NDArray[np.float64]) -> bytes:
    """A graph that says `SHARES` of the labels of such rows."""
    import lightgbm

    # As the graph will see them: else a threshold could lie between a number and its rounding.
    matrix = np.array(rows, dtype=np.float32)
    boosters = []
    for share in SHARES:
        data = lightgbm.Dataset(matrix, labels, params={"verbose": -1})
        boosters.append(lightgbm.train(_SETTINGS | {"alpha": share}, data, _ROUNDS))
    return exported([booster.dump_model() for booster in boosters])


class Forest:
    """A graph that can be asked."""

    def __init__(self, graph: bytes) -> None:
        self._session = session_of(graph)

    def said(self, rows: Sequence[Sequence[float]]) -> list[list[float]]:
        """What the trees say of each row, by share."""
        if not rows:
            return []
        told: list[list[float]] = self.columns(rows).tolist()
        return told

    def columns(self, rows: Sequence[Sequence[float]]) -> NDArray[np.float32]:
        """The same as [rows, shares]."""
        found: NDArray[np.float32] = self._session.run(
            ["said"], {"rows": np.array(rows, dtype=np.float32)}
        )[0]
        return found


def exported(dumps: Sequence[dict[str, Any]]) -> bytes:
    """What LightGBM dumps of its models, as one graph with an answer for each."""
    import onnx  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from onnx import TensorProto as Kind
    from onnx import helper

    trees = [
        (target, tree["tree_structure"]) for target, one in enumerate(dumps)
        for tree in one["tree_info"]
    ]  # fmt: skip
    told: dict[str, Any] = _attributes(trees) | {
        "n_targets": len(dumps), "aggregate_function": "SUM", "post_transform": "NONE"
    }  # fmt: skip
    node = helper.make_node(
        "TreeEnsembleRegressor", ["rows"], ["said"], domain="ai.onnx.ml", **told
    )
    graph = helper.make_graph(
        [node], "forest",
        [helper.make_tensor_value_info("rows", Kind.FLOAT, ["rows", None])],
        [helper.make_tensor_value_info("said", Kind.FLOAT, ["rows", len(dumps)])],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("ai.onnx.ml", _OPSET_TREES)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _attributes(trees: Sequence[tuple[int, dict[str, Any]]]) -> dict[str, list[Any]]:
    nodes, leaves = [], []
    for tree, (target, root) in enumerate(trees):
        for number, (node, weight) in enumerate(_walked(root, 0)):
            nodes.append({"tree": tree, "node": number} | node)
            if weight is not None:
                leaves.append((tree, number, target, weight))
    names = {
        "treeids": "tree", "nodeids": "node", "featureids": "feature", "values": "value",
        "modes": "mode", "truenodeids": "true", "falsenodeids": "false",
        "missing_value_tracks_true": "missing",
    }  # fmt: skip
    found = {f"nodes_{name}": [node[key] for node in nodes] for name, key in names.items()}
    ends = zip(*leaves, strict=True)
    return found | {
        f"target_{name}": [*values]
        for name, values in zip(("treeids", "nodeids", "ids", "weights"), ends, strict=True)
    }


def _walked(node: dict[str, Any], number: int) -> Iterator[tuple[dict[str, Any], float | None]]:
    """The nodes of a tree in the order of their numbers, each with a leaf's weight."""
    if "leaf_value" in node:
        yield _LEAF, float(node["leaf_value"])
        return
    left, right = node["left_child"], node["right_child"]
    after_left = number + 1 + _size(left)
    threshold = node["threshold"]
    # Where no number was missing as it learned, LightGBM takes a missing one for 0.
    missing = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    yield {
        "feature": node["split_feature"], "value": _rounded_down(threshold), "mode": "BRANCH_LEQ",
        "true": number + 1, "false": after_left, "missing": int(missing),
    }, None  # fmt: skip
    yield from _walked(left, number + 1)
    yield from _walked(right, after_left)


def _size(node: dict[str, Any]) -> int:
    return 1 if "leaf_value" in node else 1 + _size(node["left_child"]) + _size(node["right_child"])


def _rounded_down(value: float) -> float:
    """The highest number of 32 bits that is not above: no such number changes sides."""
    info = np.finfo(np.float32)
    near = np.float32(min(max(value, float(info.min)), float(info.max)))
    return float(near if near <= value else np.nextafter(near, np.float32(info.min)))
