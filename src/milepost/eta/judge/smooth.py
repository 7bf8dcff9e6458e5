"""Straight lines beside the trees: a ridge regression on numbers, with an indicator for each name.

It errs elsewhere than trees do, and it stands on firmer ground where the world has moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

_LOGS = ("price", "freight", "weight_g", "volume_cm3", "distance_km", "since_order")
_PLAIN = (
    "destination_lat", "destination_lng", "destination_zip", "origin_lat", "origin_lng", "items",
    "free_days_3", "free_days_10", "approved", "slack", "seller_habit", "lane_habit", "area_habit",
    "wide_area_habit", "seller_handling", "promise_gap", "promise_gap_area",
)  # fmt: skip
_NAMES = ("destination_state", "origin_state", "weekday")
_FURTHEST = 4.0  # standard deviations
_PENALTY, _ROUNDS, _SMALL_REST, _LONGEST_LABEL = 30.0, 5, 0.25, 2.5


def smooth_matrix(columns: dict[str, Floats], promised: Floats) -> tuple[Floats, Floats]:
    """Numbers, in which NaN is absent, and indicators. `promised`: days."""
    numbers = [np.log1p(np.maximum(columns[name], 0)) for name in _LOGS]
    numbers += [columns[name] for name in _PLAIN]
    hour = 2 * np.pi * columns["hour"] / 24
    numbers += [np.log(np.maximum(promised, 0.5)), np.sin(hour), np.cos(hour)]
    flags = [_indicators(columns[name]) for name in _NAMES]
    flags.append(np.isnan(columns["origin_zip"])[:, None].astype(float))
    return np.column_stack(numbers), np.column_stack(flags)


def _indicators(codes: Floats) -> Floats:
    return np.asarray((codes[:, None] == np.unique(codes[np.isfinite(codes)])).astype(float))


def scaled(numbers: Floats, flags: Floats, taught: Rows) -> Floats:
    """A constant, numbers by the spread that the lessons have, and indicators."""
    known = numbers[taught]
    there = np.isfinite(known)
    middle = np.array([
        np.median(column[mask]) if mask.any() else 0.0
        for column, mask in zip(known.T, there.T, strict=True)
    ])  # fmt: skip
    filled = np.where(np.isfinite(numbers), numbers, middle)
    mean, spread = filled[taught].mean(0), filled[taught].std(0) + 1e-9
    level = np.clip((filled - mean) / spread, -_FURTHEST, _FURTHEST)
    return np.column_stack([np.ones(len(numbers)), level, flags])


def ridge(matrix: Floats, taught: Rows, labels: Floats, weights: Floats, rows: Rows) -> Floats:
    """What lines taught on some rows say of others: the middle of the labels, not their mean."""
    lesson, wanted = matrix[taught], np.clip(labels, -_LONGEST_LABEL, _LONGEST_LABEL)
    penalty = np.full(lesson.shape[1], _PENALTY)
    penalty[0] = 1e-6
    weight, found = weights, penalty
    for _ in range(_ROUNDS):
        found = np.linalg.solve(
            (lesson * weight[:, None]).T @ lesson + np.diag(penalty),
            (lesson * weight[:, None]).T @ wanted,
        )
        rest = np.abs(wanted - lesson @ found)
        weight = weights * _SMALL_REST / np.maximum(rest, _SMALL_REST)
    return np.asarray(matrix[rows] @ found)
