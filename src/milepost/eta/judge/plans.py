"""Air-freight processes of up to three inbound legs and one outbound, and trees that learn them.

Late: the longest inbound leg and the outbound one together take longer than planned. Checkpoints:
T0 the plan alone; T3 the inbound legs have been delivered at the hub; T7 all but the last delivery.

What is still to come depends little on how late one is already. So each process of the past also
teaches what would have happened to it with the delay of another: the parts known and still to come
are paired anew many times, and each pair is a row with a true label. That makes odds of few rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from milepost.eta.judge.orders import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CHECKPOINTS = ("T0", "T3", "T7")
_STEPS = ("rcs", "dep_1", "rcf_1", "dep_2", "rcf_2", "dep_3", "rcf_3", "dlv")
_INBOUND = ("i1", "i2", "i3")
_PAIRINGS, _ROUNDS = 20, 500
_TREES: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.04, "num_leaves": 15, "feature_fraction": 0.5,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 3, "verbose": -1, "num_threads": 1,
    "deterministic": True, "min_data_in_leaf": 15 * (_PAIRINGS + 1) // 2,
}  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """One checkpoint: `known` describes what lies behind, `ahead` the plan of what is to come.

    `delay` is the minutes late so far, `rest` how much the rest will add; late: their sum is > 0.
    """

    known: Floats
    ahead: Floats
    delay: Floats
    rest: Floats
    scale: Floats

    @property
    def late(self) -> NDArray[np.bool_]:
        """Whether the plan was broken."""
        return np.asarray(self.delay + self.rest > 0)


class Processes:
    """The columns of the file, a row a process, minutes."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self.count = len(rows)
        legs = (*_INBOUND, "o")
        self.plan = {leg: _block(rows, [f"{leg}_{step}_p" for step in _STEPS]) for leg in legs}
        self.real = {leg: _block(rows, [f"{leg}_{step}_e" for step in _STEPS]) for leg in legs}
        if not any(plan.any() for plan in self.plan.values()):
            raise ValueError("no planned minutes in the file: columns such as o_dlv_p are needed")
        places = [f"o_{step}_place" for step in _STEPS[1:-1]]
        self.places = _block(rows, places)
        self.more = _block(rows, ["o_hops", "legs"])
        self._rows = rows

    def parts(self, checkpoint: str) -> Parts:
        """What is behind and ahead at a checkpoint."""
        inbound_plan = np.max([self.plan[leg].sum(axis=1) for leg in _INBOUND], axis=0)
        inbound_real = np.max([self.real[leg].sum(axis=1) for leg in _INBOUND], axis=0)
        out_plan, out_real = self.plan["o"], self.real["o"]
        delay, rest = inbound_real - inbound_plan, (out_real - out_plan).sum(axis=1)
        road = np.column_stack([out_plan, out_plan.sum(axis=1), self._road()])
        nothing = np.empty((self.count, 0))
        if checkpoint == "T0":
            plans = np.column_stack([inbound_plan, *(self.plan[leg] for leg in _INBOUND)])
            # Nothing is known yet: the delay of the inbound legs is drawn with their own plan.
            return Parts(plans, road, delay, rest, out_plan.sum(axis=1))
        if checkpoint == "T3":
            return Parts(nothing, road, delay, rest, out_plan.sum(axis=1))
        so_far = (out_real - out_plan)[:, :-1]
        seen = np.column_stack([road, so_far])
        last = (out_real - out_plan)[:, -1]
        return Parts(nothing, seen, delay + so_far.sum(axis=1), last, out_plan[:, -1])

    def place_codes(self) -> NDArray[np.int64]:
        """The place of each step of each leg, `i1` first; 0 where none is told."""
        names = [f"{leg}_{step}_place" for leg in (*_INBOUND, "o") for step in _STEPS]
        found = _block(self._rows, names)
        codes = np.unique(found, return_inverse=True)[1].reshape(found.shape)
        return codes.astype(np.int64)

    def _road(self) -> Floats:
        hops = np.maximum(self.more[:, 0].astype(int), 1)
        last = np.minimum(2 * hops - 1, self.places.shape[1] - 1)
        destination = self.places[np.arange(self.count), last]
        return np.column_stack([destination, self.places[:, :2], self.more])


def _block(rows: Sequence[Mapping[str, str]], names: list[str]) -> Floats:
    """Columns as numbers; what is absent or negative counts as 0, as in the file itself."""
    values = [[number(row.get(name)) for name in names] for row in rows]
    return np.asarray(np.maximum(np.nan_to_num(np.array(values, dtype=float)), 0.0))


def tree_odds(
    parts: Parts, checkpoint: str, train: NDArray[np.int64], asked: NDArray[np.int64], seed: int = 2
) -> Floats:
    """The odds of lateness of the rows asked, from the rows to train on alone."""
    import lightgbm

    draw = np.random.default_rng(seed)
    pairs = [train, *(draw.permutation(train) for _ in range(_PAIRINGS))]
    hidden = checkpoint == "T0"
    matrix = np.concatenate([_matrix(parts, behind, train, hidden) for behind in pairs])
    labels = np.concatenate([parts.delay[behind] + parts.rest[train] > 0 for behind in pairs])
    settings = _TREES | {"seed": seed}
    if not hidden:
        settings["monotone_constraints"] = [0] * (matrix.shape[1] - 2) + [1, 0]
    model = lightgbm.train(settings, lightgbm.Dataset(matrix, labels.astype(float)), _ROUNDS)
    return np.asarray(model.predict(_matrix(parts, asked, asked, hidden), num_threads=1))


def _matrix(
    parts: Parts, behind: NDArray[np.int64], ahead: NDArray[np.int64], hidden: bool
) -> Floats:
    columns = [parts.known[behind], parts.ahead[ahead]]
    if not hidden:
        delay = parts.delay[behind]
        columns += [delay[:, None], (delay / np.maximum(parts.scale[ahead], 1))[:, None]]
    return np.column_stack(columns)
