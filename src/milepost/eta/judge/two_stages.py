"""The road in two stages: trees for the seller's days until hand-over, trees for the carrier's.

An order that has been handed over teaches the first of them while it is still on the road, so a
seller who slows down is seen sooner than by deliveries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from milepost.eta.judge.trees import told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from milepost.eta.judge.forecasts import Ground

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

_HANDLING_HALF_LIFE, _CARRIER_HALF_LIFE = 120.0, 180.0
_ROUNDS, _LEAST_DAYS = 200, 0.2


def staged(
    ground: Ground, taught: Rows, labels: Floats, rows: Rows, now: float
) -> Floats | None:  # fmt: skip
    """Log ratios to the normal time, moved so that their middle is right on the lessons; None
    where hand-overs are not known.
    """
    start, end, handed = ground.start, ground.end, ground.handed
    waited = np.flatnonzero((start < now) & (handed < now) & (handed >= start))
    carried = np.flatnonzero((start < now) & (end < now) & (handed < end))
    if min(len(waited), len(carried)) < len(taught) / 10:
        return None
    asked, matrix = np.concatenate([rows, taught]), np.column_stack([ground.matrix, ground.slack])

    def days(known: Rows, labels: Floats, half_life: float) -> Floats:
        weights = 0.5 ** ((now - start[known]) / half_life)
        return np.asarray(np.exp(told(matrix, known, labels, asked, _ROUNDS, weights)))

    handling = np.log(np.maximum(handed[waited] - start[waited], _LEAST_DAYS))
    pace = np.maximum(end[carried] - handed[carried], _LEAST_DAYS) / ground.normal[carried]
    whole = (
        days(waited, handling, _HANDLING_HALF_LIFE) / ground.normal[asked]
        + days(carried, np.log(pace), _CARRIER_HALF_LIFE)
    )  # fmt: skip
    logs = np.log(whole)
    return np.asarray(logs[: len(rows)] + np.median(labels - logs[len(rows) :]))
