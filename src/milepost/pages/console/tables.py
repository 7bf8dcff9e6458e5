"""Reading the files that people bring; the roof gives what can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

Row = dict[str, Any]


class Seen(Protocol):
    """What a file would become. `columns`: what we call it = the file's column. Of `addressed`
    shipments the first `checked` are looked at; `doubtful` of these somebody should look at.
    """

    recognised: str | None
    columns: dict[str, str]
    shipments: int
    scans: int
    refused: int
    refusals: list[str]
    addressed: int
    checked: int
    doubtful: int


class Tables(Protocol):
    """CSV, XLSX, JSON and NDJSON. All raise ValueError (or csv.Error) for what cannot be read."""

    meanings: Sequence[str]

    def preview(self, file: Path) -> Seen: ...

    def rows_of(self, file: Path) -> Iterator[Row]: ...

    def read_items(
        self, file: Path, columns: dict[str, str] | None = None
    ) -> Iterator[tuple[Row, Row | str]]:
        """(row, item) of each shipment and scan; (row, why not) of a row that is none."""
        ...
