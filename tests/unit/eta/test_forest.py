"""Trees as a graph say what LightGBM says, also of what is missing or lies on a threshold."""

from __future__ import annotations

import numpy as np
import pytest

from milepost.eta.forest import Forest, exported, fitted
from milepost.eta.ports import SHARES

lightgbm = pytest.importorskip("lightgbm")


def _rows() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(3)
    rows = draw.normal(size=(600, 4)).astype(np.float32)
    rows[:, 1] = draw.integers(0, 9, 600)
    rows[::7, 2] = np.nan
    return rows, np.nan_to_num(rows[:, 0] + rows[:, 1] / 4 + 2 * rows[:, 2]).astype(float)


def test_the_graph_and_lightgbm_agree() -> None:
    rows, labels = _rows()
    settings = {"objective": "l1", "num_leaves": 7, "verbose": -1, "num_threads": 1}
    boosters = [
        lightgbm.train(settings, lightgbm.Dataset(rows, times * labels), 20) for times in (1, -2)
    ]
    asked = rows.copy()
    asked[::5, 0] = np.nan  # never missing as it learned
    forest = Forest(exported([one.dump_model() for one in boosters]))
    expected = np.column_stack([one.predict(asked, num_threads=1) for one in boosters])

    assert np.allclose(forest.columns(asked.tolist()), expected, atol=1e-4)
    assert forest.said([]) == []


def test_it_learns_the_shares() -> None:
    rows, labels = _rows()
    said = Forest(fitted(rows.tolist(), labels)).columns(rows.tolist())

    assert said.shape == (600, len(SHARES))
    assert 0.8 < float((labels <= said[:, 2] + 1e-6).mean()) < 0.99
