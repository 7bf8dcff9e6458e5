"""Sorting more rows than memory holds: sorted runs on disk, taken back range by range.

Parcel keys are hashes and so evenly spread: a run is written in 256 ranges of the key, and one
range of all runs is 1/256 of the rows, whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

RANGES = 256
# Held before a run is written; sorting it takes about twice as much again.
MEMORY_BYTES = 256 << 20
_SHIFT = 64 - 8
_ORDER = [(name, "ascending") for name in ("parcel", "at_us", "received_us", "seq", "fingerprint")]
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


class SortedRuns:
    """Takes staged batches in any order and gives them back by parcel, then time.

    `folder` must exist and be empty; it is not touched before `memory_bytes` are held.
    """

    def __init__(self, folder: Path, memory_bytes: int = MEMORY_BYTES) -> None:
        self._folder = folder
        self._memory_bytes = memory_bytes
        self._held: list[pa.RecordBatch] = []
        self._held_bytes = 0
        self._runs: list[Path] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Keeps a batch."""
        self._held.append(batch)
        self._held_bytes += batch.nbytes
        if self._held_bytes >= self._memory_bytes:
            self._spill()

    def drain(self, rows: int) -> Iterator[pa.Table]:
        """Sorted tables of at least `rows` rows (but the last); no parcel is in two of them."""
        if not self._runs:
            if self._held:
                yield pa.Table.from_batches(self._held).sort_by(_ORDER)
            return
        if self._held:
            self._spill()
        with ExitStack() as stack:
            sources = [stack.enter_context(pa.memory_map(str(path))) for path in self._runs]
            yield from _in_order([pa.ipc.open_file(source) for source in sources], rows)

    def _spill(self) -> None:
        table = pa.Table.from_batches(self._held)
        self._held, self._held_bytes = [], 0
        table = table.take(pc.sort_indices(table["parcel"])).combine_chunks()
        path = self._folder / f"{len(self._runs):06d}.run"
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=_OPTIONS) as writer,
        ):
            for start, end in _ranges(table["parcel"]):
                writer.write_batch(_one_batch(table.slice(start, end - start)))
        self._runs.append(path)


def _in_order(readers: Sequence[pa.RecordBatchFileReader], rows: int) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for number in range(RANGES):
        held += [reader.get_batch(number) for reader in readers]
        if number == RANGES - 1 or sum(batch.num_rows for batch in held) >= rows:
            yield pa.Table.from_batches(held).sort_by(_ORDER)
            held = []


def _ranges(parcels: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    numbers = pc.shift_right(parcels, _SHIFT)
    counts = {row["values"]: row["counts"] for row in pc.value_counts(numbers).to_pylist()}
    start = 0
    for number in range(-RANGES // 2, RANGES // 2):
        end = start + counts.get(number, 0)
        yield start, end
        start = end


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
