"""A report on a narrow and on a wide terminal."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from milepost.analytics.answers import Answer
from milepost.cli._report_tables import tables

CARRIERS = ("zto", "yto", "圆通速递", "royal-mail")
ROWS: list[dict[str, Any]] = [
    {"carrier": name, "n": 1_000 + index, "kept_rate": 0.91, "kept_low": 0.85, "kept_high": 0.95,
     "p50_h": 70.5, "p50_low_h": 60.0, "p50_high_h": None, "small": index == 3}
    for index, name in enumerate(CARRIERS)
]  # fmt: skip


def report(by: tuple[str, ...] = ("carrier",), rows: list[dict[str, Any]] = ROWS) -> Answer:
    return Answer(
        report="promise", title="Promises kept", about="", by=list(by), filters={},
        at="2026-03-01T00:00:00Z", rows=rows, left_out=0, open_counted=True, notes=[],
        synthetic=True,
    )  # fmt: skip


def printed(found: Answer, width: int) -> tuple[int, str]:
    console = Console(width=width, file=StringIO(), highlight=False)
    made = list(tables(found, width))
    for table in made:
        console.print(table)
    out = console.file
    assert isinstance(out, StringIO)
    return len(made), out.getvalue()


def test_where_it_fits_each_group_is_a_row() -> None:
    count, text = printed(report(), 120)

    assert count == 1
    assert "1,003 *" in text
    assert "91.0 % (85 to 95)" in text
    assert "70.5 h (60.0 to ?)" in text


@pytest.mark.parametrize("width", [30, 45, 60])
def test_else_each_group_is_a_column_and_nothing_is_cut(width: int) -> None:
    count, text = printed(report(), width)

    assert count >= 2 or width == 60
    assert "…" not in text
    assert all(name in text for name in CARRIERS)
    assert text.count("91.0 %") == text.count("(85 to 95)") == len(CARRIERS)


def test_groups_of_two_words_and_of_none() -> None:
    rows = [row | {"month": "2026-03"} for row in ROWS]
    rows = [{"carrier": row["carrier"], "month": row["month"]} | row for row in rows]

    assert printed(report(("carrier", "month"), rows), 40)[1].count("2026-03") == len(CARRIERS)
    bare = [{key: value for key, value in ROWS[0].items() if key != "carrier"}]
    assert "all" in printed(report((), bare), 20)[1]
    assert printed(report(rows=[]), 40) == (0, "")
