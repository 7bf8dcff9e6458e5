"""All that foresight has learned, and which predictor of it speaks for a shipment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import sqrt
from types import MappingProxyType
from typing import TypeGuard

from milepost.eta.accuracy import Accuracy
from milepost.eta.calibration import Calibration
from milepost.eta.drift import DriftAlarm
from milepost.eta.facts import Facts
from milepost.eta.guess import ColdGuess
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Forecast, Predictor, Situation
from milepost.eta.promise import PromisePredictor
from milepost.eta.stages import AT_THE_DOOR, CREATED

# What predictors said, by their places in `Table.predictors`.
Known = Mapping[int, Forecast | None]
NOTHING_KNOWN: Known = MappingProxyType({})
_FEWEST_BETWEEN = 1.0  # roads between two countries, without which others' are no record


@dataclass(frozen=True)
class Table:
    """All that foresight has learned. `models` are further predictors, such as trained ones."""

    lanes: LaneTable = field(default_factory=LaneTable)
    promise: PromisePredictor = field(default_factory=PromisePredictor)
    accuracy: Accuracy = field(default_factory=Accuracy)
    calibration: Calibration = field(default_factory=Calibration)
    drift: DriftAlarm = field(default_factory=DriftAlarm)
    guess: ColdGuess = field(default_factory=ColdGuess)
    models: tuple[Predictor, ...] = ()

    @property
    def predictors(self) -> tuple[Predictor, ...]:
        """Those that may have history, in the order of trust without a record."""
        return *self.models, self.lanes, self.promise


def forecasts(
    facts: Facts, where: Situation, table: Table, known: Known = NOTHING_KNOWN
) -> list[tuple[str, Forecast]]:
    """What each predictor that has history says, in the order of trust without a record. `known`:
    what some of them say, by their places in `Table.predictors`, where they have been asked.
    """
    said = [
        (one.name, known[place] if place in known else one.forecast(facts, where))
        for place, one in enumerate(table.predictors)
    ]
    return [(name, told) for name, told in said if _speaks(told)]


def choose(facts: Facts, where: Situation, table: Table) -> tuple[str, Forecast]:
    """The predictor that was nearest on this lane; without a record the first; else a guess."""
    return chosen(facts, where, table, first_asked(facts, where, table), NOTHING_KNOWN)


def chosen(
    facts: Facts, where: Situation, table: Table, first: int | None, known: Known
) -> tuple[str, Forecast]:
    """The same, where it is known who is asked first, and what some say."""
    name, told = None, None
    if first is not None:
        name = table.predictors[first].name
        told = known[first] if first in known else table.predictors[first].forecast(facts, where)
    if name is None or not _speaks(told):
        name, told = _chosen_of_all(facts, where, table, known)
    if told.guess or told.evidence >= _FEWEST_BETWEEN:
        return name, told
    return table.guess.name, _wide(told, table.guess.forecast(facts, where))


def _wide(by_others: Forecast, by_distance: Forecast) -> Forecast:
    """Nothing is known between these countries: what roads elsewhere say and what the distance
    does are both but guesses, and the window holds both.
    """
    low, middle, high = (
        (getattr(by_others, name), getattr(by_distance, name)) for name in ("p10", "p50", "p90")
    )
    return Forecast(
        min(low),
        sqrt(max(middle[0], 0.0) * max(middle[1], 0.0)),
        max(high),
        guess=True,
        reason=f"{by_distance.reason}, and as other roads went",
    )


def first_asked(facts: Facts, where: Situation, table: Table) -> int | None:
    """The place of the predictor whose word, if it has one, is the one that counts: who was
    nearest of all, or the first where nothing is known of it. None: all have to be asked.
    """
    records = _records(tuple([one.name for one in table.predictors]), where.stage)
    best = table.accuracy.best(facts, records)
    if best is not None:
        return records.index(best)
    return None if table.accuracy.knows(facts, records[0]) else 0


def _chosen_of_all(
    facts: Facts, where: Situation, table: Table, known: Known
) -> tuple[str, Forecast]:
    found = forecasts(facts, where, table, known)
    if not found:
        promised = table.promise.forecast(facts, where)
        if promised is not None:
            return table.promise.name, promised
        return table.guess.name, table.guess.forecast(facts, where)
    records = _records(tuple([name for name, _ in found]), where.stage)
    best = table.accuracy.best(facts, records) if len(found) > 1 else None
    return found[records.index(best)] if best is not None else found[0]


def _speaks(told: Forecast | None) -> TypeGuard[Forecast]:
    return told is not None and not told.guess


@lru_cache(maxsize=256)
def _records(names: tuple[str, ...], stage: str) -> tuple[str, ...]:
    return tuple([record_of(name, stage) for name in names])


def record_of(name: str, stage: str) -> str:
    """Under which name the accuracy of a predictor is kept: who is nearest before the first scan
    need not be so on the way, or at the door.
    """
    if stage == CREATED:
        return name
    return f"{name} at the door" if stage in AT_THE_DOOR else f"{name} on the way"
