"""Trains what speaks after scans: trees and the LSTM, on what a table knew at each scan.

Both learn log(rest of the road / what the table gives it), so the level is the table's. Roads with
many scans do not count more for it than others: of each some are drawn, evenly along the road.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from milepost.eta.facts import DAY_US, Facts, Road
from milepost.eta.features import Vocabulary, scanned_row
from milepost.eta.forest import Forest, fitted
from milepost.eta.lstm import Adam, answers, begin, gradients, pinball
from milepost.eta.onnx_graph import exported
from milepost.eta.ports import SHARES, Situation
from milepost.eta.sequence import FACT_NUMBERS, KINDS, STEP_NUMBERS, sequences
from milepost.eta.table import Table
from milepost.eta.underway import LEAST_DAYS, normal_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from milepost.eta.lstm import Sequences, Weights

    Floats = NDArray[np.float64]

FEWEST = 200
_LEAST_DAYS = 0.02
_PER_ROAD, _MOST_ROWS, _MOST_SEQUENCES = 6, 120_000, 30_000
_UNITS, _EPOCHS, _PATIENCE, _BATCH, _RATE, _DECAY, _HELD_BACK = 32, 24, 4, 256, 0.004, 1e-5, 0.1
_STEPS_AT_LEAST, _SMALLEST = 40, 16  # few roads have to be gone through in small steps
_AT_ONCE = 4_096


class Row(NamedTuple):
    """One scan of a delivered road: what was known, the median and P90 that the table gave, and
    what was left (days).

    `known_us` is when the road taught it: at its delivery.
    """

    road: int
    at_us: int
    facts: Facts
    where: Situation
    normal: float
    high: float
    rest: float
    known_us: int


class AfterScans(NamedTuple):
    """Trees and the LSTM as graphs, and the scores of both and of the table."""

    trees: bytes | None
    lstm: bytes | None
    scores: dict[str, dict[str, float]]


class Scans:
    """Gathers rows while roads are replayed: to be given to `replay` as `scanned`."""

    def __init__(self, table: Table, roads: Sequence[Road]) -> None:
        self._table, self._roads = table, roads
        self.rows: list[Row] = []

    def __call__(self, index: int, at_us: int, where: Situation) -> None:
        """A road has been scanned, and the table stands as it stood then."""
        road = self._roads[index]
        normal = normal_of(self._table.lanes, road.facts, where)
        if normal is None or road.delivered_us is None:
            return
        told = self._table.lanes.forecast(road.facts, where)
        high = LEAST_DAYS if told is None else max(told.p90 - where.scanned, LEAST_DAYS)
        rest = max((road.delivered_us - at_us) / DAY_US, _LEAST_DAYS)
        row = Row(index, at_us, road.facts, where, normal.p50, high, rest, road.delivered_us)
        self.rows.append(row)


def after_scans(
    rows: Sequence[Row], vocabulary: Vocabulary, cut_us: int,
    tick: Callable[[str], None] = lambda _: None, *, with_lstm: bool = False,
) -> AfterScans:  # fmt: skip
    """Scored on the scans from `cut_us` on by models that knew only what had been delivered by
    then; those that are kept learn from all. Nothing, where the rows are too few.
    """
    early = drawn([row for row in rows if row.known_us < cut_us])
    late = [row for row in rows if row.at_us >= cut_us]
    if len(early) < FEWEST or not late:
        return AfterScans(None, None, {})
    tick("trees after scans")
    of_table = np.log([[1.0, row.high / row.normal] for row in late])
    scores = {
        "table_after_scans": _scores(late, of_table),
        "boosted_after_scans": _scores(late, _by_trees(trees(early, vocabulary), late, vocabulary)),
    }
    graph = None
    if with_lstm:
        graph = exported(lstm(drawn(rows), tick))
        scores["lstm_after_scans"] = _scores(late, _by_lstm(lstm(early, tick), late))
    return AfterScans(trees(drawn(rows), vocabulary), graph, scores)


def _by_trees(graph: bytes, rows: Sequence[Row], vocabulary: Vocabulary) -> Floats:
    """Log ratios of median and P90."""
    asked = [scanned_row(row.facts, row.where, vocabulary) for row in rows]
    return np.sort(Forest(graph).columns(asked).astype(float), axis=1)[:, 1:]


def _by_lstm(weights: Weights, rows: Sequence[Row]) -> Floats:
    found = [
        answers(weights, sequences([(row.facts, row.where, row.normal) for row in some]))
        for some in batched(rows, _AT_ONCE)
    ]
    return np.sort(np.concatenate(found), axis=1)[:, 1:]


def _scores(rows: Sequence[Row], logs: Floats) -> dict[str, float]:
    rest, normal = (np.array([getattr(row, name) for row in rows]) for name in ("rest", "normal"))
    middle, high = (normal * np.exp(column) for column in logs.T)
    return {
        "mae_days": round(float(np.abs(rest - middle).mean()), 3),
        "p90_kept": round(float((rest <= high).mean()), 4),
        "p90_quote_days": round(float(high.mean()), 2),
        "scans": float(len(rows)),
    }


def batched(rows: Sequence[Row], size: int) -> list[Sequence[Row]]:
    """So many at once: thousands of long sequences would fill the memory."""
    return [rows[first : first + size] for first in range(0, len(rows), size)]


def drawn(rows: Sequence[Row]) -> list[Row]:
    """At most some rows of each road, evenly from the first to the last."""
    by_road: dict[int, list[Row]] = {}
    for row in rows:
        by_road.setdefault(row.road, []).append(row)
    kept = []
    for found in by_road.values():
        step = max(len(found) / _PER_ROAD, 1.0)
        kept += [found[int(step * index)] for index in range(min(len(found), _PER_ROAD))]
    return sorted(kept, key=lambda row: row.at_us)


def trees(rows: Sequence[Row], vocabulary: Vocabulary) -> bytes:
    """A graph, see `forest`."""
    rows = rows[-_MOST_ROWS:]
    return fitted([scanned_row(row.facts, row.where, vocabulary) for row in rows], _labels(rows))


def lstm(
    rows: Sequence[Row], tick: Callable[[str], None] = lambda _: None, seed: int = 1
) -> Weights:
    """Weights that say `SHARES` of the log ratio; stopped by the newest tenth of the rows."""
    rows = rows[-_MOST_SEQUENCES:]
    asked = sequences([(row.facts, row.where, row.normal) for row in rows])
    labels, cut = _labels(rows), int(len(rows) * (1 - _HELD_BACK))
    held = np.arange(cut, len(rows))
    draw, adam, loss = np.random.default_rng(seed), Adam(_RATE), pinball(SHARES)
    weights = begin(STEP_NUMBERS, FACT_NUMBERS, len(KINDS), seed, _UNITS, len(SHARES))
    best, lowest, waited = dict(weights), np.inf, 0
    for epoch in range(_EPOCHS):
        tick(f"LSTM, round {epoch + 1} of at most {_EPOCHS}")
        _epoch(asked, labels, draw.permutation(cut), weights, adam)
        found = loss(answers(weights, asked.take(held)), labels[held])[0]
        waited = 0 if found < lowest else waited + 1
        if found < lowest:
            best, lowest = dict(weights), found
        if waited == _PATIENCE:
            break
    return best


def _epoch(
    asked: Sequences, labels: Floats, order: NDArray[np.int64], weights: Weights, adam: Adam
) -> None:
    loss = pinball(SHARES)
    size = min(max(len(order) // _STEPS_AT_LEAST, _SMALLEST), _BATCH)
    for some in np.array_split(order, max(len(order) // size, 1)):
        slope = gradients(weights, asked.take(some), labels[some], _DECAY, loss)[1]
        adam.move(weights, slope)


def _labels(rows: Sequence[Row]) -> Floats:
    ratio = [row.rest / max(row.normal, _LEAST_DAYS) for row in rows]
    return np.asarray(np.clip(np.log(np.array(ratio)), -4.0, 4.0))
