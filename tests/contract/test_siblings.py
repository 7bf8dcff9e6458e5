"""Folders that are found by being there never import each other: connectors, dialects, channels."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from shared import ROOT

SOURCE = ROOT / "src" / "milepost"
# What all of a kind stand on.
COMMON = {"carriers": {"toolkit", "registry", "discovery", "checking", "expectation"},
          "compat": {"core"}, "channels": {"discovery"}}  # fmt: skip
FOLDERS = [
    folder
    for kind, common in COMMON.items()
    for folder in sorted((SOURCE / kind).iterdir())
    if folder.is_dir() and folder.name not in common and not folder.name.startswith("_")
]


def imported(file: Path) -> set[str]:
    """Every module that a file names in an import."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}"
)
def test_no_sibling_is_imported(folder: Path) -> None:
    kind = folder.parent.name
    siblings = {one.name for one in FOLDERS if one.parent.name == kind} - {folder.name}
    for file in folder.rglob("*.py"):
        parts = [name.split(".") for name in imported(file)]
        named = {part[2] for part in parts if part[:2] == ["milepost", kind] and len(part) > 2}
        assert not named & siblings, f"{file.relative_to(SOURCE)} imports {named & siblings}"
