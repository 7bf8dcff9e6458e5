"""How a figure went over time, as the paths of a small picture."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.pages.console.analytics.cells import written
from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import traced
from milepost.pages.console.analytics.shown import TIMES, Shown, band_of

WIDTH, HEIGHT = 300, 72
_MARGIN = 8


class Point(Struct, frozen=True):
    """One step in time."""

    x: int
    y: int
    name: str
    text: str
    n: str
    few: bool
    href: str


class Trend(Struct, frozen=True):
    """`line` and `band`: SVG paths. `first`, `last`: what stands beneath; `text`: the newest."""

    name: str
    line: str
    band: str
    points: tuple[Point, ...]
    first: str
    last: str
    text: str
    top: str


def trends_of(
    shape: Shown, rows: list[dict[str, Any]], by: list[str], names: Names, most: int = 12
) -> list[Trend]:
    """A picture for each group, all on one scale; the largest groups first."""
    time = next((one for one in by if one in TIMES), None)
    figure = shape.value or shape.middle
    drawn = [row for row in rows if time is not None and row.get(figure) is not None]
    if time is None or not drawn:
        return []
    others = [one for one in by if one != time]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in drawn:
        groups.setdefault(names.group(others, row) if others else "", []).append(row)
    sizes = sorted(groups, key=lambda name: -sum(row["n"] for row in groups[name]))[:most]
    whole = max(float(row[figure]) for name in sizes for row in groups[name])
    top = 1.0 if shape.chart == "share" and whole > 0.5 else whole * 1.15 or 1.0
    steps = sorted({str(row[time]) for row in drawn})
    return [_trend(name, groups[name], steps, time, top, shape, names) for name in sizes]


def _trend(
    name: str, rows: list[dict[str, Any]], steps: list[str], time: str, top: float, shape: Shown,
    names: Names,
) -> Trend:  # fmt: skip
    figure = shape.value or shape.middle
    rows = sorted(rows, key=lambda row: str(row[time]))
    low, high = band_of(figure)
    points = tuple(
        Point(
            x=_x(steps.index(str(row[time])), len(steps)),
            y=_y(row[figure], top),
            name=names.value(time, str(row[time])),
            text=written(figure, row[figure], names),
            n=names.number(row["n"]),
            few=bool(row["small"]),
            href=traced(row["shipments"]),
        )
        for row in rows
    )
    lows = [_y(row.get(low) or 0.0, top) for row in rows]
    highs = [_y(top if row.get(high) is None else row[high], top) for row in rows]
    banded = shape.chart != "count"
    return Trend(
        name=name,
        line=_path([(one.x, one.y) for one in points]),
        band=_area([one.x for one in points], lows, highs) if banded else "",
        points=points,
        first=names.value(time, steps[0]),
        last=names.value(time, steps[-1]),
        text=points[-1].text,
        top=written(figure, top, names),
    )


def _x(index: int, count: int) -> int:
    if count < 2:
        return WIDTH // 2
    return round(_MARGIN + (WIDTH - 2 * _MARGIN) * index / (count - 1))


def _y(value: float, top: float) -> int:
    return round(HEIGHT - _MARGIN - (HEIGHT - 2 * _MARGIN) * min(1.0, value / top))


def _path(points: list[tuple[int, int]]) -> str:
    return "".join(f"{'L' if at else 'M'}{x} {y}" for at, (x, y) in enumerate(points))


def _area(across: list[int], lows: list[int], highs: list[int]) -> str:
    """A lone point gets a band with a width of its own."""
    if len(across) == 1:
        across, lows, highs = [across[0] - 6, across[0] + 6], lows * 2, highs * 2
    there = list(zip(across, highs, strict=True))
    back = list(zip(across, lows, strict=True))[::-1]
    return _path(there + back) + "z"
