"""Scan texts of many carriers and languages, written by us, against the whole reader."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from milepost.domain.status import MAINS
from milepost.reading import read

DATA = tomllib.loads((Path(__file__).parent / "phrases.toml").read_text("utf-8"))
PHRASES = [
    (group["name"], text, tuple(part.strip() for part in wanted.split("|")))
    for group in DATA["carrier"]
    for text, wanted in group["phrases"]
]


def test_there_are_many_and_their_labels_exist() -> None:
    assert len(PHRASES) >= 600
    assert {main for _, _, wanted in PHRASES for main in wanted} <= set(MAINS)


def test_nearly_all_are_right() -> None:
    wrong = [
        (text, wanted, got.sub, got.rule)
        for _, text, wanted in PHRASES
        if (got := read(text)).main not in wanted
    ]

    assert len(wrong) / len(PHRASES) <= 0.01, wrong


@pytest.mark.parametrize("name", sorted({name for name, _, _ in PHRASES}))
def test_none_is_falsely_delivered(name: str) -> None:
    wrong = [
        text
        for group, text, wanted in PHRASES
        if group == name and "delivered" not in wanted and read(text).main == "delivered"
    ]

    assert wrong == []
