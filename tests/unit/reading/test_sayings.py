"""How carriers say it: the sentences of `scripts/reading`, most of which the reader knows."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from milepost.domain.status import MAINS
from milepost.reading import read

FOLDER = Path(__file__).resolve().parents[3] / "scripts/reading"
_spec = importlib.util.spec_from_file_location("sayings", FOLDER / "sayings.py")
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
DRAWN = {
    path.stem: list(_module.sayings(path, 8, seed=11)) for path in sorted(FOLDER.glob("*.toml"))
}


@pytest.mark.parametrize("language", DRAWN)
def test_most_sayings_are_read(language: str) -> None:
    wrong = [item for item in DRAWN[language] if read(item.text).main not in item.mains]

    assert len(DRAWN[language]) > 150
    assert len(wrong) < 0.04 * len(DRAWN[language]), wrong


@pytest.mark.parametrize("language", DRAWN)
def test_no_pattern_of_a_status_is_unknown_to_the_reader(language: str) -> None:
    drawn = Counter(item.pattern for item in DRAWN[language])
    wrong = Counter(
        item.pattern for item in DRAWN[language] if read(item.text).main not in item.mains
    )

    assert [pattern for pattern, count in wrong.items() if count > 0.8 * drawn[pattern]] == []


@pytest.mark.parametrize("language", DRAWN)
def test_no_saying_is_falsely_delivered(language: str) -> None:
    wrong = [
        item.text
        for item in DRAWN[language]
        if "delivered" not in item.mains and read(item.text).main == "delivered"
    ]

    assert wrong == []


def test_their_labels_exist() -> None:
    assert {main for items in DRAWN.values() for item in items for main in item.mains} <= set(MAINS)
