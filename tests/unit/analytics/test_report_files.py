"""A report as CSV and Parquet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.parquet as pq
from journeys import Bench, road

from milepost.analytics.exporting import as_csv, as_parquet


def test_both_say_what_the_report_says(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20), road("A2", 30, carrier="zto"), road("A3", 31)])
    answer = bench.ask("transit")
    lines = list(csv.DictReader(io.StringIO(as_csv(answer).decode())))
    table = pq.read_table(io.BytesIO(as_parquet(answer)))

    assert [line["carrier"] for line in lines] == ["sf", "zto"]
    assert float(lines[0]["p90_h"]) == 31
    assert table["n"].to_pylist() == [2, 1]
    assert lines[0]["shipments"].startswith("/v1/reports/transit/shipments?")
    assert table.schema.metadata[b"milepost.report"] == b"transit"


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    answer = Bench(tmp_path, [road("A1", 20, carrier="=1+1")]).ask("transit")

    assert as_csv(answer).splitlines()[1].startswith(b'"\'=1+1"')


def test_an_empty_report_has_its_columns(tmp_path: Path) -> None:
    answer = Bench(tmp_path).ask("transit")

    assert as_csv(answer).split() == [b'"carrier","n"']
    assert pq.read_table(io.BytesIO(as_parquet(answer))).num_rows == 0
