"""Finds the connector folders: those in this package and those of installed packages.

A third-party package joins by an entry point of the group `milepost.carriers` whose value names a
package with the same layout (`manifest.toml`, `codes.toml`, `parse.py`, `fixtures/`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from msgspec import Struct

GROUP = "milepost.carriers"
_OWN = "milepost.carriers"


class Folder(Struct, frozen=True):
    """One connector folder: its name, its importable package, and where its files are."""

    name: str
    package: str
    root: Traversable

    def has(self, file: str) -> bool:
        return (self.root / file).is_file()

    def table(self, file: str) -> dict[str, Any]:
        """A TOML file of the folder, {} if there is none; raises on malformed TOML."""
        path = self.root / file
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def folders() -> Iterator[Folder]:
    """Every connector folder, own ones first, by name."""
    own = sorted(files(_OWN).iterdir(), key=lambda path: path.name)
    for path in own:
        if path.is_dir() and (path / "manifest.toml").is_file():
            yield Folder(path.name, f"{_OWN}.{path.name}", path)
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield from _installed(point.value)


def _installed(package: str) -> Iterator[Folder]:
    try:
        root = files(import_module(package))
    except Exception:
        return
    yield Folder(package.rpartition(".")[2], package, root)


def broken_packages() -> list[str]:
    """Installed connector packages that cannot be imported, and why."""
    return [reason for point in entry_points(group=GROUP) if (reason := _fault(point.value))]


def _fault(package: str) -> str | None:
    try:
        import_module(package)
    except Exception as error:
        return f"{package}: cannot be imported: {error!r}"
    return None
