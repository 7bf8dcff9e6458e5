"""Scores of forecasts, without any package: areas, shares, means."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt


def auc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Area under the ROC curve, ties at half; None where only one class is there."""
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    rank_sum = sum(rank for rank, label in zip(_mid_ranks(scores), labels, strict=True) if label)
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def _mid_ranks(scores: Sequence[float]) -> list[float]:
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and scores[order[last + 1]] == scores[order[first]]:
            last += 1
        for position in range(first, last + 1):
            ranks[order[position]] = (first + last) / 2 + 1
        first = last + 1
    return ranks


def average_precision(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Mean precision at each positive; equal scores count as one step."""
    positives = sum(labels)
    if not positives:
        return None
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    total = found = seen = 0.0
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and scores[order[last + 1]] == scores[order[first]]:
            last += 1
        here = sum(labels[order[position]] for position in range(first, last + 1))
        found, seen = found + here, last + 1
        total += here * found / seen
        first = last + 1
    return total / positives


def mcc(labels: Sequence[bool], called: Sequence[bool]) -> float:
    """Matthews' correlation of what was and what was called; 0 where it is not defined."""
    pairs = list(zip(labels, called, strict=True))
    tp = sum(a and b for a, b in pairs)
    fp = sum(b and not a for a, b in pairs)
    fn = sum(a and not b for a, b in pairs)
    tn = len(pairs) - tp - fp - fn
    below = sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return (tp * tn - fp * fn) / below if below else 0.0


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return sum(values) / len(values) if values else None


def median(values: Sequence[float]) -> float | None:
    """The median (upper of two); None of nothing."""
    return sorted(values)[len(values) // 2] if values else None


def rounded(value: float | None, digits: int = 3) -> float | None:
    """Rounded for showing; None stays None."""
    return None if value is None else round(float(value), digits)
