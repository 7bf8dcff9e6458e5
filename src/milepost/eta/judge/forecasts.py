"""What trees and lines say: the middle of each order and how far around it the labels lie.

Labels are log(days / normal days). An order still open on the day of training teaches too: its
label is drawn from the past orders that lasted at least as long. Without these draws the newest
orders would be only the fast ones, and the tails too short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from milepost.eta.judge.smooth import ridge, scaled
from milepost.eta.judge.trees import told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

SHARES = (0.5, 0.8, 0.9)
_FEWEST = 300  # delivered orders without which the life table speaks alone
_ALONE = (1.0, 1.45, 1.9)
_HALF_LIFE = 180.0
_LEAST_DAYS, _LEAST_SPREAD = 0.2, 0.05
_LONGER = 1.1  # an open order lasts at least so much longer than it has
_FOLDS, _ROUNDS, _FOLD_ROUNDS, _SPREAD_ROUNDS, _WILD_ROUNDS = 3, 200, 150, 100, 300
_ROBUST = {"objective": "l1"}
_WILD = {"extra_trees": True, "num_leaves": 24}
_LINES = 0.25  # the share of the lines in the middle; their best share is flat from 0.15 to 0.4


@dataclass(frozen=True)
class Ground:
    """Times, normal days and features of all orders; `slack`: log(days promised / normal);
    `smooth`: numbers and indicators for lines.
    """

    start: Floats
    end: Floats
    normal: Floats
    matrix: Floats
    slack: Floats
    smooth: tuple[Floats, Floats]


def forecast(ground: Ground, rows: Rows, now: float) -> dict[float, Floats]:
    """Days by share for the rows, from what was known at `now` (a day since 1970)."""
    past = np.flatnonzero((ground.start < now) & (ground.end < now))
    normal = ground.normal[rows]
    if len(past) < _FEWEST or not len(rows):
        return {share: normal * factor for share, factor in zip(SHARES, _ALONE, strict=True)}
    taught, labels = lessons(ground, past, now)
    weights = 0.5 ** ((now - ground.start[taught]) / _HALF_LIFE)
    middle = _middle(ground, taught, labels, weights, rows)
    spread, units = _spread(ground.matrix, taught, labels, rows)
    answer = {0.5: np.exp(middle) * normal}
    for share in SHARES[1:]:
        answer[share] = np.exp(middle + np.quantile(units, share) * spread) * normal
    return answer


def lessons(ground: Ground, past: Rows, now: float) -> tuple[Rows, Floats]:
    """Delivered orders with their labels, then open ones with labels drawn for them."""
    took = np.maximum(ground.end[past] - ground.start[past], _LEAST_DAYS)
    ratios = took / ground.normal[past]
    open_ = np.flatnonzero((ground.start < now) & (ground.end >= now))
    age = (now - ground.start[open_]) / ground.normal[open_]
    ranked = np.sort(ratios)
    passed = np.searchsorted(ranked, age)
    draw = np.random.default_rng(1).random(len(open_))
    chosen = passed + (draw * np.maximum(len(ranked) - passed, 1)).astype(int)
    drawn = np.maximum(ranked[np.minimum(chosen, len(ranked) - 1)], age * _LONGER)
    return np.concatenate([past, open_]), np.log(np.concatenate([ratios, drawn]))


def _middle(ground: Ground, taught: Rows, labels: Floats, weights: Floats, rows: Rows) -> Floats:
    """Lines, and the mean of three kinds of trees; two see the promise against the level."""
    matrix = np.column_stack([ground.matrix, ground.slack])
    # Weighted percentiles of small leaves are coarse: only means get weights.
    found = (
        told(ground.matrix, taught, labels, rows, _ROUNDS, None, _ROBUST),
        told(matrix, taught, labels, rows, _ROUNDS, weights, {}),
        told(matrix, taught, labels, rows, _WILD_ROUNDS, weights, _WILD),
    )
    lines = ridge(scaled(*ground.smooth, taught), taught, labels, weights, rows)
    return np.asarray((1 - _LINES) * sum(found) / len(found) + _LINES * lines)


def _spread(matrix: Floats, taught: Rows, labels: Floats, rows: Rows) -> tuple[Floats, Floats]:
    """The size of the rest for the rows asked, and the rests of the lessons in that unit.

    The rests are those of trees that had not seen the lesson.
    """
    rest, fold = np.empty(len(taught)), np.arange(len(taught)) % _FOLDS
    for part in range(_FOLDS):
        inside, outside = fold == part, fold != part
        said = told(matrix, taught[outside], labels[outside], taught[inside], _FOLD_ROUNDS)
        rest[inside] = labels[inside] - said
    size = np.log(np.abs(rest) + _LEAST_SPREAD)
    both = np.concatenate([rows, taught])
    spread = np.exp(told(matrix, taught, size, both, _SPREAD_ROUNDS))
    return spread[: len(rows)], rest / spread[len(rows) :]
