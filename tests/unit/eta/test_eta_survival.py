"""Survival tables: open cases count, small groups are shrunk, curves are curves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.eta.survival import EDGES, HazardTable

ALL, FEW = ("all",), ("all", "few")
ages = st.floats(0, 400, allow_nan=False)


def _table(days: list[float], **settings: float) -> HazardTable:
    table = HazardTable(**settings)
    for one in days:
        table.learn([ALL], one, 20_000)
    table.settle(20_000)
    return table


def test_the_median_of_what_ended() -> None:
    curve = _table([1, 2, 3, 4, 5, 6, 7, 8, 9] * 10, half_life_days=1e6).curve([ALL])

    assert curve is not None
    assert curve.quantile(0.5) == pytest.approx(5, rel=0.15)
    assert curve.evidence == pytest.approx(90, rel=0.01)


def test_open_cases_make_it_longer() -> None:
    table = _table([1, 2, 3] * 20, half_life_days=1e6)
    before = table.curve([ALL])
    table.replace_open([([ALL], 10.0)] * 60)
    table.settle(20_000)
    after = table.curve([ALL])

    assert before is not None
    assert after is not None
    assert after.quantile(0.5) > before.quantile(0.5) * 1.5


def test_open_cases_are_replaced_not_added() -> None:
    table = _table([1, 2, 3] * 20)
    before = table.curve([ALL])
    table.replace_open([([ALL], 10.0)] * 60)
    table.replace_open([])
    table.settle(20_000)

    assert table.curve([ALL]) == before


def test_a_small_group_speaks_as_the_one_above() -> None:
    table = _table([10.0] * 200, half_life_days=1e6, prior=8)
    table.learn([ALL, FEW], 1.0, 20_000)
    table.settle(20_000)
    few = table.curve([ALL, FEW])

    assert few is not None
    assert few.quantile(0.5) == pytest.approx(10, rel=0.15)


def test_a_large_group_speaks_for_itself() -> None:
    table = _table([10.0] * 200, half_life_days=1e6, prior=8)
    for _ in range(200):
        table.learn([ALL, FEW], 1.0, 20_000)
    table.settle(20_000)
    few = table.curve([ALL, FEW])

    assert few is not None
    assert few.quantile(0.5) == pytest.approx(1, rel=0.2)


def test_an_unknown_group_falls_back() -> None:
    table = _table([3.0] * 10)

    assert table.curve([ALL, ("all", "never seen")]) == table.curve([ALL])
    assert HazardTable().curve([ALL]) is None


def test_the_past_fades() -> None:
    table = HazardTable(half_life_days=10)
    for day in range(100):
        table.learn([ALL], 2.0 if day < 60 else 8.0, 20_000.0 + day)
    table.settle(20_100)
    curve = table.curve([ALL])

    assert curve is not None
    assert curve.quantile(0.5) == pytest.approx(8, rel=0.2)


@given(st.lists(ages, min_size=1, max_size=40), ages, ages)
def test_curves_fall_and_quantiles_rise(days: list[float], beyond: float, other: float) -> None:
    curve = _table(days).curve([ALL])

    assert curve is not None
    low, high = sorted((beyond, other))
    assert 0 <= curve.surviving(high) <= curve.surviving(low) <= 1
    found = [curve.quantile(share, beyond) for share in (0.1, 0.5, 0.9)]
    assert found == sorted(found)
    assert found[0] >= min(beyond, EDGES[-1]) - 1e-6


@given(st.floats())
def test_what_is_no_age_is_left_out(days: float) -> None:
    table = _table([1.0])
    table.learn([ALL], days, 20_000)
    table.replace_open([([ALL], days)])
    table.settle(20_000)

    assert table.curve([ALL]) is not None


def test_beyond_all_that_was_ever_seen_it_lasts_as_long_again() -> None:
    table = HazardTable()
    for index in range(200):
        table.learn([("stage",)], 1 + index / 100, 20_000)
    table.settle(20_000)
    curve = table.curve([("stage",)])
    assert curve is not None
    assert 12 < curve.quantile(0.5, beyond=7) < 16
    assert curve.quantile(0.9, beyond=7) > 50
    assert curve.quantile(0.5) < 3
