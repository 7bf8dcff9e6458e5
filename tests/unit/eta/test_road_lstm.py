"""What speaks after scans: trees and the LSTM, its graph, and who of them is heard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from eta_samples import facts, roads

from milepost.eta import (
    DAY_US,
    Facts,
    Road,
    Seen,
    Table,
    estimate,
    learn,
    quote,
    refresh,
    training_underway,
)
from milepost.eta.judge.underway import evaluate_underway
from milepost.eta.lstm import Sequences, answers, begin, gradients, pinball
from milepost.eta.models import ModelStore
from milepost.eta.ports import Forecast, Situation
from milepost.eta.sequence import FACT_NUMBERS, KINDS, STEP_NUMBERS, sequences
from milepost.eta.stages import situation, standings
from milepost.eta.training import Trained, train


def winding(count: int, seed: int = 3) -> list[Road]:
    """Synthetic roads: a parcel that was failed once takes three more days."""
    draw, found = Random(seed), []
    for number in range(count):
        about = facts(number, promised_us=facts(number).created_us + 6 * DAY_US)
        at, events = about.created_us, []
        for main in ("picked_up", "in_transit", "in_transit"):
            at += int(DAY_US * draw.uniform(0.2, 0.6))
            events.append(Seen(at, main))
        if failed := draw.random() < 0.4:
            events.insert(2, Seen(events[1].occurred_us + DAY_US // 10, "exception"))
        rest = (1 + number % 4 + 4 * failed) * draw.lognormvariate(0, 0.15)
        done_us = at + int(DAY_US * rest)
        found.append(Road(facts=about, events=tuple(events), delivered_us=done_us))
    return found


@pytest.fixture(scope="module")
def trained() -> Iterator[Trained]:
    pytest.importorskip("onnx")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_underway, "_EPOCHS", 16)
        yield train(winding(500), with_lstm=True)


def table_of(past: list[Road], table: Table | None = None) -> Table:
    table = table or Table()
    for count, road in enumerate(sorted(past, key=lambda one: one.delivered_us or 0), 1):
        learn(road, quote(road.facts, table), table)
        if count % 50 == 0:
            refresh([], road.delivered_us or 0, table)
    return table


def test_a_standing_is_what_was_known_at_the_scan() -> None:
    road = winding(8)[0]
    found = standings(road)
    assert [at for at, _ in found] == [event.occurred_us for event in road.events]
    where = found[1][1]
    assert where.stage == "in_transit"
    assert [main for main, _ in where.trail] == ["picked_up", "in_transit"]
    assert where.silent == where.scanned == 0


def test_models_after_scans_beat_the_table_that_sees_the_last_stage_only(trained: Trained) -> None:
    scores = trained.scores
    table = scores["table_after_scans"]["mae_days"]
    assert scores["boosted_after_scans"]["mae_days"] < table
    assert scores["lstm_after_scans"]["mae_days"] < 0.95 * table
    assert scores["lstm_after_scans"]["p90_kept"] > 0.7
    assert set(trained.speaks) <= set(trained.made)


def test_the_graph_says_what_the_weights_say() -> None:
    pytest.importorskip("onnx")
    import onnxruntime

    from milepost.eta.onnx_graph import exported

    weights = begin(STEP_NUMBERS, FACT_NUMBERS, len(KINDS), 5, units=7, outputs=3)
    road = winding(3)[1]
    asked = [(road.facts, where, 2.5) for _, where in standings(road)]
    session = onnxruntime.InferenceSession(exported(weights), providers=["CPUExecutionProvider"])
    for one in asked:
        row = sequences([one])
        (told,) = session.run(None, {
            "steps": row.steps.transpose(1, 0, 2).astype(np.float32),
            "kinds": row.places.T, "lengths": np.array([row.steps.shape[1]], np.int32),
            "facts": row.facts.astype(np.float32),
        })  # fmt: skip
        np.testing.assert_allclose(told, answers(weights, row), atol=1e-5)


def test_quantiles_are_learned_from_their_own_slope() -> None:
    draw = np.random.default_rng(1)
    asked = Sequences(
        draw.normal(size=(4, 3, 2)), np.ones((4, 3), int), np.ones((4, 3), bool), np.ones((4, 1))
    )
    weights, labels = begin(2, 1, 2, 0, units=3, outputs=3), draw.normal(size=4)
    slope = gradients(weights, asked, labels, 0.0, pinball((0.1, 0.5, 0.9)))[1]["in"]
    both = []
    for step in (1e-6, -1e-6):
        moved = {**weights, "in": weights["in"].copy()}
        moved["in"][1, 4] += step
        both.append(gradients(moved, asked, labels, 0.0, pinball((0.1, 0.5, 0.9)))[0])
    assert slope[1, 4] == pytest.approx((both[0] - both[1]) / 2e-6, abs=1e-7)


def test_a_server_asks_the_model_that_was_chosen(trained: Trained, tmp_path: Path) -> None:
    store, past = ModelStore(tmp_path), winding(400)
    lstm = store.save(trained, command="t", made_us=1, speaks=("lstm_after_scans",)).version
    both = store.save(trained, command="t", made_us=1).version
    table = table_of(past)
    (only,) = store.predictors(table.lanes, lstm)
    assert only.name == "lstm"
    assert store.load(table.lanes, lstm) is None
    nearest = min(
        ("lstm", "boosted"), key=lambda one: trained.scores[f"{one}_after_scans"]["mae_days"]
    )
    assert store.predictors(table.lanes, both)[0].name == nearest

    table = Table(lanes=table.lanes, models=(only,))
    smooth, failed = (next(one for one in winding(40, 9) if _failed(one) is wanted)
                      for wanted in (False, True))  # fmt: skip
    days = {}
    for road in (smooth, failed):
        at_us = road.events[-1].occurred_us
        window = estimate(road.facts, road.events, at_us, table)
        assert window.predictor == "lstm"
        assert window.p10_us <= window.p50_us <= window.p90_us
        lane = table.lanes.forecast(road.facts, situation(road.facts, list(road.events), at_us)[0])
        assert lane is not None
        days[_failed(road)] = (window.p50_us - at_us) / DAY_US / lane.p50
    assert days[True] > 1.5 * days[False]


def _failed(road: Road) -> bool:
    return any(event.main == "exception" for event in road.events)


def test_after_a_long_silence_the_window_moves_on(trained: Trained, tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    version = store.save(trained, command="t", made_us=1).version
    table = table_of(winding(400))
    table = Table(lanes=table.lanes, models=store.predictors(table.lanes, version))
    road = winding(40, 9)[0]
    for days in (0, 5, 60, 400):
        now_us = road.events[-1].occurred_us + days * DAY_US
        window = estimate(road.facts, road.events, now_us, table)
        assert now_us <= window.p10_us <= window.p50_us <= window.p90_us


class Wrong:
    """Says fifty days after every scan."""

    name = "wrong"

    def forecast(self, _: Facts, where: Situation) -> Forecast | None:
        """Nothing before the first scan."""
        if where.stage == "created":
            return None
        return Forecast(40.0, 50.0, 60.0, False, "wrong", 100.0)


def test_who_was_far_off_after_scans_is_no_longer_asked() -> None:
    past = winding(300)
    table = table_of(past, Table(models=(Wrong(),)))
    road = winding(4, 8)[0]
    window = estimate(road.facts, road.events, road.events[-1].occurred_us, table)
    assert window.predictor != "wrong"


def test_the_contest_is_fought_month_by_month() -> None:
    found = evaluate_underway(winding(1_000), roads(1)[0].facts.created_us + 35 * DAY_US,
                              with_lstm=False)  # fmt: skip
    assert found["scans"] > 500
    told = found["predictors"]
    assert told["boosted"]["mae_days"] < told["table"]["mae_days"]
    assert 0.5 < told["boosted"]["late_auc"] <= 1


def test_a_pooled_lane_is_no_guess_and_a_foreign_one_is() -> None:
    table = table_of(roads(300))
    at_start = Situation("created", 0.0, 0.0)
    unseen = table.lanes.forecast(facts(0, carrier="nobody"), at_start)
    assert unseen is not None
    assert unseen.evidence >= 20
    abroad = facts(0, origin=facts(1).destination, destination=facts(0).origin)
    abroad = facts(0, origin=abroad.origin, destination=type(abroad.origin)(country="JP"))
    far = table.lanes.forecast(abroad, at_start)
    assert far is not None
    assert far.evidence == 0
