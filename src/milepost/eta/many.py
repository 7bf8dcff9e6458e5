"""Arrival windows of many shipments at once: trained models answer for all of them in one call."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.eta.estimate import Table, arrived, choose, window_of
from milepost.eta.facts import Facts, Seen, Window
from milepost.eta.ports import Forecast, ManyPredictor, Predictor, Situation
from milepost.eta.stages import ENDED, believable, situation

Asked = tuple[Facts, Sequence[Seen], int]


def estimate_many(asked: Sequence[Asked], now_us: int, table: Table) -> list[Window]:
    """As `estimate` says of each: facts, events, and by how many microseconds it takes longer."""
    windows: list[Window | None] = [None] * len(asked)
    going: list[tuple[int, Situation, int]] = []
    for index, (facts, events, _) in enumerate(asked):
        known = believable(facts, events, now_us)
        if known and known[-1].main in ENDED:
            windows[index] = arrived(known[-1], facts)
        else:
            going.append((index, *situation(facts, known, now_us)))
    said = _of_models(
        [asked[index][0] for index, _, _ in going], [where for _, where, _ in going], table
    )
    for (index, where, begun_us), of_models in zip(going, said, strict=True):
        facts, _, delay_us = asked[index]
        name, told = choose(facts, where, table, of_models)
        windows[index] = window_of(name, told, facts, where, (begun_us, now_us), table, delay_us)
    return [window for window in windows if window is not None]


def _of_models(
    facts: Sequence[Facts], situations: Sequence[Situation], table: Table
) -> list[tuple[Forecast | None, ...]]:
    """What each model of the table says of each shipment."""
    columns = [_asked(model, facts, situations) for model in table.models]
    return list(zip(*columns, strict=True)) if columns else [()] * len(facts)


def _asked(
    model: Predictor, facts: Sequence[Facts], situations: Sequence[Situation]
) -> list[Forecast | None]:
    if isinstance(model, ManyPredictor):
        return model.forecast_many(facts, situations)
    return [model.forecast(*one) for one in zip(facts, situations, strict=True)]
