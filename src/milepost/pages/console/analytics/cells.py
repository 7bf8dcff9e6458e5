"""The cells of a report's table: a figure in words, how sure it is, and what is behind it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import traced
from milepost.pages.console.analytics.shown import Shown, band_of
from milepost.pages.console.reader import ConsoleReader

_WORDS = {"verdict", "steady"}


class Cell(Struct, frozen=True):
    """`band`: the interval, empty where there is none. `href`: the shipments behind it."""

    text: str
    band: str = ""
    href: str = ""
    tone: str = ""


class Line(Struct, frozen=True):
    """A row of a table. `few`: it rests on little."""

    name: str
    href: str
    few: bool
    cells: tuple[Cell, ...]


def columns_of(shape: Shown, rows: list[dict[str, Any]]) -> list[str]:
    """The figures that any row has."""
    return [one for one in shape.columns if any(row.get(one) is not None for row in rows)]


def lines_of(
    rows: list[dict[str, Any]], by: list[str], columns: list[str], reader: ConsoleReader
) -> list[Line]:
    """The table of an answer's rows."""
    names = Names(reader)
    return [
        Line(
            names.group(by, row), traced(row["shipments"]), bool(row["small"]),
            tuple(cell(row, one, names, reader) for one in columns),
        )
        for row in rows
    ]  # fmt: skip


def cell(row: dict[str, Any], figure: str, names: Names, reader: ConsoleReader) -> Cell:
    """One figure of a row."""
    value = row.get(figure)
    if figure in _WORDS:
        tone = {"more than usual": "bad", "erratic": "bad", "uneven": "warn"}.get(str(value), "")
        return Cell(reader.text(f"value.{str(value).replace(' ', '_')}"), tone=tone)
    href = _behind(row, figure)
    return Cell(written(figure, value, names), band_text(row, figure, names), href)


def written(figure: str, value: Any, names: Names) -> str:
    """A figure by what its name says that it is."""
    stem = figure.removesuffix("_equal_mix")
    if stem.endswith("_per_month") and value is not None:
        return ("+" if value > 0 else "") + names.span(value)
    if stem.endswith("_h"):
        return names.span(value)
    if stem.endswith("rate") or stem == "mix_covered":
        return names.share(value)
    return names.number(value)


def band_text(row: dict[str, Any], figure: str, names: Names) -> str:
    """`74–97 %`; an end that the data do not reach is open."""
    low, high = (row.get(one) for one in band_of(figure))
    if low is None and high is None:
        return ""
    write = names.share if figure.removesuffix("_equal_mix").endswith("rate") else names.span
    if high is None:
        return f"> {write(low)}"
    return f"{write(low)} – {write(high)}" if low is not None else f"< {write(high)}"


def _behind(row: dict[str, Any], figure: str) -> str:
    """The part that a figure counts; all of the group where it is no part."""
    links: dict[str, str] = row["links"]
    stem = figure.removesuffix("_equal_mix").removesuffix("_rate")
    taken = next((name for name in links if name != "n" and figure.startswith(f"{name}_")), "")
    if taken and stem not in links:
        part = stem.removeprefix(f"{taken}_")
        shares = figure.removesuffix("_equal_mix").endswith("_rate")
        return traced(links[taken]) + (f"&which={part}" if shares else "")
    return traced(links.get(stem, row["shipments"]))
