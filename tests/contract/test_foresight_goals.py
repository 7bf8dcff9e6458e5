"""Foresight on real data (kept outside the repository): cautious bounds of what was measured."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from click.testing import CliRunner

from milepost.cli._foresight import read_rows
from milepost.cli.evaluate import evaluate_group
from milepost.eta.judge.processes import evaluate_processes
from shared import shared


def _evaluated(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(evaluate_group, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def arrival(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The last month of half of the open rows, three months of warm-up before it."""
    rows = read_rows(shared("data/olist_orders.csv.gz"))[::2]
    path = tmp_path_factory.mktemp("orders") / "orders.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return _evaluated("eta", "--orders", str(path), "--from", "2018-02-01")


def test_arrival_is_nearer_than_every_opponent(arrival: dict[str, Any]) -> None:
    opponents = {name: one["mae_days"] for name, one in arrival["opponents"].items()}

    assert arrival["mae_days"] < 6.7
    assert arrival["mae_days"] < 0.93 * min(opponents.values())


def test_the_quote_is_kept_though_the_month_is_slow(arrival: dict[str, Any]) -> None:
    assert arrival["p90_kept_by_month"]["2018-02"] >= 0.84
    assert arrival["p90_quote_days"] <= 28


def test_lateness_is_seen_at_purchase(arrival: dict[str, Any]) -> None:
    assert arrival["late_auc"] >= 0.69


def test_risk_of_a_plan_at_the_hub() -> None:
    rows = read_rows(shared("data/c2k_processes.csv.gz"))
    found = evaluate_processes(rows, ["T3"], folds=2)["T3"]

    assert found["auc"] >= 0.895
    assert found["mcc"] >= 0.63
    assert found["auc"] > max(found[one]["auc"] for one in ("trees", "lstm"))


def test_legs_are_nearer_than_the_look_up() -> None:
    found = _evaluated("legs", "--legs", str(shared("data/delhivery_legs.csv.gz")))

    assert found["legs"] == 7_421
    assert found["mae_minutes"] < 34.5
    assert found["cold_mae_minutes"] < 74


def test_lateness_across_borders() -> None:
    found = _evaluated("scms", "--shipments", str(shared("data/scms_shipments.csv.gz")))

    assert found["late_auc"] > 0.772
