"""A measured curve as the points of an SVG line; nothing is drawn across silences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

WIDTH, HEIGHT = 640, 140
_MARGIN = 0.08


class Curve(Struct, frozen=True):
    """`paths`: SVG path data, one a stretch without silence. Values in `unit`."""

    paths: tuple[str, ...]
    unit: str
    lowest: float
    highest: float
    begins: str
    ends: str
    excursions: int


def curve_of(answer: dict[str, Any]) -> Curve:
    """From the answer of `/v1/track/{number}/telemetry` with two points at the least."""
    points = [(_seconds(one["at"]), one.get("value") or 0.0) for one in answer["points"]]
    gaps = [(_seconds(one["since"]), _seconds(one["until"])) for one in answer["gaps"]]
    values = [value for _, value in points]
    return Curve(
        paths=tuple(_paths(points, gaps)),
        unit=answer["unit"],
        lowest=min(values),
        highest=max(values),
        begins=answer["points"][0]["at"],
        ends=answer["points"][-1]["at"],
        excursions=len(answer["excursions"]),
    )


def _paths(points: list[tuple[float, float]], gaps: list[tuple[float, float]]) -> list[str]:
    times, values = zip(*points, strict=True)
    least, most = min(values), max(values)
    span = (most - least) or 1.0
    length = (times[-1] - times[0]) or 1.0
    paths: list[list[str]] = [[]]
    before = times[0]
    for at, value in points:
        if any(before <= since and until <= at for since, until in gaps):
            paths.append([])
        x = (at - times[0]) / length * WIDTH
        y = HEIGHT - ((value - least) / span * (1 - 2 * _MARGIN) + _MARGIN) * HEIGHT
        paths[-1].append(f"{'L' if paths[-1] else 'M'}{x:.1f} {y:.1f}")
        before = at
    return ["".join(one) for one in paths if one]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
