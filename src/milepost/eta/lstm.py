"""A small LSTM over the steps of a road: numpy alone, gradients by hand.

It reads steps (numbers and a place, which is embedded), then facts of the whole road beside its
last state. Its answers are one number or several: log odds, or quantiles. Trained with Adam.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Weights = dict[str, Floats]
    # Answers [rows, outputs] and labels [rows] to the mean loss and its slope by each answer.
    Loss = Callable[[Floats, Floats], tuple[float, Floats]]

UNITS, EMBEDDED = 48, 6
_FADE, _FADE_SQUARE, _TINY, _MOST_GRADIENT = 0.9, 0.999, 1e-8, 1.0


@dataclass(frozen=True)
class Sequences:
    """`steps` [rows, steps, numbers], `places` [rows, steps], `there` (a step is none where False)
    and `facts` [rows, numbers].
    """

    steps: Floats
    places: NDArray[np.int64]
    there: NDArray[np.bool_]
    facts: Floats

    def __len__(self) -> int:
        return len(self.steps)

    def take(self, rows: NDArray[np.int64]) -> Sequences:
        """Some rows, no longer than their longest, steps that are there at the end."""
        there = self.there[rows]
        order = np.argsort(there, axis=1, kind="stable")
        order = order[:, there.shape[1] - max(int(there.sum(axis=1).max()), 1) :]
        at = np.arange(len(rows))[:, None]
        return Sequences(
            self.steps[rows][at, order], self.places[rows][at, order], there[at, order],
            self.facts[rows],
        )  # fmt: skip


def begin(
    numbers: int, facts: int, places: int, seed: int, units: int = UNITS, outputs: int = 1
) -> Weights:
    """Weights before training; gates are input, forget, answer and candidate."""
    draw = np.random.default_rng(seed)
    inside = numbers + EMBEDDED
    bias = np.zeros(4 * units)
    bias[units : 2 * units] = 1.0  # to remember is the beginning
    return {
        "places": draw.normal(0, 0.1, (places, EMBEDDED)),
        "in": draw.normal(0, inside**-0.5, (inside, 4 * units)),
        "back": draw.normal(0, units**-0.5, (units, 4 * units)),
        "bias": bias,
        "out": draw.normal(0, 0.1, (units + facts, outputs)),
        "out_bias": np.zeros(outputs),
    }


@dataclass
class _Step:
    inside: Floats
    gates: Floats
    cell: Floats
    cell_before: Floats
    state_before: Floats
    there: Floats


def odds(weights: Weights, asked: Sequences) -> Floats:
    """For each row the odds of the event."""
    return _sigmoid(answers(weights, asked)[:, 0])


def answers(weights: Weights, asked: Sequences) -> Floats:
    """For each row all that the last layer says."""
    return _forward(weights, asked)[0]


def log_loss(logits: Floats, labels: Floats) -> tuple[float, Floats]:
    """Of log odds, for labels of 0 and 1."""
    truth = labels[:, None]
    loss = float(np.mean(np.logaddexp(0, logits) - truth * logits))
    return loss, (_sigmoid(logits) - truth) / len(labels)


def pinball(shares: Sequence[float]) -> Loss:
    """Of quantiles: each answer is too low for its share of the labels."""
    wanted = np.array(shares)

    def loss(said: Floats, labels: Floats) -> tuple[float, Floats]:
        short = labels[:, None] - said
        mean = float(np.mean(np.maximum(wanted * short, (wanted - 1) * short)))
        return mean, np.where(short > 0, -wanted, 1 - wanted) / short.size

    return loss


def _forward(weights: Weights, asked: Sequences) -> tuple[Floats, list[_Step], Floats]:
    units = len(weights["back"])
    state = np.zeros((len(asked), units))
    cell, kept = state, []
    for index in range(asked.steps.shape[1]):
        embedded = weights["places"][asked.places[:, index]]
        inside = np.hstack([asked.steps[:, index], embedded])
        raw = inside @ weights["in"] + state @ weights["back"] + weights["bias"]
        gates = np.hstack([_sigmoid(raw[:, : 3 * units]), np.tanh(raw[:, 3 * units :])])
        let, keep, tell, new = np.split(gates, 4, axis=1)
        there = asked.there[:, index, None].astype(float)
        after = keep * cell + let * new
        kept.append(_Step(inside, gates, after, cell, state, there))
        cell, state = (
            there * after + (1 - there) * cell,
            there * tell * np.tanh(after) + (1 - there) * state,
        )
    whole = np.hstack([state, asked.facts])
    return whole @ weights["out"] + weights["out_bias"], kept, whole


def gradients(
    weights: Weights, asked: Sequences, labels: Floats, decay: float, loss_of: Loss = log_loss
) -> tuple[float, Weights]:
    """Mean loss (with weight decay) and its gradient by each weight."""
    said, kept, whole = _forward(weights, asked)
    loss, error = loss_of(said, labels)
    loss += decay / 2 * sum(float((value**2).sum()) for value in weights.values())
    found = {name: decay * value for name, value in weights.items()}
    found["out"] = found["out"] + whole.T @ error
    found["out_bias"] = found["out_bias"] + error.sum(axis=0)
    units = len(weights["back"])
    state = error @ weights["out"][:units].T
    cell = np.zeros_like(state)
    for index in reversed(range(len(kept))):
        state, cell = _back(weights, found, kept[index], asked.places[:, index], state, cell)
    return loss, found


def _back(
    weights: Weights, found: Weights, step: _Step, places: NDArray[np.int64],
    state: Floats, cell: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Through one step: gradients of the state and the cell before it."""
    let, keep, tell, new = np.split(step.gates, 4, axis=1)
    there, told = step.there, np.tanh(step.cell)
    inner = there * (cell + state * tell * (1 - told**2))
    raw = np.hstack([
        inner * new * let * (1 - let), inner * step.cell_before * keep * (1 - keep),
        there * state * told * tell * (1 - tell), inner * let * (1 - new**2),
    ])  # fmt: skip
    found["in"] = found["in"] + step.inside.T @ raw
    found["back"] = found["back"] + step.state_before.T @ raw
    found["bias"] = found["bias"] + raw.sum(axis=0)
    embedded = (raw @ weights["in"].T)[:, -weights["places"].shape[1] :]
    np.add.at(found["places"], places, embedded)
    return (1 - there) * state + raw @ weights["back"].T, (1 - there) * cell + inner * keep


class Adam:
    """One step at a time along the gradient, each weight at its own rate."""

    def __init__(self, rate: float) -> None:
        self._rate, self._count = rate, 0
        self._mean: Weights = {}
        self._square: Weights = {}

    def move(self, weights: Weights, by: Weights) -> None:
        """Changes the weights in place."""
        self._count += 1
        size = float(np.sqrt(sum((value**2).sum() for value in by.values())))
        cut = min(1.0, _MOST_GRADIENT / max(size, _TINY))
        for name, slope in by.items():
            mean = _FADE * self._mean.get(name, 0.0) + (1 - _FADE) * slope * cut
            square = self._square.get(name, 0.0)
            square = _FADE_SQUARE * square + (1 - _FADE_SQUARE) * (slope * cut) ** 2
            self._mean[name], self._square[name] = np.asarray(mean), np.asarray(square)
            fair = mean / (1 - _FADE**self._count)
            spread = np.sqrt(square / (1 - _FADE_SQUARE**self._count))
            weights[name] = weights[name] - self._rate * fair / (spread + _TINY)


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))
