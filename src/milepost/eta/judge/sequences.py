"""The LSTM beside the trees on air-freight processes: each planned step is one of the sequence.

A step tells its leg, kind and place, what was planned, and, where it has happened by the
checkpoint, how late it was. As for the trees, each epoch pairs inbound legs with the outbound leg
of other processes, with true labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from milepost.eta.judge.plans import Processes
from milepost.eta.lstm import Adam, Sequences, begin, gradients, odds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

_LEGS, _KINDS = ("i1", "i2", "i3", "o"), (0, 1, 2, 1, 2, 1, 2, 3)  # rcs, dep, rcf, dlv
_INBOUND_STEPS = 24
_DAY = 1440.0
_EPOCHS, _PATIENCE, _BATCH, _RATE, _DECAY = 30, 6, 128, 0.006, 1e-4
_HELD_BACK, _PAIRED = 0.15, 1  # part held back to stop by; pairs for each true row and epoch
_SEEDS = 2


class Steps:
    """All processes as sequences at a checkpoint (`T0`, `T3`, `T7`)."""

    def __init__(self, processes: Processes, checkpoint: str) -> None:
        self._processes, self._checkpoint = processes, checkpoint
        blocks = [self._leg(leg) for leg in _LEGS]
        self._steps, self._there = (
            np.concatenate([block[part] for block in blocks], axis=1) for part in (0, 1)
        )
        known = processes.place_codes()
        self._places, self.places = known, int(known.max()) + 1
        t3 = processes.parts("T3")
        self._delay, self._rest = t3.delay, t3.rest
        self._so_far = t3.rest - processes.parts("T7").rest

    def paired(self, inbound: Rows, outbound: Rows) -> Sequences:
        """Inbound legs of some processes, outbound legs of others."""
        cut = _INBOUND_STEPS

        def joined(values: NDArray[np.generic]) -> NDArray[np.generic]:
            return np.concatenate([values[inbound, :cut], values[outbound, cut:]], axis=1)

        facts = np.zeros((len(inbound), 2))
        if self._checkpoint != "T0":
            late = self._delay[inbound]
            if self._checkpoint == "T7":
                late = late + self._so_far[outbound]
            facts = np.column_stack([_squeezed(late), np.tanh(late / 240)])
        return Sequences(
            np.asarray(joined(self._steps), float), np.asarray(joined(self._places), np.int64),
            np.asarray(joined(self._there), bool), facts,
        )  # fmt: skip

    def late(self, inbound: Rows, outbound: Rows) -> Floats:
        """Whether the plan of each pair was broken."""
        return np.asarray(self._delay[inbound] + self._rest[outbound] > 0, float)

    def _leg(self, leg: str) -> tuple[Floats, NDArray[np.bool_]]:
        plan, real = self._processes.plan[leg], self._processes.real[leg]
        count, steps = plan.shape
        seen = np.zeros((count, steps))
        if self._checkpoint != "T0" and leg != "o":
            seen[:] = 1
        if self._checkpoint == "T7" and leg == "o":
            seen[:, :-1] = 1
        delay = (real - plan) * seen
        ahead = plan[:, ::-1].cumsum(axis=1)[:, ::-1]
        kinds = np.broadcast_to(np.eye(4)[list(_KINDS)], (count, steps, 4))
        columns = (
            np.log1p(plan) / 8, _squeezed(delay), _squeezed(delay.cumsum(axis=1)),
            np.log1p(ahead) / 8, seen, np.full((count, steps), float(leg == "o")),
        )  # fmt: skip
        there = (plan + real * seen) > 0
        return np.concatenate([np.stack(columns, axis=2), kinds], axis=2), there


def _squeezed(minutes: Floats) -> Floats:
    return np.asarray(np.arcsinh(minutes / 60) / 4)


def lstm_odds(
    processes: Processes, checkpoint: str, train: Rows, asked: Rows, seeds: int = _SEEDS
) -> Floats:
    """The odds of lateness of the rows asked: mean of some seeds, each stopped by the last rows of
    those to train on.
    """
    cut = int(len(train) * (1 - _HELD_BACK))
    steps = Steps(processes, checkpoint)
    found = [_trained(steps, train[:cut], train[cut:], seed) for seed in range(seeds)]
    return _odds(steps, found, asked)


def _odds(steps: Steps, found: list[dict[str, Floats]], asked: Rows) -> Floats:
    question = steps.paired(asked, asked).take(np.arange(len(asked)))
    return np.asarray(np.mean([odds(weights, question) for weights in found], axis=0))


def _trained(steps: Steps, train: Rows, held: Rows, seed: int) -> dict[str, Floats]:
    draw, adam = np.random.default_rng(seed), Adam(_RATE)
    first = steps.paired(train[:1], train[:1])
    weights = begin(first.steps.shape[2], first.facts.shape[1], steps.places, seed)
    best, best_loss, waited = dict(weights), np.inf, 0
    # The held-back rows are paired among themselves as well: few of them judge badly.
    judge = [held, *(draw.permutation(held) for _ in range(_PAIRED))]
    question = steps.paired(np.concatenate(judge), np.tile(held, len(judge)))
    question = question.take(np.arange(len(question)))
    truth = steps.late(np.concatenate(judge), np.tile(held, len(judge)))
    for _ in range(_EPOCHS):
        _epoch(steps, train, weights, adam, draw)
        loss = _loss(weights, question, truth)
        waited = 0 if loss < best_loss else waited + 1
        if loss < best_loss:
            best, best_loss = dict(weights), loss
        if waited >= _PATIENCE:
            break
    return best


def _epoch(
    steps: Steps, train: Rows, weights: dict[str, Floats], adam: Adam, draw: np.random.Generator
) -> None:
    behind = np.concatenate([train, *(draw.permutation(train) for _ in range(_PAIRED))])
    ahead = np.tile(train, _PAIRED + 1)
    mixed = draw.permutation(len(behind))
    for rows in np.array_split(mixed, max(len(mixed) // _BATCH, 1)):
        some = steps.paired(behind[rows], ahead[rows]).take(np.arange(len(rows)))
        _, slope = gradients(weights, some, steps.late(behind[rows], ahead[rows]), _DECAY)
        adam.move(weights, slope)


def _loss(weights: dict[str, Floats], asked: Sequences, truth: Floats) -> float:
    said = np.clip(odds(weights, asked), 1e-6, 1 - 1e-6)
    return float(-np.mean(truth * np.log(said) + (1 - truth) * np.log(1 - said)))
