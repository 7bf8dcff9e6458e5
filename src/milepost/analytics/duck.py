"""DuckDB over the table's files, for one question at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

_SETTINGS: dict[str, Any] = {
    "threads": 2,
    "memory_limit": "2GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "preserve_insertion_order": False,
}


@contextmanager
def opened(room: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with nothing in it. What does not fit into memory goes to `room`."""
    connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(room)})
    try:
        connection.execute("SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def files(paths: Iterable[Path]) -> str:
    """`read_parquet` of some files."""
    quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{quoted}])"


def records(
    connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of a question, by column."""
    done = connection.execute(sql, values or {})
    names: Sequence[str] = [one[0] for one in done.description or ()]
    return [dict(zip(names, row, strict=True)) for row in done.fetchall()]
