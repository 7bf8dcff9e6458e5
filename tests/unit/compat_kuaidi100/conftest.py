from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from milepost.domain.track import Track

FIXTURES = files("milepost.compat.kuaidi100") / "fixtures"


@pytest.fixture
def track() -> Track:
    """A parcel from Shenzhen that is out for delivery in Chengdu."""
    return msgspec.json.decode((FIXTURES / "road.json").read_bytes(), type=Track)


@pytest.fixture
def expected() -> Any:
    """An expected answer by its name."""

    def read(name: str) -> Any:
        return json.loads((FIXTURES / f"{name}.expected.json").read_text("utf-8"))

    return read
