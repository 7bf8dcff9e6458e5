"""The reading of spoken numbers, tested where it is written: in TypeScript."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


def test_spoken_numbers_in_english_and_chinese() -> None:
    npm = shutil.which("npm")
    if npm is None or not (FRONTEND / "node_modules" / ".bin" / "esbuild").exists():
        if os.environ.get("CI"):
            pytest.fail("npm ci in frontend/")
        pytest.skip("npm ci in frontend/")
    done = subprocess.run(
        [npm, "test", "--silent"], cwd=FRONTEND, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stdout
    assert "# fail 0" in done.stdout
