"""What docs/cases.md says of cases is what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from milepost.domain.case import Action
from milepost.engine.cases.check import PROBLEMS
from milepost.engine.cases.kinds import kinds

PAGE = (Path(__file__).parents[3] / "docs" / "cases.md").read_text("utf-8")
ROW = re.compile(r"^\| `(?P<name>\w+)` \| .+ \| (?P<n>\d+) (?P<unit>h|days) \| (?P<asks>\w*) ?\|$")
FOUND = {row["name"]: row for line in PAGE.splitlines() if (row := ROW.match(line))}
HOURS = {"h": 1, "days": 24}
# Taken by Milepost itself, never by a caller.
OWN = {"opened", "checked"}


def test_every_kind_is_documented_and_no_other() -> None:
    assert set(FOUND) == set(kinds())


@pytest.mark.parametrize("name", sorted(kinds()))
def test_deadline_and_carrier_are_those_of_the_code(name: str) -> None:
    row, kind = FOUND[name], kinds()[name]
    assert int(row["n"]) * HOURS[row["unit"]] == kind.deadline_h
    assert (row["asks"] == "yes") is kind.carrier


def test_every_action_and_every_problem_is_documented() -> None:
    assert {one for one in get_args(Action) if f"`{one}`" not in PAGE} <= OWN
    assert [one for one in PROBLEMS if f"`{one}`" not in PAGE] == []
