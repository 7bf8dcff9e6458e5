from __future__ import annotations

from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from history_rows import roads

from milepost.stores.history.runs import SortedRuns
from milepost.stores.history.staging import staged


def in_batches(table: pa.Table, rows: int) -> list[pa.RecordBatch]:
    return table.combine_chunks().to_batches(max_chunksize=rows)


@pytest.mark.parametrize("memory_bytes", [1, 50_000, 1 << 30])
def test_rows_come_back_sorted_whatever_fits_in_memory(tmp_path: Path, memory_bytes: int) -> None:
    table = pa.Table.from_batches(list(staged(roads(1, 120))))
    runs = SortedRuns(tmp_path, memory_bytes)
    for batch in in_batches(table, 400):
        runs.add(batch)

    drained = list(runs.drain(50))

    order = [(name, "ascending") for name in ("parcel", "at_us", "received_us", "seq")]
    assert pa.concat_tables(drained).to_pylist() == table.sort_by(order).to_pylist()
    assert bool(list(tmp_path.iterdir())) == (memory_bytes < 1 << 30)


def test_no_parcel_is_in_two_tables(tmp_path: Path) -> None:
    rows = roads(2, 60)
    Random(2).shuffle(rows)
    runs = SortedRuns(tmp_path, 1)
    for batch in in_batches(pa.Table.from_batches(list(staged(rows))), 200):
        runs.add(batch)

    parcels = [set(table["parcel"].to_pylist()) for table in runs.drain(1)]

    assert len(parcels) > 10
    assert sum(map(len, parcels)) == len(set.union(*parcels)) == 60


def test_nothing_gives_nothing(tmp_path: Path) -> None:
    assert list(SortedRuns(tmp_path).drain(10)) == []
