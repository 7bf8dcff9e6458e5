"""Parts of the walk-forward: promises lately, lines beside the trees, promises that were broken."""

from __future__ import annotations

import numpy as np
import pytest

from milepost.eta.judge.lateness import pressure, risks
from milepost.eta.judge.promises import promise_gaps, recent_mean
from milepost.eta.judge.smooth import ridge, scaled


def test_a_recent_mean_knows_only_the_days_before() -> None:
    start = np.array([10.1, 10.5, 11.2, 12.0, np.nan])
    values = np.array([2.0, 4.0, 100.0, 1.0, 5.0])
    groups = np.array([0, 0, 0, 1, 0])
    found = recent_mean(start, values, groups, half_life=1e9, prior=1.0)

    assert np.isnan(found[[0, 1, 4]]).all()
    assert found[2] == pytest.approx(3.0)
    assert found[3] == pytest.approx(106 / 3)  # nothing of its own: as all others


def test_a_promise_is_seen_against_those_made_lately() -> None:
    start = np.arange(200) / 4
    slack = np.where(np.arange(200) < 150, 20.0, 10.0)  # the shop promises less from then on
    gaps = promise_gaps(start, slack, np.zeros(200, dtype=np.int64), np.full(200, 12_345.0))

    assert gaps["promise_gap"][149] == pytest.approx(0, abs=1e-9)
    assert gaps["promise_gap"][151] == pytest.approx(np.log(0.5), abs=0.05)
    assert abs(gaps["promise_gap"][199]) < abs(gaps["promise_gap_area"][199]) < np.log(2)


def test_lines_find_the_middle_and_bear_gaps_and_outliers() -> None:
    draw = np.random.default_rng(2)
    numbers = draw.normal(size=(400, 2))
    labels = 0.5 * numbers[:, 0] + np.where(np.arange(400) % 10 == 0, 2.4, 0.0)
    numbers[::7, 1] = np.nan
    flags = np.ones((400, 1))
    taught, asked = np.arange(300), np.arange(300, 400)
    matrix = scaled(numbers, flags, taught)
    said = ridge(matrix, taught, labels[taught], np.ones(300), asked)

    assert np.isfinite(said).all()
    assert np.corrcoef(said, numbers[asked, 0])[0, 1] > 0.95
    assert abs(np.median(said - 0.5 * numbers[asked, 0])) < 0.12


def _promises() -> dict[str, np.ndarray]:
    """Synthetic: one area breaks its promises, however long the times that are expected."""
    draw = np.random.default_rng(4)
    start = np.sort(draw.uniform(100, 200, 1_600))
    area = draw.integers(0, 2, 1_600).astype(float)
    late = (draw.random(1_600) < np.where(area == 1, 0.4, 0.02)).astype(bool)
    return {"start": start, "promised": np.floor(start + 15), "area": area, "late": late}


def test_what_was_broken_teaches_once_its_date_has_passed() -> None:
    made = _promises()
    pressed = pressure(np.full(1_600, 8.0), np.full(1_600, 14.0), np.full(1_600, 15.0))
    columns = made["area"][:, None], np.ones((1_600, 1))
    asked = np.flatnonzero(made["start"] >= 180)

    def odds(late: np.ndarray, promised: np.ndarray = made["promised"]) -> np.ndarray:
        told = risks(pressed, made["start"], promised, late, columns, [(180.0, asked)])
        return np.asarray(told[asked])

    said, bad = odds(made["late"]), made["area"][asked] == 1
    assert said[bad].min() > said[~bad].max()
    unknown = made["promised"] + 1 >= 180
    np.testing.assert_array_equal(said, odds(np.where(unknown, ~made["late"], made["late"])))
    without = np.where(np.arange(1_600) == asked[0], np.nan, made["promised"])
    assert odds(made["late"], without)[0] == 0
