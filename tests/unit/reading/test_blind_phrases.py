"""Batches of texts that were written and labelled before the rules were run on them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from milepost.domain.status import MAINS
from milepost.reading import read

DATA = tomllib.loads((Path(__file__).parent / "blind.toml").read_text("utf-8"))
BATCHES = {
    batch["name"]: [(text, wanted.split(" | ")) for text, wanted in batch["phrases"]]
    for batch in DATA["batch"]
}


def test_their_labels_exist() -> None:
    wanted = {main for rows in BATCHES.values() for _, mains in rows for main in mains}

    assert wanted <= set(MAINS)


@pytest.mark.parametrize("name", BATCHES)
def test_none_is_falsely_delivered(name: str) -> None:
    wrong = [
        text
        for text, wanted in BATCHES[name]
        if "delivered" not in wanted and read(text).main == "delivered"
    ]

    assert wrong == []


def test_most_are_right_after_the_rules_were_widened() -> None:
    rows = [row for batch in BATCHES.values() for row in batch]
    wrong = [text for text, wanted in rows if read(text).main not in wanted]

    assert len(rows) > 1_500
    assert len(wrong) / len(rows) < 0.07, wrong
