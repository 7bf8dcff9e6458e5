"""docs/alerts.md names every rule and every limit."""

from __future__ import annotations

import re
from pathlib import Path

from milepost.cli._judges import judged
from milepost.engine.policy_terms import SETTABLE
from milepost.rules import all_rules, learned, whole

PAGE = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text("utf-8")
TABLE = "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))


def test_every_rule_has_a_row() -> None:
    named = set(re.findall(r"`(\w+)`", TABLE))
    ours = {*all_rules(), *whole.all_rules(), *learned.names()}
    assert ours <= named
    assert {"promise_at_risk", "silence_abnormal", "missort", "detour_network"} <= named


def test_every_learned_rule_has_a_judge() -> None:
    assert set(learned.names()) <= set(judged())


def test_every_limit_stands_beside_a_rule() -> None:
    assert {one for one in SETTABLE if f"`{one}`" not in TABLE} == set()
