"""A report as a file: CSV for spreadsheets, Parquet for tools."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from milepost.analytics.answers import Answer

# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_table(answer: Answer) -> pa.Table:
    """The rows, a column for each figure."""
    names = list(dict.fromkeys(name for row in answer.rows for name in row if name != "links"))
    names = names or [*answer.by, "n"]
    columns = {name: [row.get(name) for row in answer.rows] for name in names}
    return pa.table({name: _column(values) for name, values in columns.items()})


def _column(values: list[Any]) -> pa.Array:
    """Whole numbers and fractions in one column are fractions."""
    if any(isinstance(value, float) for value in values):
        values = [None if value is None else float(value) for value in values]
    return pa.array(values)


def as_csv(answer: Answer) -> bytes:
    """UTF-8 with a line of names."""
    table = as_table(answer)
    for at, name in enumerate(table.column_names):
        if pa.types.is_string(table.schema.field(at).type):
            safe = [_safe(value) for value in table[name].to_pylist()]
            table = table.set_column(at, name, pa.array(safe, pa.string()))
    sink = io.BytesIO()
    pyarrow.csv.write_csv(table, sink)
    return sink.getvalue()


def _safe(value: str | None) -> str | None:
    return f"'{value}" if value and value.startswith(_FORMULA) else value


def as_parquet(answer: Answer) -> bytes:
    """With what the report says of itself in the footer."""
    about = {
        "milepost.report": answer.report,
        "milepost.about": answer.about,
        "milepost.at": answer.at,
        "milepost.synthetic": str(answer.synthetic).lower(),
    }
    sink = io.BytesIO()
    pq.write_table(as_table(answer).replace_schema_metadata(about), sink, compression="zstd")
    return sink.getvalue()
