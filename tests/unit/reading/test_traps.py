"""What has the words of a road's end and is none, and what only seems not to have them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from milepost.reading import read

TEXTS = tomllib.loads((Path(__file__).parent / "traps.toml").read_text("utf-8"))


@pytest.mark.parametrize("text", TEXTS["delivered"])
def test_what_looks_like_none_is_a_delivery(text: str) -> None:
    assert read(text).main == "delivered"


@pytest.mark.parametrize("text", TEXTS["not_returned"])
def test_it_is_no_return_that_has_ended(text: str) -> None:
    assert read(text).main != "returned"


@pytest.mark.parametrize("text", TEXTS["not_delivered"])
def test_it_is_not_read_as_delivered(text: str) -> None:
    assert read(text).main != "delivered"
