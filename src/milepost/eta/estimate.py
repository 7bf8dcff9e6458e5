"""`estimate(facts, events, now, table)`: the arrival window of one shipment. Pure; never raises
on what a source may send.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from milepost.eta.accuracy import Accuracy
from milepost.eta.calibration import SINCE, Calibration
from milepost.eta.drift import DriftAlarm
from milepost.eta.facts import DAY_US, Facts, Seen, Window
from milepost.eta.guess import ColdGuess
from milepost.eta.lanes import LaneTable
from milepost.eta.ports import Forecast, Predictor, Situation
from milepost.eta.promise import PromisePredictor
from milepost.eta.stages import AT_THE_DOOR, CREATED, ENDED, believable, situation

Said = Sequence[Forecast | None]
_NARROWEST_US = 3_600_000_000
_FURTHEST_DAYS = 3 * 365.0


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


def estimate(
    facts: Facts, events: Sequence[Seen], now_us: int, table: Table, delay_us: int = 0
) -> Window:
    """P10, P50 and P90 of the arrival, as things stand at `now_us`. `delay_us`: by so much it is
    known to take longer than the past says, such as for a closure.

    Events may come in any order, of the future, or not at all: what cannot be is left out. A road
    that has ended gets the instant at which it did.
    """
    known = believable(facts, events, now_us)
    if known and known[-1].main in ENDED:
        return arrived(known[-1], facts)
    where, begun_us = situation(facts, known, now_us)
    name, told = choose(facts, where, table)
    return window_of(name, told, facts, where, (begun_us, now_us), table, delay_us)


def window_of(
    name: str, told: Forecast, facts: Facts, where: Situation, times_us: tuple[int, int],
    table: Table, delay_us: int = 0,
) -> Window:  # fmt: skip
    """What a predictor said of a shipment, stretched by how its quotes were kept. `times_us`: the
    beginning of the stage, and now.
    """
    stretched = _calibrated(name, told, facts, where, table)
    return _window(name, told, stretched, facts, where, times_us, delay_us)


def forecasts(
    facts: Facts, where: Situation, table: Table, of_models: Said | None = None
) -> list[tuple[str, Forecast]]:
    """What each predictor that has history says, in the order of trust without a record.
    `of_models`: what the models say, where they have been asked already.
    """
    if of_models is None:
        of_models = [one.forecast(facts, where) for one in table.models]
    predictors: list[Predictor] = [*table.models, table.lanes, table.promise]
    said = *of_models, table.lanes.forecast(facts, where), table.promise.forecast(facts, where)
    return [
        (predictor.name, told)
        for predictor, told in zip(predictors, said, strict=True)
        if told is not None and not told.guess
    ]


def choose(
    facts: Facts, where: Situation, table: Table, of_models: Said | None = None
) -> tuple[str, Forecast]:
    """The predictor that was nearest on this lane; without a record the first; else a guess."""
    found = forecasts(facts, where, table, of_models)
    if not found:
        promised = table.promise.forecast(facts, where)
        if promised is not None:
            return table.promise.name, promised
        return table.guess.name, table.guess.forecast(facts, where)
    if len(found) == 1:
        return found[0]
    records = tuple([record_of(name, where) for name, _ in found])
    best = table.accuracy.best(facts, records)
    return found[records.index(best)] if best is not None else found[0]


def record_of(name: str, where: Situation) -> str:
    """Under which name the accuracy of a predictor is kept: who is nearest before the first scan
    need not be so on the way, or at the door.
    """
    if where.stage == CREATED:
        return name
    return f"{name} at the door" if where.stage in AT_THE_DOOR else f"{name} on the way"


def since(name: str, stage: str) -> str:
    """Under which name it is kept how a predictor's quotes at a milestone were kept."""
    return f"{name}{SINCE}{stage}"


def _calibrated(
    name: str, told: Forecast, facts: Facts, where: Situation, table: Table
) -> tuple[float, float, float]:
    """Days from the stage's beginning, stretched by how quotes were kept; never before now."""
    silent = where.silent
    (low, middle, high), behind = _factors(name, facts, where, table)
    p10, p50, p90 = [
        # What lies behind is not stretched again.
        max((behind + days) * factor - behind, silent + (days - silent) * min(factor, 1.0))
        for days, factor in ((told.p10, low), (told.p50, middle), (told.p90, high))
    ]
    p10 = min(max(p10, silent), _FURTHEST_DAYS)
    p50 = min(max(p50, p10), _FURTHEST_DAYS)
    return p10, p50, min(max(p50, p90), _FURTHEST_DAYS)


def _factors(
    name: str, facts: Facts, where: Situation, table: Table
) -> tuple[tuple[float, float, float], float]:
    """The milestone's own factors; until it has some those of whole roads, with the days that lie
    behind, to which these apply as well.
    """
    if where.stage != CREATED:
        own = table.calibration.known(facts, since(name, where.stage))
        if own is not None:
            return own, 0.0
    return table.calibration.factors(facts, name), max(where.since_created, 0.0)


def _window(
    name: str, told: Forecast, days: tuple[float, float, float], facts: Facts,
    where: Situation, times_us: tuple[int, int], delay_us: int,
) -> Window:  # fmt: skip
    begun_us, now_us = times_us
    p10, p50, p90 = [max(begun_us + int(value * DAY_US), now_us) + delay_us for value in days]
    reason = told.reason
    if where.stage != CREATED:
        reason = f"{reason}, since {where.stage.replace('_', ' ')}"
    return Window(
        p10_us=p10, p50_us=max(p50, p10), p90_us=max(p90, p10 + _NARROWEST_US, p50),
        predictor=name, guess=told.guess, reason=reason,
        late_odds=_late_odds(told, days, facts, where, begun_us + delay_us), evidence=told.evidence,
    )  # fmt: skip


def _late_odds(
    told: Forecast, days: tuple[float, float, float], facts: Facts, where: Situation, begun_us: int
) -> float | None:
    """The odds of the promise breaking, on the clock that calibration moved."""
    if facts.promised_us is None:
        return None
    left = (facts.promised_us - begun_us) / DAY_US
    pace = max(days[1], 1e-3) / max(told.p50, 1e-3)
    return min(max(told.odds_after(left / pace, where.silent / pace), 0.0), 1.0)


def arrived(event: Seen, facts: Facts) -> Window:
    late = None if facts.promised_us is None else float(event.occurred_us > facts.promised_us)
    return Window(
        p10_us=event.occurred_us, p50_us=event.occurred_us, p90_us=event.occurred_us,
        predictor="scan", guess=False, reason=event.main, probability=1.0, late_odds=late,
    )  # fmt: skip
