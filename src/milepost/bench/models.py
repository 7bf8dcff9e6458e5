"""`milepost bench models`: what a window of trained models costs, asked one by one and at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import islice

import click
from msgspec import Struct

from milepost.bench.foresight import synthetic
from milepost.bench.output import middle, show, steps
from milepost.eta import Road, Table, learn, quote, refresh
from milepost.eta.boosted import BoostedPredictor
from milepost.eta.estimate import estimate
from milepost.eta.lanes import LaneTable
from milepost.eta.many import Asked, estimate_many
from milepost.eta.ports import Predictor

_LEARNED, _ASKED, _AT_ONCE = 3_000, 500, 250
_EVERY = 61  # a hundred days


class ModelFigures(Struct, frozen=True, kw_only=True):
    """Microseconds of one core for one window after a scan; the roads are synthetic."""

    roads: int
    at_once: int
    trees_us: float
    trees_at_once_us: float
    lstm_us: float | None
    lstm_at_once_us: float | None


def run(rounds: int, *, with_lstm: bool) -> ModelFigures:
    """Train on some roads, then ask for windows of others."""
    from milepost.eta.training import train

    with steps(rounds + 1) as progress:
        progress.say("training")
        history = synthetic(_LEARNED + _ASKED, every=_EVERY)
        past, asked = history[:_LEARNED], history[_LEARNED:]
        trained = train(past, with_lstm=with_lstm)
        lanes = LaneTable()
        models: dict[str, Predictor] = {
            "trees": BoostedPredictor(trained.models, trained.vocabulary, lanes, trained.scanned)
        }
        if trained.lstm is not None:
            from milepost.eta.road_lstm import LstmPredictor

            models["lstm"] = LstmPredictor(trained.lstm, lanes)
        _teach(past, lanes)
        progress.done("asking")
        found: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, model in models.items():
                one = Table(lanes=lanes, models=(model,))
                found.setdefault(f"{name}_us", []).append(_alone(asked, one))
                found.setdefault(f"{name}_at_once_us", []).append(_together(asked, one))
            progress.done()
    told = {name: middle(times) for name, times in found.items()}
    return ModelFigures(
        roads=_LEARNED, at_once=_AT_ONCE,
        trees_us=told["trees_us"], trees_at_once_us=told["trees_at_once_us"],
        lstm_us=told.get("lstm_us"), lstm_at_once_us=told.get("lstm_at_once_us"),
    )  # fmt: skip


def _teach(past: Sequence[Road], lanes: LaneTable) -> None:
    table = Table(lanes=lanes)
    for road in past:
        learn(road, quote(road.facts, table), table)
    refresh([], past[-1].delivered_us or 0, table)


def _alone(roads: Sequence[Road], table: Table) -> float:
    def ask() -> None:
        for road in roads:
            estimate(road.facts, road.events[:2], road.events[1].occurred_us, table)

    return _timed(ask) / len(roads)


def _together(roads: Sequence[Road], table: Table) -> float:
    now_us = max(road.events[1].occurred_us for road in roads)
    asked: list[Asked] = [(road.facts, road.events[:2], 0) for road in roads]

    def ask() -> None:
        rest = iter(asked)
        while some := list(islice(rest, _AT_ONCE)):
            estimate_many(some, now_us, table)

    return _timed(ask) / len(roads)


def _timed(work: Callable[[], None]) -> float:
    """Microseconds of this process: what others do on the machine does not count."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1e6


@click.command("models")
@click.option("--rounds", default=5, show_default=True, help="Rounds of 500 windows each way.")
@click.option("--lstm", is_flag=True, help="Train an LSTM as well; takes a minute.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def models_command(rounds: int, lstm: bool, as_json: bool) -> None:
    """Microseconds of a window of trained models, one by one and at once."""
    show("Models", run(rounds, with_lstm=lstm), as_json=as_json)
