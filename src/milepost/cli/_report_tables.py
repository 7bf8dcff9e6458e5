"""A report in a terminal: a row for each group where they fit, else a column for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from milepost.analytics.answers import Answer

_HIDDEN = {"shipments", "links", "small", "mix_small"}
# What a table's lines and the room around a cell take, each column and at the end.
_AROUND, _END = 3, 1
Cells = list[list[str]]


def show(found: Answer) -> None:
    """A table for people: a share or percentile with its interval in one cell."""
    console = Console(highlight=False)
    title = f"{found.title}{' (synthetic data)' if found.synthetic else ''}"
    if not found.rows:
        console.print(f"{title}: there is nothing to count.", markup=False)
    for index, table in enumerate(tables(found, console.width)):
        table.title = title if index == 0 else None
        console.print(table)
    console.print(found.about, style="dim", markup=False)
    if found.left_out:
        console.print(f"- {found.left_out} smaller groups are not shown")
    for note in found.notes:
        console.print(f"- {note}", markup=False)


def tables(found: Answer, width: int) -> Iterator[Table]:
    """As few tables as show everything within so many columns of the terminal."""
    figures = _figures(found)
    heads = [name.replace("_", " ") for name in figures]
    lines = [[_cell(name, row) for name in figures] for row in found.rows]
    if not lines:
        return
    if _wide([heads, *lines]) <= width:
        yield _table(heads, lines)
        return
    # A figure's interval below it leaves room for more groups side by side.
    lines = [[cell.replace(" (", "\n(") for cell in line] for line in lines]
    for part in _parts(heads, lines, width):
        yield _turned(_columns(heads, part), len(found.by))


def _turned(rows: Cells, groups: int) -> Table:
    """A row for each figure; the first rows tell the groups and stand on top."""
    if groups == 0:
        return _table(["", *("all" for _ in rows[0][1:])], rows)
    return _table(["\n".join(cells) for cells in zip(*rows[:groups], strict=True)], rows[groups:])


def _parts(heads: list[str], lines: Cells, width: int) -> Iterator[Cells]:
    """The groups in portions whose columns fit beside the names of the figures; one at least."""
    part: Cells = []
    for line in lines:
        if part and _wide(_columns(heads, [*part, line])) > width:
            yield part
            part = []
        part.append(line)
    yield part


def _columns(heads: list[str], part: Cells) -> Cells:
    return [list(cells) for cells in zip(heads, *part, strict=True)]


def _wide(lines: Cells) -> int:
    """How wide a table of these lines is."""
    widest = [
        max(cell_len(text) for cell in column for text in cell.split("\n"))
        for column in zip(*lines, strict=True)
    ]
    return sum(widest) + _AROUND * len(widest) + _END


def _table(heads: list[str], lines: Cells) -> Table:
    table = Table(*heads)
    for line in lines:
        table.add_row(*line)
    return table


def _figures(found: Answer) -> list[str]:
    names = list(dict.fromkeys(name for row in found.rows for name in row))
    return [name for name in names if name not in _HIDDEN and not _is_bound(name, names)]


def _is_bound(name: str, names: list[str]) -> bool:
    return any(f"_{end}" in name and _bare(name, end) in names for end in ("low", "high"))


def _bare(name: str, end: str) -> str:
    """The figure that a bound belongs to: `p50_low_h` → `p50_h`, `kept_low` → `kept_rate`."""
    if f"_{end}_h" in name:
        return name.replace(f"_{end}_h", "_h")
    return name.replace(f"_{end}", "_rate")


def _cell(name: str, row: dict[str, Any]) -> str:
    value = row.get(name)
    if value is None:
        return "–"
    if name == "n":
        return f"{value:,}{' *' if row.get('small') else ''}"
    if "_rate" in name or name == "rate":
        low, high = (row.get(name.replace("_rate", f"_{end}")) for end in ("low", "high"))
        band = f" ({low * 100:.0f} to {high * 100:.0f})" if low is not None and high else ""
        return f"{value * 100:.1f} %{band}"
    if "_h" in name and isinstance(value, float):
        low, high = (row.get(name.replace("_h", f"_{end}_h", 1)) for end in ("low", "high"))
        known = low is not None or high is not None
        return f"{value:,.1f} h" + (f" ({_end(low)} to {_end(high)})" if known else "")
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _end(value: float | None) -> str:
    return "?" if value is None else f"{value:,.1f}"
