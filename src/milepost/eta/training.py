"""Trains the boosted quantiles on roads, under the label clock, and says how good they are.

The roads are replayed: each is seen with the lane table as it stood when the shipment began. Scores
come from the last fifth by time, with trees that knew only what was delivered before it; the trees
that are kept then learn from all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from milepost.eta.boosted import BoostedPredictor
from milepost.eta.facts import DAY_US, Facts, Road, Window
from milepost.eta.features import FEATURES, Vocabulary, row, vocabulary_of
from milepost.eta.forest import fitted
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import SHARES, Forecast, Situation
from milepost.eta.replay import replay
from milepost.eta.stages import CREATED
from milepost.eta.table import Table
from milepost.eta.training_underway import Row, Scans, after_scans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST = 200
_TESTED_SHARE, _LEAST_DAYS = 0.2, 0.05
_LESS_KEPT = 0.05
_AT_START = Situation(CREATED, 0.0, 0.0)


class Trained(Struct, frozen=True, kw_only=True):
    """Graphs, and what must be known to judge and use them.

    `scores` has `mae_days` and `p90_kept` of `boosted` and `table` on the same last roads, and of
    `boosted_after_scans`, `lstm_after_scans` and `table_after_scans` on all scans of these roads.
    `models` are the trees before the first scan, `scanned` those after scans.
    """

    models: bytes
    vocabulary: Vocabulary
    features: tuple[str, ...]
    roads: int
    first_us: int
    last_us: int
    scores: dict[str, dict[str, float]]
    scanned: bytes | None = None
    lstm: bytes | None = None

    @property
    def speaks(self) -> tuple[str, ...]:
        """Those that were nearer than the table, which decides whether they should be used."""
        return tuple([name for name in self.made if _nearer(self.scores, name)])

    @property
    def graphs(self) -> dict[str, bytes]:
        """All that were trained."""
        found = {"boosted": self.models, "boosted_after_scans": self.scanned,
                 "lstm_after_scans": self.lstm}  # fmt: skip
        return {name: graph for name, graph in found.items() if graph is not None}

    @property
    def made(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.graphs)

    @property
    def better(self) -> bool:
        """Whether any was."""
        return bool(self.speaks)


def _nearer(scores: dict[str, dict[str, float]], name: str) -> bool:
    """Nearer in the middle, and no less honest at the end: short windows alone are no merit."""
    told = scores[name]
    table = scores["table_after_scans" if name.endswith("_after_scans") else "table"]
    honest = told["p90_kept"] >= min(table["p90_kept"], SHARES[-1]) - _LESS_KEPT
    return honest and told["mae_days"] < table["mae_days"]


def train(
    roads: Sequence[Road], tick: Callable[[str], None] = lambda _: None, *, with_lstm: bool = False
) -> Trained:
    """From delivered roads (open ones count as open). ValueError where they are too few.

    `with_lstm` needs the package `onnx`: ModuleNotFoundError without it.
    """
    import numpy as np

    vocabulary = vocabulary_of(roads)
    watched, scans = _watched(roads, vocabulary, tick)
    seen = watched.seen
    if len(seen) < FEWEST:
        raise ValueError(f"{len(seen)} delivered roads on known lanes are too few: {FEWEST} needed")
    created = np.array([roads[index].facts.created_us for index, _, _ in seen])
    ended = np.array([roads[index].delivered_us for index, _, _ in seen])
    rows = [values for _, _, values in seen]
    normal = np.array([days for _, days, _ in seen])
    took = np.maximum((ended - created) / DAY_US, _LEAST_DAYS)
    cut = np.quantile(created, 1 - _TESTED_SHARE)
    tick("trees for the scores")
    labels = np.log(took / normal)
    known = np.flatnonzero(ended < cut)
    early = fitted([rows[index] for index in known], labels[known])
    late = created >= cut
    said = np.array(_said_with(early, roads, vocabulary, int(cut), tick))
    tick("trees to keep")
    models = fitted(rows, labels)
    after = after_scans(scans, vocabulary, int(cut), tick, with_lstm=with_lstm)
    return Trained(
        models=models, scanned=after.trees, lstm=after.lstm,
        vocabulary=vocabulary, features=FEATURES, roads=len(seen),
        first_us=int(created.min()), last_us=int(ended.max()),
        scores={
            "boosted": _scores(took[late], *said[late].T),
            "table": _scores(took[late], *np.array(watched.said)[late].T),
        } | after.scores,
    )  # fmt: skip


def _watched(
    roads: Sequence[Road], vocabulary: Vocabulary, tick: Callable[[str], None]
) -> tuple[_Watching, list[Row]]:
    """What the table knew of each delivered road as it began and was scanned, and its quotes."""
    table = Table()
    watching, scans = _Watching(table, roads, vocabulary), Scans(table, roads)
    replay(
        roads, table, begun=watching, scanned=scans,
        tick=lambda index: tick(f"replaying road {index:,}"),
    )  # fmt: skip
    return watching, scans.rows


class _Watching:
    """`seen`: index, the table's median and features; `said`: its calibrated P50 and P90, days."""

    def __init__(self, table: Table, roads: Sequence[Road], vocabulary: Vocabulary) -> None:
        self._table, self._roads, self._vocabulary = table, roads, vocabulary
        self.seen: list[tuple[int, float, list[float]]] = []
        self.said: list[tuple[float, float]] = []

    def __call__(self, index: int, window: Window) -> None:
        road = self._roads[index]
        told = self._table.lanes.forecast(road.facts, _AT_START)
        if told is None or road.delivered_us is None:
            return
        if road.delivered_us < road.facts.created_us:
            return
        begun = road.facts.created_us
        self.said.append(((window.p50_us - begun) / DAY_US, (window.p90_us - begun) / DAY_US))
        self.seen.append((index, told.p50, row(road.facts, self._vocabulary)))


def _said_with(
    models: bytes, roads: Sequence[Road], vocabulary: Vocabulary, from_us: int,
    tick: Callable[[str], None],
) -> list[tuple[float, float]]:  # fmt: skip
    """What a table with these trees would have quoted, calibrated as a server does it."""
    lanes = LaneTable()
    trees = _Since(from_us, BoostedPredictor(models, vocabulary, lanes))
    table = Table(lanes=lanes, models=(trees,))
    watching = _Watching(table, roads, vocabulary)
    replay(roads, table, begun=watching, tick=lambda index: tick(f"judging road {index:,}"))
    return watching.said


class _Since:
    """Trees that did not exist before the test began."""

    name = "boosted"

    def __init__(self, from_us: int, trees: BoostedPredictor) -> None:
        self._from_us, self._trees = from_us, trees

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        """As the trees say, from then on."""
        return self._trees.forecast(facts, situation) if facts.created_us >= self._from_us else None


def _scores(took: Any, middle: Any, high: Any) -> dict[str, float]:
    return {
        "mae_days": round(float(abs(took - middle).mean()), 3),
        "p90_kept": round(float((took <= high).mean()), 4),
        "p90_quote_days": round(float(high.mean()), 2),
        "roads": float(len(took)),
    }
