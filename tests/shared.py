"""Where the real data is. Tests that need it say so and are skipped where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared(name: str) -> Path:
    """The path of a shared file such as `data/trace_gold_dev.jsonl`; skips the test if absent."""
    base = Path(os.environ.get("MILEPOST_SHARED", ROOT.parent / "shared"))
    path = base / name
    if not path.exists():
        pytest.skip(f"real data {name} is not beside this checkout (set MILEPOST_SHARED)")
    return path
