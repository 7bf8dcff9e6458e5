"""Who is nearest after a scan: the table of lanes, trees and the LSTM, month by month.

At the first of each month trees and LSTM are trained on what was delivered by then; the table
learns daily. Every scan of the month asks each of them for the rest of the road.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from milepost.eta.boosted import BoostedPredictor
from milepost.eta.estimate import estimate
from milepost.eta.facts import DAY_US, Facts, Road
from milepost.eta.features import Vocabulary, vocabulary_of
from milepost.eta.judge.scores import auc, average_precision, rounded
from milepost.eta.lstm import answers
from milepost.eta.ports import Forecast, Predictor, Situation
from milepost.eta.replay import replay
from milepost.eta.sequence import sequences
from milepost.eta.table import Table
from milepost.eta.training_underway import FEWEST, Row, Scans, drawn, lstm, trees
from milepost.eta.underway import from_normal, normal_of

if TYPE_CHECKING:
    from milepost.eta.lstm import Weights

Tick = Callable[[str], None]
_LEAST_DAYS, _SERVED = 0.02, "table_calibrated"


class Learned(Predictor):
    """The LSTM's weights as they are, without the runtime that a server uses."""

    name = "lstm"

    def __init__(self, weights: Weights, table: Table) -> None:
        self._weights, self._lanes = weights, table.lanes

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        normal = normal_of(self._lanes, facts, situation)
        if normal is None:
            return None
        asked = sequences([(facts, situation, normal.p50)])
        return from_normal(answers(self._weights, asked)[0].tolist(), normal, situation, "")


class Contest(Scans):
    """Asks each predictor at each scan of the months that are tested, and trains as they begin."""

    def __init__(
        self, table: Table, roads: Sequence[Road], from_us: int, vocabulary: Vocabulary,
        tick: Tick, *, with_lstm: bool,
    ) -> None:  # fmt: skip
        super().__init__(table, roads)
        self._from_us, self._vocabulary, self._tick = from_us, vocabulary, tick
        self._with_lstm, self._month = with_lstm, ""
        self._models: list[Predictor] = []
        self.said: dict[str, list[tuple[Row, Forecast]]] = {}

    def __call__(self, index: int, at_us: int, where: Situation) -> None:
        """Ask first, then gather."""
        if at_us >= self._from_us:
            month = f"{datetime.fromtimestamp(at_us / 1e6, UTC):%Y-%m}"
            if month != self._month:
                self._month = month
                self._models = self._trained(at_us)
        count = len(self.rows)
        super().__call__(index, at_us, where)
        if at_us < self._from_us or len(self.rows) == count:
            return
        row = self.rows[-1]
        told = [(one.name, one.forecast(row.facts, where)) for one in self._models]
        told.append(("table", self._table.lanes.forecast(row.facts, where)))
        told.append((_SERVED, self._served(index, at_us, where)))
        if all(one is not None for _, one in told):
            for name, one in told:
                if one is not None:
                    self.said.setdefault(name, []).append((row, one))

    def _served(self, index: int, at_us: int, where: Situation) -> Forecast:
        """The window that a server without models shows, in days from the stage's beginning."""
        road = self._roads[index]
        seen = [event for event in road.events if event.occurred_us <= at_us]
        said = estimate(road.facts, seen, at_us, self._table)
        p10, p50, p90 = (
            where.scanned + (end_us - at_us) / DAY_US
            for end_us in (said.p10_us, said.p50_us, said.p90_us)
        )
        return Forecast(p10, p50, p90, said.guess, said.reason, said.evidence)

    def _trained(self, now_us: int) -> list[Predictor]:
        known = drawn([row for row in self.rows if row.known_us < now_us])
        if len(known) < FEWEST:
            return []
        self._tick(f"{self._month}: {len(known):,} scans")
        graph = trees(known, self._vocabulary)
        found: list[Predictor] = [
            BoostedPredictor(None, self._vocabulary, self._table.lanes, scanned=graph)
        ]
        if self._with_lstm:
            weights = lstm(known, lambda now: self._tick(f"{self._month}: {now}"))
            found.append(Learned(weights, self._table))
        return found


def evaluate_underway(
    roads: Sequence[Road], from_us: int, tick: Tick = lambda _: None, *, with_lstm: bool = True
) -> dict[str, Any]:
    """By predictor: `mae_days` of the rest of the road, `p90_kept`, `late_auc`, `late_ap`."""
    table = Table()
    contest = Contest(table, roads, from_us, vocabulary_of(roads), tick, with_lstm=with_lstm)
    replay(roads, table, scanned=contest)
    if not contest.said:
        raise ValueError("too few delivered roads with scans before the first month")
    found: dict[str, Any] = {
        # The served window's odds come from its curve, not from its three quantiles.
        name: _scores(said) | ({} if name == _SERVED else _late(said))
        for name, said in contest.said.items()
    }
    return {"scans": len(next(iter(contest.said.values()))), "predictors": found}


def _scores(said: list[tuple[Row, Forecast]]) -> dict[str, Any]:
    rest = np.array([row.rest for row, _ in said])
    past = np.array([row.where.scanned for row, _ in said])
    middle, high = (
        np.maximum(np.array([getattr(one, name) for _, one in said]) - past, _LEAST_DAYS)
        for name in ("p50", "p90")
    )
    return {
        "mae_days": rounded(float(np.abs(rest - middle).mean())),
        "mean_log_error": rounded(float(np.abs(np.log(rest / middle)).mean())),
        "p90_kept": rounded(float((rest <= high).mean()), 4),
        "p90_quote_days": rounded(float(high.mean()), 2),
    }


def _late(said: list[tuple[Row, Forecast]]) -> dict[str, Any]:
    """Of scans before the promise: how well the odds of breaking it rank."""
    labels, odds = [], []
    for row, told in said:
        promised_us = row.facts.promised_us
        if promised_us is not None and promised_us > row.at_us:
            left = (promised_us - row.at_us) / DAY_US
            labels.append(row.rest > left)
            odds.append(told.odds_after(left + row.where.scanned, row.where.silent))
    return {
        "promised": len(labels), "late_auc": rounded(auc(labels, odds), 4),
        "late_ap": rounded(average_precision(labels, odds), 4),
    }  # fmt: skip
