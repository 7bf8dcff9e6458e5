"""What has the words of a delivery and is none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from milepost.reading import read

TRAPS = tomllib.loads((Path(__file__).parent / "traps.toml").read_text("utf-8"))["not_delivered"]


@pytest.mark.parametrize("text", TRAPS)
def test_it_is_not_read_as_delivered(text: str) -> None:
    assert read(text).main != "delivered"
