"""Every code block of README and docs runs: bash against a real server, Python by itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from shared import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[object]:
    """The blocks of one language on every page, but those that another test builds from."""
    return [
        pytest.param(page, match[3], id=f"{page.name}:{text[: match.start()].count(chr(10)) + 1}")
        for page in PAGES
        for text in [page.read_text("utf-8")]
        for match in _BLOCK.finditer(text)
        if match[1] == kind and "no-test" not in match[2]
    ]


@pytest.mark.parametrize(("page", "code"), blocks("bash"))
def test_bash(page: Path, code: str, server: dict[str, str], tmp_path: Path) -> None:
    environment = os.environ | server
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, f"{page}\n{code}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(("page", "code"), blocks("python"))
def test_python(page: Path, code: str, server: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | server, cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, f"{page}\n{code}\n{done.stderr}"


@pytest.mark.parametrize(("page", "code"), blocks("json"))
def test_json(page: Path, code: str) -> None:
    json.loads(code)


@pytest.mark.parametrize(("page", "code"), blocks("toml"))
def test_toml(page: Path, code: str) -> None:
    tomllib.loads(code)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
