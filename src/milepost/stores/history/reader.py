"""Roads out of Parquet files, by DuckDB: it skips the row groups that cannot hold the parcel."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock, local
from time import sleep
from typing import Any

import duckdb
import pyarrow as pa

from milepost.stores.history.columns import FILED
from milepost.stores.history.parts import spans_in
from milepost.stores.history.rows import SealedRow
from milepost.stores.history.spans import Least
from milepost.stores.history.staging import sealed_row

_MOST_SPANS_KEPT = 256
# A look-up reads one row group: more threads only wait for each other, and the operating system
# keeps the pages already.
_SETTINGS: dict[str, Any] = {
    "threads": 1,
    "memory_limit": "512MB",
    "enable_external_file_cache": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_TRIES, _PAUSE_S = 100, 0.02
_COLUMNS = ", ".join(FILED.names)


class GoneError(Exception):
    """A file was removed by retention while it was to be read."""


def _let_go(connection: duckdb.DuckDBPyConnection) -> None:
    """Close it; what was interrupted in another thread may take a moment to notice."""
    for _ in range(_TRIES):
        try:
            connection.close()
        except duckdb.Error:
            sleep(_PAUSE_S)
        else:
            return
    connection.close()


class Reader:
    """Reads any files of one folder, from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self._threads = local()
        self._spans: OrderedDict[str, tuple[dict[int, Least], int]] = OrderedDict()
        self._lock = Lock()

    def close(self) -> None:
        """Let go of DuckDB; a later read opens it again."""
        with self._lock:
            for cursor in self._cursors:
                cursor.interrupt()  # whoever still reads is no longer waited for
                with suppress(duckdb.Error):
                    cursor.close()
            if self._connection is not None:
                _let_go(self._connection)
            self._cursors, self._connection, self._threads = [], None, local()

    def rows(self, names: Sequence[str], parcels: Sequence[int], tenant: int) -> list[SealedRow]:
        """The rows of some parcels of one tenant, in no order. Raises GoneError."""
        try:
            records = self._records(names, parcels, tenant)
            return [
                sealed_row(record[:-1], *self._spans_of(Path(record[-1]).name))
                for record in records
            ]
        except (duckdb.IOException, FileNotFoundError) as error:
            if all((self._folder / name).exists() for name in names):
                raise
            raise GoneError from error

    def fingerprints(self, names: Sequence[str], first: int, last: int) -> pa.Table:
        """`parcel`, `fingerprint` and `code` of all rows whose parcel is from `first` to `last`."""
        query = f"SELECT parcel, fingerprint, code FROM {self._files(names)}"
        where = f"parcel BETWEEN {first:d} AND {last:d}"
        return self._cursor().sql(f"{query} WHERE {where}").to_arrow_table()

    def _records(
        self, names: Sequence[str], parcels: Sequence[int], tenant: int
    ) -> list[tuple[Any, ...]]:
        wanted = ", ".join(f"{parcel:d}" for parcel in parcels)
        query = f"SELECT {_COLUMNS}, filename FROM {self._files(names)}"
        where = f"parcel IN ({wanted}) AND tenant = {tenant:d}"
        records: list[tuple[Any, ...]] = self._cursor().execute(f"{query} WHERE {where}").fetchall()
        return records

    def _files(self, names: Sequence[str]) -> str:
        paths = (str(self._folder / name).replace("'", "''") for name in names)
        quoted = ", ".join(f"'{path}'" for path in paths)
        return f"read_parquet([{quoted}])"

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._threads, "cursor", None)
        if cursor is None:
            with self._lock:
                if self._connection is None:
                    self._connection = duckdb.connect(":memory:", config=_SETTINGS)
                cursor = self._threads.cursor = self._connection.cursor()
                self._cursors.append(cursor)
        return cursor

    def _spans_of(self, name: str) -> tuple[dict[int, Least], int]:
        with self._lock:
            if name in self._spans:
                self._spans.move_to_end(name)
                return self._spans[name]
        spans = spans_in(self._folder / name)
        with self._lock:
            self._spans[name] = (spans.lookup(), spans.span_us)
            if len(self._spans) > _MOST_SPANS_KEPT:
                self._spans.popitem(last=False)
            return self._spans[name]
