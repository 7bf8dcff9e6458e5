"""The connector that docs/connectors.md shows is built from its code blocks and checked."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from milepost.carriers import toolkit
from milepost.carriers.checking import check_folder
from milepost.carriers.discovery import GROUP, Folder
from milepost.carriers.registry import parser
from milepost.domain.scan import ParseContext

DOC = (Path(__file__).parents[3] / "docs" / "connectors.md").read_text("utf-8")
BLOCKS = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', DOC, re.DOTALL | re.MULTILINE))
CONTEXT = ParseContext(received_at=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def tern_post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    folder = tmp_path / "tern_post"
    (folder / "fixtures").mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Tern Post."""\n')
    for title, text in BLOCKS.items():
        if title.startswith("fixtures/") or title in {"manifest.toml", "codes.toml", "parse.py"}:
            (folder / title).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "tern_post"]:
        monkeypatch.delitem(sys.modules, name)
    return Folder("tern_post", "tern_post", folder)


def test_the_connector_passes_the_check(tern_post: Folder) -> None:
    assert check_folder(tern_post) == []


def test_the_entry_point_has_our_group() -> None:
    points = tomllib.loads(BLOCKS["pyproject.toml"])["project"]["entry-points"]

    assert points == {GROUP: {"tern-post": "tern_post"}}


@pytest.mark.parametrize("title", ["emsevt.json", "emsevt.csv"])
def test_emsevt_is_read_as_documented(title: str) -> None:
    parse = parser("upu")
    assert parse is not None

    parsed = parse(BLOCKS[title].encode(), CONTEXT)
    assert not parsed.unread
    assert [(scan.code, scan.occurred_at.isoformat()) for scan in parsed.scans] == [
        ("EMC", "2026-01-11T21:00:00+08:00"),
        ("EMH", "2026-01-14T10:31:00"),
    ]


def test_the_toolkit_table_names_what_exists() -> None:
    section = DOC.partition("## The toolkit")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    assert rows
    for module_name, gives in rows:
        module = importlib.import_module(f"{toolkit.__name__}.{module_name}")
        collector = getattr(module, "Collector", object)
        for name in re.findall(r"`(\w+)`", gives):
            assert hasattr(module, name) or hasattr(collector, name), f"{module_name}.{name}"
