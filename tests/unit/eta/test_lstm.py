"""The LSTM: its gradients against differences, and something it can learn."""

from __future__ import annotations

import numpy as np
import pytest

from milepost.eta.lstm import Adam, Sequences, begin, gradients, odds


def _sequences(rows: int, seed: int = 1) -> tuple[Sequences, np.ndarray]:
    """Synthetic: late where the place 2 comes before the last step."""
    draw = np.random.default_rng(seed)
    places = draw.integers(0, 4, (rows, 5))
    there = draw.random((rows, 5)) < 0.8
    there[:, 0] = True
    late = ((places == 2) & there)[:, :-1].any(axis=1)
    steps, facts = draw.normal(size=(rows, 5, 3)), draw.normal(size=(rows, 2))
    return Sequences(steps, places, there, facts), late.astype(float)


@pytest.mark.parametrize("name", ["places", "in", "back", "bias", "out", "out_bias"])
def test_the_gradient_is_that_of_the_loss(name: str) -> None:
    asked, late = _sequences(6)
    weights = begin(3, 2, 4, seed=0, units=4)
    slope = gradients(weights, asked, late, 1e-3)[1][name]
    losses = []
    for index in np.ndindex(*weights[name].shape):
        both = []
        for step in (1e-5, -1e-5):
            moved = {**weights, name: weights[name].copy()}
            moved[name][index] += step
            both.append(gradients(moved, asked, late, 1e-3)[0])
        losses.append((both[0] - both[1]) / 2e-5)

    np.testing.assert_allclose(slope.ravel(), losses, atol=1e-7)


def test_steps_that_are_not_there_change_nothing() -> None:
    asked, _ = _sequences(20)
    weights = begin(3, 2, 4, seed=0, units=4)

    trimmed = asked.take(np.arange(20))
    np.testing.assert_allclose(odds(weights, trimmed), odds(weights, asked))
    noisy = np.where(asked.there[:, :, None], asked.steps, 9.0)
    other = Sequences(noisy, asked.places, asked.there, asked.facts)
    np.testing.assert_allclose(odds(weights, other), odds(weights, asked))


def test_it_learns_what_came_before() -> None:
    asked, late = _sequences(300)
    weights, adam = begin(3, 2, 4, seed=0, units=8), Adam(0.03)
    for _ in range(80):
        adam.move(weights, gradients(weights, asked, late, 1e-4)[1])
    other, truth = _sequences(200, seed=2)

    assert ((odds(weights, other) > 0.5) == (truth > 0.5)).mean() > 0.85
