"""Vendors' own clients, unmodified and pinned, each in a virtual environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared import ROOT


def client_python(name: str, version: str, *more: str) -> Path:
    """The interpreter of an environment that has the package `name==version`.

    It is made once under build/clients. Where that fails (no network) the test is skipped, except
    with CI=true, where it is an error.
    """
    home = ROOT / "build" / "clients" / f"{name}-{version}"
    python = home / "bin" / "python"
    ready = home / ".ready"
    if not ready.exists():
        shutil.rmtree(home, ignore_errors=True)
        try:
            _make(home, python, [f"{name}=={version}", *more])
        except (subprocess.SubprocessError, OSError) as error:
            said = getattr(error, "stderr", None) or str(error)
            if os.environ.get("CI") == "true":
                pytest.fail(f"{name} {version} cannot be set up: {said}")
            pytest.skip(f"{name} {version} cannot be set up here: {said[-300:]}")
        ready.touch()
    return python


def _make(home: Path, python: Path, packages: list[str]) -> None:
    uv = shutil.which("uv")
    if uv is not None:
        _run(uv, "venv", "-q", "--python", sys.executable, str(home))
        _run(uv, "pip", "install", "-q", "--python", str(python), *packages)
        return
    _run(sys.executable, "-m", "venv", str(home))
    _run(str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages)


def _run(*command: str) -> None:
    home = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=600, env=home)
