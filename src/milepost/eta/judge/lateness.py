"""The odds that a promise breaks: the time expected against the time promised, then what is known
of promises that were broken.

A promise teaches once its date has passed, delivered or not. Before that only the kept ones would
be known, and the newest promises would look better than they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from milepost.eta.judge.smooth import scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

_LAG = 3.0
_FEWEST = 500
_HALF_LIFE, _PENALTY, _ROUNDS = 120.0, 100.0, 8
# Of the log odds, by the log of the pressure: where lessons correct it, and in the half that has
# learned nothing.
_STEEPNESS, _STEEPER, _HALF = 3.0, 4.0, 0.5


def pressure(middle: Floats, high: Floats, slack: Floats) -> Floats:
    """The time expected against the time promised; the tail tells more than odds would."""
    expected = np.sqrt((middle + _LAG) * (high + _LAG))
    return np.asarray(expected / (np.maximum(slack, 0.1 - _LAG) + _LAG))


def risks(
    pressed: Floats, start: Floats, promised: Floats, late: NDArray[np.bool_],
    columns: tuple[Floats, Floats], parts: Sequence[tuple[float, Rows]],
) -> Floats:  # fmt: skip
    """Odds for the rows of each part, each with what was known at its first day: to rank by, until
    enough promises have taught. 0 without a promise. `pressed`: of `pressure`; `promised`: the day;
    `columns`: of `smooth_matrix`.
    """
    size = np.log(np.maximum(pressed, 1e-3))
    weekday = ((np.nan_to_num(promised) + 3) % 7)[:, None] == np.arange(7)
    usable = np.isfinite(size) & np.isfinite(promised)
    odds = np.full(len(start), -np.inf)
    for now, rows in parts:
        odds[rows] = plain = (_HALF * _STEEPNESS + (1 - _HALF) * _STEEPER) * size[rows]
        past = np.flatnonzero(usable & (promised + 1 < now) & (start < now))
        if len(past) < _FEWEST:
            continue
        facts = scaled(columns[0], columns[1], past)
        matrix = np.column_stack([facts, np.where(usable, size, 0.0), weekday])
        weights = 0.5 ** ((now - start[past]) / _HALF_LIFE)
        weighed = _learned(matrix[past], late[past], weights, _STEEPNESS * size[past])
        odds[rows] = plain + _HALF * (matrix[rows] @ weighed)
    return np.where(usable, 1 / (1 + np.exp(-np.where(usable, odds, 0.0))), 0.0)


def _learned(
    matrix: Floats, late: NDArray[np.bool_], weights: Floats, offset: Floats
) -> Floats:  # fmt: skip
    """Logistic regression by Newton's steps, on top of what is said already."""
    found = np.zeros(matrix.shape[1])
    penalty = np.full(matrix.shape[1], _PENALTY)
    penalty[0] = 1e-3
    for _ in range(_ROUNDS):
        odds = 1 / (1 + np.exp(-(matrix @ found + offset)))
        slope = matrix.T @ (weights * (late - odds)) - penalty * found
        bend = weights * odds * (1 - odds) + 1e-6
        found = found + np.linalg.solve(
            (matrix * bend[:, None]).T @ matrix + np.diag(penalty), slope
        )
    return found
