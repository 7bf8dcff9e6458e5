"""Where the files of the journey table lie."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class Parts:
    """`parts/` has what catalogues name or named, `unfinished/` what is being written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "parts"
        self.room = folder / "unfinished"
        for path in (self.folder, self.room):
            path.mkdir(parents=True, exist_ok=True)

    def path(self, kind: str, name: str) -> Path:
        return self.folder / f"{kind}-{name}.parquet"

    def paths(self, kind: str, names: Iterable[str]) -> list[Path]:
        return [self.path(kind, name) for name in names]
