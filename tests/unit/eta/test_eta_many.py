"""Many asked at once get what each would have got alone."""

from __future__ import annotations

import pytest
from eta_samples import facts, roads

from milepost.eta import (
    DAY_US,
    Facts,
    Seen,
    Table,
    estimate,
    estimate_many,
    learn,
    quote,
    refresh,
)
from milepost.eta.boosted import BoostedPredictor
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Forecast, Situation, answers_many
from milepost.eta.training import train

NOW_US = facts(500).created_us + 2 * DAY_US


class Flat:
    """A model that knows only how to answer for one."""

    name = "flat"

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        past = situation.silent
        return Forecast(past + 1, past + 2, past + 3, False, "flat") if facts.carrier else None


def _asked() -> list[tuple[Facts, tuple[Seen, ...], int]]:
    found = [(facts(500 + number), roads(40)[number].events[:0], number) for number in range(8)]
    for number in range(40):
        about = facts(460 + number)
        events = tuple(
            Seen(about.created_us + (1 + step) * DAY_US // 4, main)
            for step, main in enumerate(("picked_up", "in_transit", "customs")[: number % 4])
        )
        found.append((about, events, number * 1_000))
    done = facts(460)
    found.append((done, (Seen(done.created_us + DAY_US, "delivered"),), 0))
    return [*found, (facts(470, carrier="unheard of", created_us=NOW_US + DAY_US), (), 0)]


@pytest.fixture(scope="module")
def table() -> Table:
    pytest.importorskip("lightgbm")
    past, lanes = roads(450), LaneTable()
    trained = train(past)
    trees = BoostedPredictor(trained.models, trained.vocabulary, lanes, trained.scanned)
    found = Table(lanes=lanes, models=(trees, Flat()))
    for road in past:
        learn(road, quote(road.facts, found), found)
    refresh([], NOW_US, found)
    return found


def test_many_are_answered_like_each(table: Table) -> None:
    asked = _asked()
    alone = [estimate(about, events, NOW_US, table, delay) for about, events, delay in asked]

    assert estimate_many(asked, NOW_US, table) == alone
    assert {"boosted", "scan"} < {one.predictor for one in alone}


def test_none_and_an_empty_table(table: Table) -> None:
    assert estimate_many([], NOW_US, table) == []
    asked = _asked()
    told = estimate_many(asked, NOW_US, Table())
    assert told == [estimate(about, events, NOW_US, Table(), by) for about, events, by in asked]
    assert answers_many(table.models[0])
    assert not answers_many(table.models[1])
