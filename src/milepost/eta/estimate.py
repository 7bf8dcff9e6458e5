"""`estimate(facts, events, now, table)`: the arrival window of one shipment. Pure; never raises
on what a source may send.
"""

from __future__ import annotations

from collections.abc import Sequence

from milepost.eta.calibration import SINCE
from milepost.eta.facts import DAY_US, Facts, Seen, Window
from milepost.eta.ports import Forecast, Situation
from milepost.eta.stages import CREATED, ENDED, believable, situation
from milepost.eta.table import Table, choose

_NARROWEST_US = 3_600_000_000
_FURTHEST_DAYS = 3 * 365.0
_LEAST_HALF = 0.25


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
    # The middle moves half-way only. Ends that move further must not meet it: half a window claims
    # more than anybody knows.
    p10 = min(p10, p50 - _LEAST_HALF * (told.p50 - told.p10))
    p90 = max(p90, p50 + _LEAST_HALF * (told.p90 - told.p50))
    furthest = max(silent, 0.0) + _FURTHEST_DAYS
    p10 = min(max(p10, silent), furthest)
    p50 = min(max(p50, p10), furthest)
    return p10, p50, min(max(p50, p90), furthest)


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
