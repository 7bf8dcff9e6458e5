"""A measured curve as the points of an SVG line; nothing is drawn across silences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any

from msgspec import Struct

WIDTH, HEIGHT = 640, 140
_MARGIN = 0.08


class Curve(Struct, frozen=True):
    """`paths`: SVG path data, one a stretch without silence. Values in `unit`. `allowed`: what the
    goods may have, and `band`, where that lies in the picture (y, height).
    """

    paths: tuple[str, ...]
    unit: str
    lowest: float
    highest: float
    begins: datetime
    ends: datetime
    excursions: int
    allowed: tuple[float, float] | None = None
    band: tuple[float, float] | None = None


def curve_of(
    answer: dict[str, Any],
    zone: tzinfo | None = None,
    allowed: tuple[float, float] | None = None,
) -> Curve:
    """From the answer of `/v1/track/{number}/telemetry` with two points at the least; told by the
    clock of `zone`. `allowed` is in view as well.
    """
    points = [(_seconds(one["at"]), one.get("value") or 0.0) for one in answer["points"]]
    gaps = [(_seconds(one["since"]), _seconds(one["until"])) for one in answer["gaps"]]
    values = [value for _, value in points]
    least, most = min([*values, *(allowed or ())]), max([*values, *(allowed or ())])
    height = partial(_height, least, most)
    return Curve(
        paths=tuple(_paths(points, gaps, height)),
        unit=answer["unit"],
        lowest=min(values),
        highest=max(values),
        begins=datetime.fromtimestamp(points[0][0], zone or UTC),
        ends=datetime.fromtimestamp(points[-1][0], zone or UTC),
        excursions=len(answer["excursions"]),
        allowed=allowed,
        band=allowed and (height(allowed[1]), height(allowed[0]) - height(allowed[1])),
    )


def _height(least: float, most: float, value: float) -> float:
    share = (value - least) / ((most - least) or 1.0)
    return HEIGHT - (share * (1 - 2 * _MARGIN) + _MARGIN) * HEIGHT


def _paths(
    points: list[tuple[float, float]],
    gaps: list[tuple[float, float]],
    height: Callable[[float], float],
) -> list[str]:
    times = [at for at, _ in points]
    length = (times[-1] - times[0]) or 1.0
    paths: list[list[str]] = [[]]
    before = times[0]
    for at, value in points:
        if any(before <= since and until <= at for since, until in gaps):
            paths.append([])
        x = (at - times[0]) / length * WIDTH
        paths[-1].append(f"{'L' if paths[-1] else 'M'}{x:.1f} {height(value):.1f}")
        before = at
    return ["".join(one) for one in paths if one]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
