"""The goals, on real numbers beside the checkout."""

from __future__ import annotations

import json
import re

import pytest

from milepost.cli.identify import COURIERS
from milepost.identify import evaluate, identify
from milepost.identify.evaluation import Case, read_cases
from shared import shared


def cases() -> list[Case]:
    data = json.loads(shared("data/tracking_numbers.json").read_text("utf-8"))
    return list(read_cases(data, COURIERS))


def test_goals_on_real_numbers() -> None:
    figures = evaluate([case for case in cases() if case.format], random_count=8000)

    assert figures["top1"] >= 0.98
    assert figures["invalid_called"] == []
    assert figures["random_called"] <= 0.01


def spec_examples() -> list[tuple[str, str]]:
    text = shared("specs/chinese-waybill-numbers.md").read_text("utf-8")
    return re.findall(r"^\| ([^|]+) \| `(\w+)` \|", text, re.MULTILINE)


def test_chinese_examples() -> None:
    """One example fits no rule of the carrier it is said to be of; no honest rule can name it.
    Where a rule is shared by several carriers, the answer is to say so."""
    absent, misled = [], []
    for carrier, number in spec_examples():
        slugs = {slug.casefold() for slug in COURIERS.get(carrier, (carrier,))}
        seen = identify(number)
        if not slugs & {one.carrier for one in seen.candidates}:
            absent.append(number)
        elif seen.candidates[0].carrier not in slugs and not seen.ambiguous:
            misled.append(number)

    assert len(absent) <= 1
    assert misled == []


@pytest.mark.parametrize("position", range(3))
def test_spelling_does_not_matter(position: int) -> None:
    spell = [str.lower, lambda text: " ".join(text), lambda text: "\u200b-".join(text)][position]
    for case in cases():
        if "-" not in case.number:
            plain = identify(case.number.replace(" ", ""))
            assert identify(spell(case.number.replace(" ", ""))) == plain
