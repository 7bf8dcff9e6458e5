"""Every sealed row, file by file, for an audit. Whatever cannot be read is told and passed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from milepost.stores.history.columns import FILED
from milepost.stores.history.parts import spans_in
from milepost.stores.history.rows import SealedRow
from milepost.stores.history.staging import sealed_row

BATCH_ROWS = 8_192
# What a file that is damaged or was written by somebody else can bring about.
_UNREADABLE = (pa.ArrowException, OSError, KeyError, ValueError, TypeError, IndexError)


class UnreadablePart(Exception):  # noqa: N818 - it is told, not raised
    """A file of which the rest cannot be read."""


def scanned(path: Path) -> Iterator[list[SealedRow] | UnreadablePart]:
    """The rows of one file; ends with an UnreadablePart where they cannot be read."""
    try:
        spans = spans_in(path)
        lookup = spans.lookup()
        for batch in pq.ParquetFile(path).iter_batches(BATCH_ROWS, columns=FILED.names):
            columns = [batch.column(name).to_pylist() for name in FILED.names]
            records = zip(*columns, strict=True)
            yield [sealed_row(record, lookup, spans.span_us) for record in records]
    except _UNREADABLE as error:
        yield UnreadablePart(str(error) or repr(error))
