"""Arrival windows of many shipments at once: trained models answer for all of them in one call."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.eta.estimate import arrived, window_of
from milepost.eta.facts import Facts, Seen, Window
from milepost.eta.ports import Forecast, ManyPredictor, Situation, answers_many
from milepost.eta.stages import ENDED, believable, situation
from milepost.eta.table import Table, chosen, first_asked

Asked = tuple[Facts, Sequence[Seen], int]
AskedAt = tuple[Facts, Sequence[Seen], int, int]
Pair = tuple[Facts, Situation]


def estimate_many(asked: Sequence[Asked], now_us: int, table: Table) -> list[Window]:
    """As `estimate` says of each: facts, events, and by how many microseconds it takes longer."""
    return estimate_each([(facts, seen, now_us, late_us) for facts, seen, late_us in asked], table)


def estimate_each(asked: Sequence[AskedAt], table: Table) -> list[Window]:
    """The same, each at a time of its own, which stands before the delay."""
    windows: list[Window | None] = [None] * len(asked)
    going: list[tuple[int, Situation, int]] = []
    for index, (facts, events, now_us, _) in enumerate(asked):
        seen = believable(facts, events, now_us)
        if seen and seen[-1].main in ENDED:
            windows[index] = arrived(seen[-1], facts)
        else:
            going.append((index, *situation(facts, seen, now_us)))
    pairs = [(asked[index][0], where) for index, where, _ in going]
    first = [first_asked(*pair, table) for pair in pairs]
    said = _said(pairs, first, table)
    for (index, where, begun_us), place, known in zip(going, first, said, strict=True):
        facts, _, now_us, delay_us = asked[index]
        name, told = chosen(facts, where, table, place, known)
        windows[index] = window_of(name, told, facts, where, (begun_us, now_us), table, delay_us)
    return [window for window in windows if window is not None]


def _said(
    pairs: Sequence[Pair], first: Sequence[int | None], table: Table
) -> list[dict[int, Forecast | None]]:
    """What those predictors that answer for many say of the shipments that `chosen` will ask them
    about: of most the one that counts, of the others all.
    """
    known: list[dict[int, Forecast | None]] = [{} for _ in pairs]
    able = [(place, one) for place, one in enumerate(table.models) if answers_many(one)]
    for place, one in able:
        _ask(one, place, pairs, known, [at for at, asked in enumerate(first) if asked == place])
    for place, one in able:
        undecided = [
            at for at, asked in enumerate(first)
            if place not in known[at] and (asked is None or known[at].get(asked, place) is None)
        ]  # fmt: skip
        _ask(one, place, pairs, known, undecided)
    return known


def _ask(
    one: ManyPredictor, place: int, pairs: Sequence[Pair],
    known: Sequence[dict[int, Forecast | None]], asked: Sequence[int],
) -> None:  # fmt: skip
    if not asked:
        return
    told = one.forecast_many([pairs[at][0] for at in asked], [pairs[at][1] for at in asked])
    for at, forecast in zip(asked, told, strict=True):
        known[at][place] = forecast
