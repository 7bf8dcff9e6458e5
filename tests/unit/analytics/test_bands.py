"""Intervals: against figures from the literature, and by trial."""

from __future__ import annotations

from random import Random

import pytest

from milepost.analytics.bands import ranks, wilson


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_as_published(count: int, of: int, low: float, high: float) -> None:
    """Newcombe 1998, table I, method 3."""
    assert wilson(count, of) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_of_nothing_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert ranks(0, 0.5) == (None, None)


@pytest.mark.parametrize(
    ("of", "quantile", "bounds"),
    [(10, 0.5, (2, 9)), (20, 0.5, (6, 15)), (50, 0.5, (18, 33)), (5, 0.5, (None, None)),
     (20, 0.95, (17, None))],
)  # fmt: skip
def test_ranks_of_the_sign_test(
    of: int, quantile: float, bounds: tuple[int | None, int | None]
) -> None:
    assert ranks(of, quantile) == bounds


@pytest.mark.parametrize("of", [80, 1500])
def test_bands_hold_what_they_promise(of: int) -> None:
    chance, true, hits = Random(3), 0.9, 0
    low, high = ranks(of, true)
    assert low is not None
    assert high is not None
    for _ in range(300):
        drawn = sorted(chance.random() for _ in range(of))
        hits += drawn[low - 1] <= true <= drawn[high - 1]

    assert hits / 300 >= 0.92
