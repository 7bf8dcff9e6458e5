"""The trees of the walk-forward: LightGBM on some orders, asked for others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

_TREES: dict[str, Any] = {
    "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 60, "feature_fraction": 0.6,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1, "verbose": -1, "num_threads": 1,
    "seed": 1, "deterministic": True, "objective": "l2",
}  # fmt: skip


def told(
    matrix: Floats, taught: Rows, labels: Floats, asked: Rows, rounds: int,
    weights: Floats | None = None, more: dict[str, Any] | None = None,
) -> Floats:  # fmt: skip
    """Trees taught on some rows, and what they say of others."""
    import lightgbm

    data = lightgbm.Dataset(matrix[taught], labels, weight=weights)
    model = lightgbm.train(_TREES | (more or {}), data, rounds)
    return np.asarray(model.predict(matrix[asked], num_threads=1))
