"""One Parquet file of a sealed day: written beside, made durable, then put in its place."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from milepost.durable import publish
from milepost.stores.history.columns import DICTIONARIES, ENCODINGS, FILED, file_table
from milepost.stores.history.days import day_of, number_of
from milepost.stores.history.rows import PartInfo
from milepost.stores.history.spans import Spans, unpack

# The rows that a look-up has to go through: larger groups are slower to read and hardly smaller.
GROUP_ROWS = 122_880
PART_ROWS = 4_000_000
_SPANS = b"milepost.spans"
_DICTIONARY_BYTES = 8 << 20
_LEVEL = 9


class PartWriter:
    """Writes sorted staged tables to a file that nobody sees before `publish`."""

    def __init__(self, path: Path, spans: Spans) -> None:
        self.path = path
        self.rows = 0
        self.keys: list[pa.Array] = []
        self._spans = spans
        self._pending: list[pa.Table] = []
        self._pending_rows = 0
        self._writer = pq.ParquetWriter(
            path,
            FILED,
            compression="zstd",
            compression_level=_LEVEL,
            data_page_version="2.0",
            use_dictionary=DICTIONARIES,
            column_encoding=ENCODINGS,
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
            # A look-up prunes by parcel alone; all other bounds only make the footer longer.
            write_statistics=["parcel"],
            store_schema=False,
        )

    def add(self, staged: pa.Table) -> None:
        """Rows that all come after those already added, and share no parcel with them."""
        self.keys.append(pc.unique(staged["parcel"]))
        self.rows += staged.num_rows
        self._pending.append(file_table(staged, self._spans))
        self._pending_rows += staged.num_rows
        if self._pending_rows >= GROUP_ROWS:
            self._write(self._pending_rows - self._pending_rows % GROUP_ROWS)

    def _write(self, rows: int) -> None:
        table = pa.concat_tables(self._pending)
        if rows:
            self._writer.write_table(table.slice(0, rows), row_group_size=GROUP_ROWS)
        self._pending = [table.slice(rows)] if rows < table.num_rows else []
        self._pending_rows = table.num_rows - rows

    def finish(self, folder: Path, name: str, day: int) -> PartInfo:
        """Makes the file durable and puts it into its place."""
        if self._pending:
            self._write(self._pending_rows)
        self._writer.add_key_value_metadata({_SPANS: self._spans.pack()})
        self._writer.close()
        publish(self.path, folder / name)
        parcels = sum(len(keys) for keys in self.keys)
        size = (folder / name).stat().st_size
        first, last = self.keys[0][0].as_py(), self.keys[-1][-1].as_py()
        return PartInfo(name, day, self.rows, parcels, size, first, last)


def part_name(day: int, serial: int) -> str:
    """`2026-01-31.00001.parquet`."""
    return f"{day_of(day)}.{serial:05d}.parquet"


def day_in(name: str) -> int:
    """The day number in a part's name."""
    return number_of(day_of(0).fromisoformat(name[:10]))


def serial_in(name: str) -> int:
    """The serial number in a part's name."""
    return int(name.split(".")[1])


def spans_in(path: Path) -> Spans:
    """The spans from a part's footer."""
    return unpack(pq.read_metadata(path).metadata[_SPANS])


def describe(path: Path) -> tuple[PartInfo, list[pa.Array]]:
    """What `finish` told of a part and its keys, read again from the part itself."""
    file = pq.ParquetFile(path)
    groups = range(file.num_row_groups)
    # A parcel may lie across two row groups, so the groups are not made unique one by one.
    keys = pc.unique(file.read_row_groups(list(groups), columns=["parcel"])["parcel"])
    rows, size = file.metadata.num_rows, path.stat().st_size
    info = PartInfo(
        path.name, day_in(path.name), rows, len(keys), size, keys[0].as_py(), keys[-1].as_py()
    )
    return info, [keys]
