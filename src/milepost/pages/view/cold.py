"""The temperature on the way as a curve, and whether it stayed within what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from milepost.pages.ports import ColdChain, Reading
from milepost.pages.roadmap.geo import path
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import parse, show

WIDTH, HEIGHT = 800, 200
_EDGE = 16
_MOST_POINTS = 160
# A gap longer than this says nothing of the temperature within it.
_GAP = timedelta(hours=2)


class CurveView(Struct, frozen=True):
    """The curve's path, the allowed band (top and bottom in the picture), the words, and the times
    at its two ends.
    """

    path: str
    band: tuple[int, int] | None
    limits: tuple[str, str] | None
    width: int
    height: int
    label: str
    range: str
    allowed: str | None
    verdict: str | None
    broken: bool
    ends: tuple[str, str]


def cold_view(chain: ColdChain, reader: Reader) -> CurveView | None:
    """None where fewer than two readings can make a curve."""
    rows = chain.readings
    if len(rows) < 2:
        return None
    values = [row.temperature_mc for row in rows]
    limits = [mc for mc in (chain.least_mc, chain.most_mc) if mc is not None]
    low, high = min(values + limits), max(values + limits)
    outside = _outside(chain)
    return CurveView(
        path=_path(rows, low, high),
        band=_band(chain, low, high),
        limits=_limits(chain, reader),
        width=WIDTH,
        height=HEIGHT,
        label=_label(rows, reader),
        range=reader.text("cold.range", low=_degrees(min(values), reader),
                          high=_degrees(max(values), reader)),
        allowed=_allowed(chain, reader),
        verdict=_verdict(outside, reader) if limits else None,
        broken=bool(outside),
        ends=_ends(rows, reader),
    )  # fmt: skip


def _ends(rows: Sequence[Reading], reader: Reader) -> tuple[str, str]:
    """When the curve begins and ends."""
    return show(parse(rows[0].at), reader).full, show(parse(rows[-1].at), reader).full


def _label(rows: Sequence[Reading], reader: Reader) -> str:
    first, last = _ends(rows, reader)
    return reader.text("cold.curve", **{"from": first, "to": last})


def _degrees(thousandths: int, reader: Reader) -> str:
    return reader.temperature(thousandths / 1_000)


def _limits(chain: ColdChain, reader: Reader) -> tuple[str, str] | None:
    """The most and the least that is allowed."""
    if chain.least_mc is None or chain.most_mc is None:
        return None
    return _degrees(chain.most_mc, reader), _degrees(chain.least_mc, reader)


def _allowed(chain: ColdChain, reader: Reader) -> str | None:
    ends = _limits(chain, reader)
    return reader.text("cold.allowed", low=ends[1], high=ends[0]) if ends else None


def _verdict(outside: timedelta, reader: Reader) -> str:
    if not outside:
        return reader.text("cold.kept")
    return reader.text("cold.broken", span=reader.span(outside))


def _outside(chain: ColdChain) -> timedelta:
    """How long it was out of bounds: each reading holds until the next, but over no gap."""
    total = timedelta()
    for row, after in pairwise(chain.readings):
        held = datetime.fromisoformat(after.at) - datetime.fromisoformat(row.at)
        if _is_out(row, chain) and held <= _GAP:
            total += held
    if not total and any(_is_out(row, chain) for row in chain.readings):
        total = timedelta(minutes=1)
    return total


def _is_out(row: Reading, chain: ColdChain) -> bool:
    too_cold = chain.least_mc is not None and row.temperature_mc < chain.least_mc
    return too_cold or (chain.most_mc is not None and row.temperature_mc > chain.most_mc)


def _path(rows: Sequence[Reading], low: int, high: int) -> str:
    """Time to the right; of many readings the outliers are kept."""
    start = datetime.fromisoformat(rows[0].at)
    whole = (datetime.fromisoformat(rows[-1].at) - start).total_seconds() or 1
    points = [
        (
            WIDTH * (datetime.fromisoformat(row.at) - start).total_seconds() / whole,
            _height(row.temperature_mc, low, high),
        )
        for row in _thinned(rows)
    ]
    return path(points, closed=False)


def _thinned(rows: Sequence[Reading]) -> list[Reading]:
    if len(rows) <= _MOST_POINTS:
        return list(rows)
    size = -(-len(rows) // (_MOST_POINTS // 2))
    kept: list[Reading] = []
    for at in range(0, len(rows), size):
        some = rows[at : at + size]
        ends = {min(some, key=_mc), max(some, key=_mc)}
        kept += [row for row in some if row in ends][:2]
    return kept


def _mc(row: Reading) -> int:
    return row.temperature_mc


def _height(mc: int, low: int, high: int) -> float:
    part = (mc - low) / (high - low) if high > low else 0.5
    return HEIGHT - _EDGE - part * (HEIGHT - 2 * _EDGE)


def _band(chain: ColdChain, low: int, high: int) -> tuple[int, int] | None:
    if chain.least_mc is None or chain.most_mc is None:
        return None
    top, bottom = (round(_height(mc, low, high)) for mc in (chain.most_mc, chain.least_mc))
    return top, bottom
