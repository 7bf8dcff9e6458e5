"""Evaluations on small synthetic files, with rows that are no good."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from milepost.eta.judge.legs import evaluate_legs
from milepost.eta.judge.processes import evaluate_processes, threshold
from milepost.eta.judge.scms import date, evaluate_scms


def _legs(count: int) -> list[dict[str, str]]:
    """Synthetic: each corridor takes a factor of its own of what the look-up says."""
    draw = Random(3)
    rows = []
    for number in range(count):
        corridor = draw.randrange(8)
        prior = 60 + corridor
        real = prior * (0.8 + corridor / 10) * draw.uniform(0.95, 1.05)
        rows.append({
            "source_center": f"s{corridor}", "destination_center": f"d{corridor}",
            "route_type": "FTL", "od_start_time": f"2031-01-{1 + number * 20 // count:02} 10:00:00",
            "actual_time": str(real), "M1_lookup": str(prior), "seen_corridor": "True",
        })  # fmt: skip
    return rows


def test_legs_correct_the_look_up() -> None:
    rows = [*_legs(800), {"actual_time": "-5"}, {}, {"od_start_time": "soon"}]
    found = evaluate_legs(rows)

    assert found["legs"] == 800
    assert found["mae_minutes"] < found["opponents_mae_minutes"]["M1_lookup"] / 2


def test_legs_do_not_teach_before_they_end() -> None:
    """Legs that all begin together cannot know of each other."""
    rows = _legs(100)
    for row in rows:
        row["od_start_time"] = "2031-01-01 10:00:00"
    found = evaluate_legs(rows)

    assert found["mae_minutes"] == found["opponents_mae_minutes"]["M1_lookup"]


def _processes(count: int) -> list[dict[str, str]]:
    """Synthetic: bad destinations take twice their plan for the last step."""
    draw = Random(4)
    rows = []
    for _ in range(count):
        place = draw.randrange(6)
        row = {"o_hops": "1", "legs": "1", "o_dep_1_place": "9", "o_rcf_1_place": str(place)}
        for leg in ("i1", "o"):
            for step in ("rcs", "dep_1", "rcf_1", "dlv"):
                plan = draw.randrange(100, 1_000)
                slow = 2.2 if leg == "o" and step == "dlv" and place < 2 else 0.9
                row[f"{leg}_{step}_p"] = str(plan)
                row[f"{leg}_{step}_e"] = str(int(plan * slow * draw.uniform(0.8, 1.2)))
        rows.append(row)
    return rows


def test_processes_learn_which_plans_break() -> None:
    rows = [*_processes(200), {"o_hops": "many", "i1_rcs_p": "", "o_dlv_e": "-3"}]
    found = evaluate_processes(rows, ["T3"], folds=2)

    assert found["T3"]["auc"] > 0.85
    assert 0 < found["T3"]["mcc"] <= 1
    assert 0 < found["first_called"]["T3"] <= 1


def test_the_threshold_is_where_the_expected_correlation_is_best() -> None:
    odds = np.concatenate([np.full(60, 0.9), np.full(40, 0.45), np.full(300, 0.03)])
    assert 0.03 < threshold(odds) <= 0.45  # half of the second group is late, so they are called
    assert threshold(np.where(odds == 0.45, 0.1, odds)) == 0.9


def test_too_few_processes_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        evaluate_processes(_processes(20))
    with pytest.raises(ValueError, match="o_dlv_p"):
        evaluate_processes([{"legs": "1"}] * 200)


def test_dates_of_three_styles() -> None:
    assert date("02-Jun-06") == date("6/2/06") == date("2006-06-02") == 13_301
    assert date("Date Not Captured") != date("Date Not Captured")


def test_too_few_shipments_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        evaluate_scms([{"Scheduled Delivery Date": "02-Jun-06"}])
