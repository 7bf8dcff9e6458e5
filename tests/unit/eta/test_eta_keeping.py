"""Calibration, choice of the predictor, drift, and the tables of risk."""

from __future__ import annotations

import pytest
from eta_samples import BEGIN_US, facts

from milepost.eta import (
    DAY_US,
    CustomsTable,
    Road,
    Seen,
    SilenceTable,
    Spot,
    Table,
    learn,
    quote,
    refresh,
)
from milepost.eta.accuracy import Accuracy
from milepost.eta.calibration import Calibration
from milepost.eta.drift import DriftAlarm

TODAY = BEGIN_US / DAY_US


def test_quotes_that_were_too_short_are_stretched() -> None:
    calibration = Calibration()
    for number in range(200):
        days = 2 + number % 10
        calibration.learn(facts(), "lanes", (1.0, 2.5, 4.0), days, TODAY)
    calibration.refresh([], TODAY)
    low, middle, high = calibration.factors(facts(), "lanes")

    assert high == pytest.approx(10.5 / 4, rel=0.2)
    assert middle > 1.2
    assert low > 1.5


def test_without_enough_roads_nothing_is_stretched() -> None:
    calibration = Calibration()
    calibration.learn(facts(), "lanes", (1.0, 2.0, 3.0), 30, TODAY)
    calibration.refresh([], TODAY)

    assert calibration.factors(facts(), "lanes") == (1.0, 1.0, 1.0)


def test_open_roads_stretch_quotes_before_they_are_delivered() -> None:
    calibration = Calibration(half_life_days=1e6)
    for number in range(100):
        calibration.learn(facts(), "lanes", (1.0, 2.0, 4.0), 1 + number % 4, TODAY)
    calibration.refresh([], TODAY)
    before = calibration.factors(facts(), "lanes")[2]
    calibration.refresh([(facts(), "lanes", (1.0, 2.0, 4.0), 9.0)] * 60, TODAY)

    assert calibration.factors(facts(), "lanes")[2] > before * 1.3


def test_each_tenant_has_its_own_calibration() -> None:
    calibration = Calibration()
    for _ in range(100):
        calibration.learn(facts(), "lanes", (1.0, 2.0, 3.0), 9, TODAY)
    calibration.refresh([], TODAY)

    assert calibration.factors(facts(tenant="another"), "lanes") == (1.0, 1.0, 1.0)


def test_the_nearest_predictor_speaks() -> None:
    accuracy = Accuracy()
    for _ in range(60):
        accuracy.learn(facts(), "lanes", 5.0, 5.5)
        accuracy.learn(facts(), "promise", 9.0, 5.5)
    accuracy.settle()

    assert accuracy.best(facts(), ("promise", "lanes")) == "lanes"
    assert accuracy.best(facts(), ("boosted", "lanes")) is None


def test_a_lane_may_have_another_nearest_one() -> None:
    accuracy = Accuracy()
    abroad = facts(destination=Spot(country="BR", region="SP"))
    for _ in range(80):
        for about, real in ((facts(), 5.0), (facts(), 5.0), (facts(), 5.0), (abroad, 9.0)):
            accuracy.learn(about, "lanes", 5.0, real)
            accuracy.learn(about, "promise", 9.0, real)
    accuracy.settle()

    assert accuracy.best(facts(), ("lanes", "promise")) == "lanes"
    assert accuracy.best(abroad, ("lanes", "promise")) == "promise"


def test_drift_is_told_and_calm_is_not() -> None:
    alarm = DriftAlarm()
    for number in range(400):
        alarm.learn(("t",), 5.0, 9.0, 4.0 + number % 3)
    assert alarm.check(("t",)) == []

    for number in range(60):
        alarm.learn(("t",), 5.0, 9.0, 10.0 + number % 3)
    kinds = {drift.kind for drift in alarm.check(("t",))}

    assert kinds == {"slower", "quotes_broken"}
    assert alarm.check(("never seen",)) == []


def test_a_table_notices_that_its_world_got_slower() -> None:
    table = Table()
    for slower, count in ((1, 400), (4, 60)):
        for number in range(count):
            about = facts(number)
            days = (2 + number % 3) * slower
            road = Road(facts=about, delivered_us=about.created_us + days * DAY_US)
            learn(road, quote(about, table), table)
            if number % 50 == 0:
                refresh([], about.created_us, table)

    assert "slower" in {drift.kind for drift in table.drift.check(("t",))}


def test_silence_is_judged_by_its_segment() -> None:
    table = SilenceTable()
    for number in range(100):
        begun = BEGIN_US + number * DAY_US // 10
        events = (Seen(begun, "picked_up"), Seen(begun + DAY_US // 4, "in_transit"))
        end = begun + DAY_US // 4 + (1 + number % 3) * DAY_US
        table.learn_road(Road(facts=facts(created_us=begun), events=events, delivered_us=end))
    table.refresh([], BEGIN_US + 12 * DAY_US)
    last = Seen(BEGIN_US + 12 * DAY_US, "in_transit")

    fresh = table.check(facts(), [last], last.occurred_us + DAY_US // 2)
    stale = table.check(facts(), [last], last.occurred_us + 6 * DAY_US)
    assert fresh is not None
    assert stale is not None
    assert fresh.heard_by_now < 0.3
    assert stale.heard_by_now > 0.95
    assert stale.usual_days == pytest.approx(2, rel=0.3)
    assert table.check(facts(), [], BEGIN_US) is None


def test_customs_by_port_and_goods_fall_back_to_the_country() -> None:
    table = CustomsTable()
    for number in range(120):
        table.learn("BR", "CWB", "toys", 2 + number % 2, TODAY)
        table.learn("BR", "GRU", "food", 9 + number % 2, TODAY)
    table.refresh([], TODAY)
    medians = []
    for port, goods in (("CWB", "toys"), ("GRU", "food"), ("SSZ", "")):
        curve = table.curve("BR", port, goods)
        assert curve is not None
        medians.append(curve.quantile(0.5))

    assert medians[0] == pytest.approx(2.5, rel=0.3)
    assert medians[1] == pytest.approx(9.5, rel=0.3)
    assert medians[0] < medians[2] < medians[1]
    assert CustomsTable().curve("BR") is None
