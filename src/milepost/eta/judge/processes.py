"""Will the plan of an air-freight process be broken? Trees and an LSTM, each alone and blended.

Both give odds from pairs with true labels, so their odds mean what they say; they err in different
places, so the mean of their log odds ranks better than either. A process is called late above the
odds at which the correlation (MCC) to be expected of such odds is best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from milepost.eta.judge.plans import CHECKPOINTS, Processes, tree_odds
from milepost.eta.judge.scores import auc, average_precision, mcc, rounded
from milepost.eta.judge.sequences import lstm_odds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]
    Labels = NDArray[np.bool_]

__all__ = ["CHECKPOINTS", "Processes", "evaluate_processes", "evaluate_shuffled"]

_TRAINED_SHARE, _FOLDS, _FEWEST, _SEEDS = 0.7, 5, 40, (2, 3)
# A little more than half for the trees: they are the better judge alone.
_TREES_SHARE, _LEAST_ODDS, _FEWEST_CALLED = 0.6, 1e-4, 20
Tick = Callable[[str], None]


def _silent(_: str) -> None: ...


def evaluate_processes(
    rows: Sequence[Mapping[str, str]], checkpoints: Sequence[str] = CHECKPOINTS,
    folds: int = _FOLDS, tick: Tick = _silent,
) -> dict[str, Any]:  # fmt: skip
    """Train on the first 70 % in file order, score the rest: `auc`, `ap`, `mcc` by checkpoint, and
    the same of `trees` and `lstm` alone.

    The threshold of `mcc` comes from folds of the training part alone. `first_called`: of the late
    ones, the share that was first called late at each checkpoint.
    """
    processes = Processes(rows)
    cut = int(processes.count * _TRAINED_SHARE)
    train, test = np.arange(cut), np.arange(cut, processes.count)
    if cut < _FEWEST:
        raise ValueError(f"{processes.count} processes are too few to train on")
    found: dict[str, Any] = {"processes": processes.count, "trained_on": cut, "tested": len(test)}
    late = processes.parts("T3").late
    found["late_share"] = rounded(float(late[test].mean()))
    called: dict[str, NDArray[np.bool_]] = {}
    for checkpoint in checkpoints:
        tick(checkpoint)
        judge = _Judge(processes, checkpoint, train, test)
        found[checkpoint], called[checkpoint] = judge.scores(folds, tick)
    return found | {"first_called": _earliness(late[test], called)}


def _earliness(
    late: NDArray[np.bool_], called: dict[str, NDArray[np.bool_]]
) -> dict[str, float | None]:
    """Of the late ones, the share that was first called late at each checkpoint."""
    before = np.zeros(len(late), dtype=bool)
    answer = {}
    for checkpoint, said in called.items():
        answer[checkpoint] = rounded(float((said & ~before)[late].mean())) if late.any() else None
        before |= said
    return answer


def evaluate_shuffled(
    rows: Sequence[Mapping[str, str]], seeds: int, tick: Callable[[str], None]
) -> dict[str, Any]:
    """Means over random splits of the same size: no order in time, so only for comparison."""
    found: list[dict[str, Any]] = []
    for seed in range(seeds):
        tick(f"random split {seed + 1}")
        order = np.random.default_rng(seed).permutation(len(rows))
        found.append(evaluate_processes([rows[index] for index in order]))
    return {
        checkpoint: {
            name: rounded(float(np.mean([one[checkpoint][name] for one in found])), 4)
            for name in ("auc", "ap", "mcc")
        }
        for checkpoint in CHECKPOINTS
    }


class _Judge:
    """One checkpoint of one cut."""

    def __init__(self, processes: Processes, checkpoint: str, train: Rows, test: Rows) -> None:
        self._processes, self._checkpoint = processes, checkpoint
        self._parts = processes.parts(checkpoint)
        self._train, self._test = train, test

    def scores(self, folds: int, tick: Tick) -> tuple[dict[str, Any], Labels]:
        """Of the blend, and which of the test rows it calls late."""
        trees = _mean([self._trees(self._train, self._test, seed) for seed in _SEEDS], (0.5, 0.5))
        limit, folds_auc = self._limit(folds)
        tick(f"{self._checkpoint}, LSTM")
        lstm = lstm_odds(self._processes, self._checkpoint, self._train, self._test)
        odds = _mean([trees, lstm], (_TREES_SHARE, 1 - _TREES_SHARE))
        late = self._parts.late[self._test]
        more = {"threshold": rounded(limit), "training_folds_auc": folds_auc}
        alone = {"trees": _scores(late, trees, limit), "lstm": _scores(late, lstm, limit)}
        return _scores(late, odds, limit) | more | alone, np.asarray(odds > limit)

    def _limit(self, folds: int) -> tuple[float, float | None]:
        """The threshold, and how well odds ranked the folds that they had not learned from."""
        known, odds = np.arange(len(self._train)), np.empty(len(self._train))
        for fold in np.array_split(known, folds):
            rest = np.setdiff1d(known, fold)
            odds[fold] = self._trees(self._train[rest], self._train[fold])
        late = self._parts.late[self._train].tolist()
        return threshold(odds), rounded(auc(late, odds.tolist()), 4)

    def _trees(self, train: Rows, asked: Rows, seed: int = _SEEDS[0]) -> Floats:
        return tree_odds(self._parts, self._checkpoint, train, asked, seed)


def _scores(late: Labels, odds: Floats, limit: float) -> dict[str, float | None]:
    labels = late.tolist()
    return {
        "auc": rounded(auc(labels, odds.tolist()), 4),
        "ap": rounded(average_precision(labels, odds.tolist()), 4),
        "mcc": rounded(mcc(labels, (odds > limit).tolist()), 4),
    }


def _mean(odds: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """Odds whose log odds are the mean of theirs."""
    sure = [np.clip(one, _LEAST_ODDS, 1 - _LEAST_ODDS) for one in odds]
    logs = [weight * np.log(one / (1 - one)) for one, weight in zip(sure, weights, strict=True)]
    return np.asarray(1 / (1 + np.exp(-np.sum(logs, axis=0))))


def threshold(odds: Floats) -> float:
    """The limit with the best correlation to be expected of these odds. The one that labels show to
    be best is luck: it moves from 0.3 to 0.6 between splits, and costs 0.01 of MCC on new rows.
    """
    falling = np.sort(odds)[::-1]
    called, all_late = np.arange(1, len(odds) + 1), odds.sum()
    hits = np.cumsum(falling)
    false, missed = called - hits, all_late - hits
    kept = len(odds) - all_late - false
    below = np.sqrt(called * all_late * (len(odds) - all_late) * (len(odds) - called + 1e-9))
    expected = (hits * kept - false * missed) / np.maximum(below, 1e-9)
    return float(falling[int(expected[:-_FEWEST_CALLED].argmax())])
