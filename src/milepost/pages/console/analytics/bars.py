"""Rows of an answer as bars with bands: where everything stands on an axis from nothing on."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.pages.console.analytics.cells import band_text, written
from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import traced
from milepost.pages.console.analytics.shown import Shown, band_of
from milepost.pages.console.reader import ConsoleReader

# The axis is so many units long; the pictures are stretched to the width that there is.
LONG = 1000
_STEPS_H = (1, 2, 3, 6, 12, 24, 48, 72, 96, 120, 168, 240, 336, 480, 720, 1440, 2880)
_STEPS = (0.0025, 0.005, 0.01, 0.0125, 0.025, 0.05, 0.1, 0.125, 0.25)
_PARTS = 4


class Mark(Struct, frozen=True):
    """A figure on the axis; `low` and `high` are its interval; an open one ends with the axis."""

    at: int | None
    low: int | None = None
    high: int | None = None
    open: bool = False


class Bar(Struct, frozen=True):
    """A row. `mix` and `mix_slow`: the same at an equal mix."""

    name: str
    href: str
    text: str
    band: str
    n: str
    few: bool
    mark: Mark
    slow: Mark | None = None
    mix: Mark | None = None
    mix_slow: Mark | None = None


class Chart(Struct, frozen=True):
    """`ticks`: what stands along the axis, evenly. `mixed`: some bars have an equal mix."""

    kind: str
    bars: tuple[Bar, ...]
    ticks: tuple[str, ...]
    mixed: bool
    less: bool


def chart_of(
    shape: Shown, rows: list[dict[str, Any]], by: list[str], reader: ConsoleReader, most: int = 12
) -> Chart | None:
    """None where nothing can be drawn."""
    drawn = [row for row in rows if row.get(shape.value or shape.middle) is not None][:most]
    if not drawn:
        return None
    names, scale = Names(reader), _Scale(shape, drawn)
    bars = tuple(_bar(shape, row, by, scale, names) for row in drawn)
    return Chart(
        shape.chart, bars, tuple(scale.ticks(names)), any(one.mix for one in bars), shape.less
    )


class _Scale:
    def __init__(self, shape: Shown, rows: list[dict[str, Any]]) -> None:
        self._shape = shape
        self.step = _step(shape, max(_reaches(shape, row) for row in rows))

    def ticks(self, names: Names) -> list[str]:
        figure = self._shape.value or self._shape.middle
        return [written(figure, self.step * part, names) for part in range(_PARTS + 1)]

    def place(self, value: float | None) -> int | None:
        return None if value is None else min(LONG, round(LONG * value / self.step / _PARTS))

    def mark(self, row: dict[str, Any], figure: str) -> Mark | None:
        """None where the row does not have this figure."""
        if row.get(figure) is None:
            return None
        low, high = (row.get(one) for one in band_of(figure))
        wide = low is not None or high is not None
        return Mark(
            self.place(row[figure]),
            self.place(low or 0.0) if wide else None,
            (LONG if high is None else self.place(high)) if wide else None,
            wide and high is None,
        )


def _reaches(shape: Shown, row: dict[str, Any]) -> float:
    """How far the axis has to go for a row: to its figure, or to the end of its interval."""
    figures = [shape.value] if shape.value else [shape.middle, shape.slow]
    found = [row.get(one) for one in figures]
    if shape.chart == "spread":
        found += [row.get(f"{one}_equal_mix") for one in figures]
    if shape.chart == "share":
        found.append(row.get(band_of(shape.value)[1]))
    return max((float(one) for one in found if one is not None), default=0.0)


def _step(shape: Shown, reach: float) -> float:
    """A quarter of the axis, in round figures."""
    if shape.chart == "count":
        size = 1
        while not any(_PARTS * size * of >= reach for of in (1, 2, 5)):
            size *= 10
        return next(size * of for of in (1, 2, 5) if _PARTS * size * of >= reach)
    steps = _STEPS_H if shape.chart == "spread" else _STEPS
    return next((float(one) for one in steps if _PARTS * one >= reach), float(steps[-1]))


def _bar(
    shape: Shown, row: dict[str, Any], by: list[str], scale: _Scale, names: Names
) -> Bar:  # fmt: skip
    figure = shape.value or shape.middle
    text, band = written(figure, row[figure], names), band_text(row, figure, names)
    if shape.slow:
        slow = row.get(shape.slow)
        told = band_text(row, shape.slow, names) or "–"
        band = f"P90 {told if slow is None else written(shape.slow, slow, names)}"
    link = row["links"].get(shape.which, row["shipments"])
    return Bar(
        name=names.group(by, row),
        href=traced(link),
        text=text,
        band=band,
        n=names.number(row["n"]),
        few=bool(row["small"]),
        mark=scale.mark(row, figure) or Mark(None),
        slow=scale.mark(row, shape.slow) if shape.slow else None,
        mix=scale.mark(row, f"{figure}_equal_mix"),
        mix_slow=scale.mark(row, f"{shape.slow}_equal_mix") if shape.slow else None,
    )
