"""From rows in any order to the Parquet files of a day, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from milepost.stores.history.parts import GROUP_ROWS, PART_ROWS, PartWriter
from milepost.stores.history.runs import SortedRuns
from milepost.stores.history.spans import Minutes, Spans

# A scan that came again with a more exact code is a second row of the journal: both are kept.
_IDENTITY = ["parcel", "fingerprint", "code"]
# These columns of the rows already sealed between two parcels.
Known = Callable[[int, int], pa.Table]


def sealed_parts(
    batches: Iterable[pa.RecordBatch], unfinished: Path, known: Known | None
) -> Iterator[PartWriter]:
    """Written parts that wait for their `finish`; a row that is known already is left out."""
    with TemporaryDirectory(dir=unfinished) as folder:
        runs, minutes = SortedRuns(Path(folder)), Minutes()
        for batch in batches:
            runs.add(batch)
            minutes.add(*(batch[name] for name in ("received_us", "seq", "raw")))
        tables = (_new(_distinct(table), known) for table in runs.drain(GROUP_ROWS))
        yield from _written(tables, Path(folder), minutes.spans())


def _written(tables: Iterable[pa.Table], folder: Path, spans: Spans) -> Iterator[PartWriter]:
    writer: PartWriter | None = None
    for number, table in enumerate(tables):
        if not table.num_rows:
            continue
        writer = writer or PartWriter(folder / f"{number}.parquet", spans)
        writer.add(table)
        if writer.rows >= PART_ROWS:
            yield writer
            writer = None
    if writer:
        yield writer


def _distinct(table: pa.Table) -> pa.Table:
    """Each identity once: its first row."""
    numbered = _numbered(table)
    groups = numbered.group_by(_IDENTITY, use_threads=False).aggregate([("row", "min")])
    if groups.num_rows == table.num_rows:
        return table
    return table.take(groups["row_min"].sort())


def _new(table: pa.Table, known: Known | None) -> pa.Table:
    """The rows that are not known."""
    if known is None or not table.num_rows:
        return table
    sealed = known(table["parcel"][0].as_py(), table["parcel"][-1].as_py())
    if not sealed.num_rows:
        return table
    fresh = _numbered(table).join(sealed, _IDENTITY, join_type="left anti")
    return table.take(fresh["row"].sort()) if fresh.num_rows < table.num_rows else table


def _numbered(table: pa.Table) -> pa.Table:
    return table.select(_IDENTITY).append_column("row", pa.arange(0, table.num_rows))
