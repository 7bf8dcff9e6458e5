"""Files of orders as strangers write them: repeated, shuffled, with offsets, with slips."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from milepost.cli._foresight import evaluate_eta
from milepost.eta.judge.orders import read_orders

FIRST = datetime(2031, 1, 1)  # noqa: DTZ001 - local times of the source


def order(number: int, ordered: str, delivered: str = "", **more: str) -> dict[str, str]:
    return {"order_id": f"o{number}", "ordered_at": ordered, "delivered_at": delivered,
            "promised_at": "2031-03-01", "destination_state": "SP", **more}  # fmt: skip


def test_an_order_counts_once_and_in_any_order_of_rows() -> None:
    rows = [order(number, f"2031-01-{1 + number % 5:02} 10:00:00", "2031-02-01 10:00:00",
                  price=str(number)) for number in range(30)]  # fmt: skip
    once = read_orders(rows)
    mixed = [*rows, *rows[:7]]
    Random(1).shuffle(mixed)
    again = read_orders(mixed)

    assert (len(once), len(again), again.repeated, again.refused) == (30, 30, 7, 0)
    assert again.numbers["price"].tolist() == once.numbers["price"].tolist()


def test_times_with_and_without_offsets() -> None:
    found = read_orders([
        order(1, "2031-01-05 10:00:00", "2031-01-07 10:00:00"),
        order(2, "2031-01-05T10:00:00-03:00", "2031-01-07T13:00:00Z"),
        order(3, "20310105T100000", " 2031-01-07 10:00:00 "),
    ])  # fmt: skip

    assert (found.delivered - found.ordered).tolist() == [2.0, 2.0, 2.0]
    assert set(found.month.tolist()) == {"2031-01"}


def test_slips_are_refused_and_the_rest_goes_on() -> None:
    found = read_orders([
        order(1, "2031-01-05 10:00:00"),
        order(2, "9999-12-31 10:00:00"),
        order(3, "0001-01-01 10:00:00", "2031-01-05 10:00:00"),
        order(4, "2031-01-05 10:00:00", "2031-01-04 10:00:00"),
        order(5, "soon"),
    ])  # fmt: skip

    assert (len(found), found.refused) == (1, 4)


def written(path: Path, count: int) -> Path:
    """Synthetic: four orders a day, each two to eleven days on the road."""
    rows = []
    for number in range(count):
        at = FIRST + timedelta(hours=6 * number)
        rows.append(order(number, str(at), str(at + timedelta(days=2 + number % 10))))
    with gzip.open(path, "wt", newline="") as file:
        writer = csv.DictWriter(file, ["extra", *rows[0]], restval="x")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("predictor", ["boosted", "table"])
def test_a_day_within_a_month_begins_the_test(tmp_path: Path, predictor: str) -> None:
    path = written(tmp_path / "orders.csv.gz", 240)  # January and February
    asked = ["--orders", str(path), "--predictor", predictor, "--json"]
    found = {}
    for begin in ("2031-02-01", "2031-02-15"):
        done = CliRunner().invoke(evaluate_eta, [*asked, "--from", begin])
        assert done.exit_code == 0, done.output
        found[begin] = json.loads(done.stdout)
    whole, half = found.values()

    assert whole["orders"] == 116
    assert half["orders"] == 60
    assert half["from"] == "2031-02-15"
    assert {"mae_days", "p90_kept_by_month", "p90_quote_days", "late_auc", "late_ap",
            "within_2_days"} <= half.keys()  # fmt: skip


def test_what_cannot_be_judged_is_said_in_words(tmp_path: Path) -> None:
    path = written(tmp_path / "orders.csv.gz", 40)
    late = CliRunner().invoke(evaluate_eta, ["--orders", str(path), "--from", "2040-01-01"])
    other = tmp_path / "other.csv"
    other.write_text("a;b\n1;2\n")
    none = CliRunner().invoke(evaluate_eta, ["--orders", str(other), "--from", "2031-01-01"])
    (tmp_path / "cut.csv.gz").write_bytes(path.read_bytes()[:300])
    cut = CliRunner().invoke(
        evaluate_eta, ["--orders", str(tmp_path / "cut.csv.gz"), "--from", "2031-01-01"]
    )

    assert "no delivered order in the months asked for" in late.output
    assert "ordered_at" in none.output
    assert {late.exit_code, none.exit_code, cut.exit_code} == {1}
