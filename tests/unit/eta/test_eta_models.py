"""Training, the store of models, and the commands."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from eta_samples import facts, orders, roads

from milepost.cli.evaluate import evaluate_group
from milepost.cli.train import train_command
from milepost.eta import Table
from milepost.eta.lanes import LaneTable
from milepost.eta.models import ModelStore
from milepost.eta.ports import Situation
from milepost.eta.stages import CREATED
from milepost.eta.training import Trained, train


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(roads(1_000))


def test_trees_beat_the_table_where_there_is_something_to_learn(trained: Trained) -> None:
    assert trained.better
    assert trained.scores["boosted"]["p90_kept"] > 0.8


def test_too_few_roads_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        train(roads(50))


def test_models_are_kept_used_and_rolled_back(trained: Trained, tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    assert store.current is None
    assert store.load(LaneTable()) is None
    for _ in range(2):
        manifest = store.save(trained, command="train", made_us=1)
        store.use(manifest.version)

    assert [one.version for one in store.list()] == ["0001", "0002"]
    assert store.current == "0002"
    assert store.roll_back() == "0001"
    assert store.roll_back() is None
    with pytest.raises(ValueError, match="no model"):
        store.roll_back()
    with pytest.raises(ValueError, match="0009"):
        store.use("0009")


def test_a_loaded_model_speaks_for_lanes_that_the_table_knows(
    trained: Trained, tmp_path: Path
) -> None:
    table = Table()
    for road in roads(200):
        table.lanes.learn(road)
    store = ModelStore(tmp_path)
    version = store.save(trained, command="train", made_us=1).version
    model = store.load(table.lanes, version)

    assert model is not None
    at_start = Situation(CREATED, 0.0, 0.0)
    light, heavy = (model.forecast(facts(400, weight_g=g), at_start) for g in (500, 2_300))
    assert light is not None
    assert heavy is not None
    assert heavy.p50 > light.p50 * 1.2
    assert light.p10 <= light.p50 <= light.p90
    assert model.forecast(facts(400), Situation("customs", 2.0, 0.0)) is None


def test_the_train_command(tmp_path: Path) -> None:
    lines = tmp_path / "roads.jsonl"
    lines.write_bytes(b"not a road\n" + b"\n".join(msgspec.json.encode(one) for one in roads(500)))
    at = ["--data", str(tmp_path / "data"), "--json"]
    run = CliRunner().invoke
    made = run(train_command, ["--roads", str(lines), "--force", *at])
    listed = run(train_command, ["--list", *at])
    back = run(train_command, ["--rollback", *at])
    again = run(train_command, ["--rollback", *at])

    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["used"] is True
    assert json.loads(listed.stdout)["current"] == "0001"
    assert json.loads(back.stdout) == {"current": None}
    assert again.exit_code == 1


def test_the_evaluate_command_answers_from_the_table(tmp_path: Path) -> None:
    path = _written(tmp_path, orders(400, 120))
    done = CliRunner().invoke(
        evaluate_group,
        ["eta", "--orders", str(path), "--from", "2031-03-01", "--predictor", "table", "--json"],
    )

    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["mae_days"] < found["opponents"]["promise"]["mae_days"]
    assert set(found["p90_kept_by_month"]) == {"2031-03", "2031-04", "2031-05"}
    assert {"p90_quote_days", "late_auc", "late_ap", "within_2_days"} <= set(found)


def test_bad_rows_are_counted_and_left(tmp_path: Path) -> None:
    rows = orders(60, 60)
    rows[3]["ordered_at"] = "yesterday"
    rows[4]["delivered_at"] = "2030-01-01"
    rows[5] |= {"destination_lat": "", "destination_state": "", "promised_at": ""}
    rows[6]["delivered_at"] = ""
    path = _written(tmp_path, rows)
    done = CliRunner().invoke(
        evaluate_group, ["eta", "--orders", str(path), "--from", "2031-01-01", "--json"]
    )

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["refused"] == 2
    assert json.loads(done.stdout)["orders"] == 57


def test_an_empty_file_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("order_id,ordered_at\n")
    done = CliRunner().invoke(
        evaluate_group, ["eta", "--orders", str(path), "--from", "2031-01-01"]
    )

    assert done.exit_code == 1
    assert "no usable order" in done.output


def _written(folder: Path, rows: list[dict[str, str]]) -> Path:
    path = folder / "orders.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
