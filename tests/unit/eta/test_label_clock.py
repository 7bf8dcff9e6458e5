"""No label is used before it was known: other futures give the same quotes."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from eta_samples import BEGIN, BEGIN_US, orders, roads

from milepost.eta import DAY_US, Road, Table
from milepost.eta.judge import forecasts
from milepost.eta.judge.orders import read_orders
from milepost.eta.judge.walk import walk
from milepost.eta.replay import replay

WORKDAYS = np.array([(day + 3) % 7 < 5 for day in range(24_000)])
SPLIT = datetime.fromisoformat("2031-05-12")
_TIMES = ("ordered_at", "handed_over_at", "delivered_at")


@pytest.fixture
def _small_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a forecast may know does not depend on how many trees there are."""
    for name in ("_ROUNDS", "_FOLD_ROUNDS", "_SPREAD_ROUNDS", "_WILD_ROUNDS"):
        monkeypatch.setattr(forecasts, name, 12)


def _other_future(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """All that is known only after SPLIT happens nine days later, or sooner after SPLIT."""
    changed = []
    for number, row in enumerate(rows):
        other = dict(row)
        for name in ("approved_at", "handed_over_at", "delivered_at"):
            moment = datetime.fromisoformat(row[name])
            if moment >= SPLIT:
                shift = timedelta(days=9 if number % 2 else 0, hours=1 + number % 5)
                other[name] = f"{moment + shift:%Y-%m-%d %H:%M:%S}"
        changed.append(other)
    return changed


def _shuffled_future(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Orders delivered after SPLIT swap how long they took; none becomes known before SPLIT."""
    moments = [[datetime.fromisoformat(row[name]) for name in _TIMES] for row in rows]
    later = [number for number, (_, _, done) in enumerate(moments) if done >= SPLIT]
    took = [moments[number][2] - moments[number][0] for number in later]
    Random(7).shuffle(took)
    changed = [dict(row) for row in rows]
    for number, days in zip(later, took, strict=True):
        ordered, handed, _ = moments[number]
        done = max(ordered + days, SPLIT, handed) + timedelta(hours=1)
        changed[number]["delivered_at"] = f"{done:%Y-%m-%d %H:%M:%S}"
    return changed


@pytest.mark.usefixtures("_small_trees")
@pytest.mark.parametrize("changed", [_other_future, _shuffled_future])
@pytest.mark.parametrize("moment", ["purchase", "handover"])
def test_the_walk_does_not_see_the_future(moment: str, changed: Any) -> None:
    rows = orders(900, 150)
    assert BEGIN < SPLIT
    real, other = read_orders(rows), read_orders(changed(rows))
    found: list[Any] = [walk(one, "2031-05", WORKDAYS, moment=moment) for one in (real, other)]

    day = float(np.datetime64(SPLIT, "D").astype(int))
    asked = found[0].tested & (found[0].start < day)
    assert asked.sum() > 20
    for share in (0.5, 0.8, 0.9):
        np.testing.assert_array_equal(found[0].days[share][asked], found[1].days[share][asked])
    np.testing.assert_array_equal(found[0].risk[asked], found[1].risk[asked])
    # And the test could fail: what is quoted after the split does differ.
    after = found[0].tested & (found[0].start > day + 12)
    assert (found[0].days[0.5][after] != found[1].days[0.5][after]).any()


def test_the_replay_does_not_see_the_future() -> None:
    real = roads(500)
    split = BEGIN_US + 15 * DAY_US
    other = [
        Road(facts=road.facts, events=road.events, delivered_us=road.delivered_us + 5 * DAY_US)
        if road.delivered_us is not None and road.delivered_us >= split else road
        for road in real
    ]  # fmt: skip
    first, second = replay(real, Table()), replay(other, Table())

    early = [index for index in first if real[index].facts.created_us < split]
    assert early
    assert [first[index] for index in early] == [second[index] for index in early]
    assert first != second


@pytest.mark.usefixtures("_small_trees")
def test_the_table_follows_the_slower_world() -> None:
    """Quotes after the slow-down of the last third are longer, before most of it is delivered."""
    found = read_orders(orders(900, 150))
    quotes = walk(found, "2031-03", WORKDAYS)
    middle = quotes.days[0.5]
    before = (found.month == "2031-03") & np.isfinite(middle)
    after = (found.month == "2031-05") & np.isfinite(middle)

    assert middle[after].mean() > middle[before].mean() * 1.15
