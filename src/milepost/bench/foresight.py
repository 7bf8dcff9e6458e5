"""`milepost bench foresight`: what an arrival window costs, from the table and from trees."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import click
from msgspec import Struct

from milepost.bench.output import middle, show, steps
from milepost.eta import (
    DAY_US,
    Facts,
    Road,
    Seen,
    SilenceTable,
    Spot,
    Table,
    estimate,
    learn,
    quote,
    refresh,
)

_BEGIN_US = 1_780_000_000_000_000
_COUNTRIES = ("CN", "DE", "FR", "US", "BR", "JP")
_CARRIERS = ("alpha", "beta", "gamma")
_MAINS = ("picked_up", "in_transit", "customs", "out_for_delivery")


class ForesightFigures(Struct, frozen=True, kw_only=True):
    """Microseconds of one core for one event; the roads are synthetic."""

    roads: int
    lanes: int
    table_us: float
    silence_us: float
    cold_us: float
    learn_us: float
    refresh_ms: float


def synthetic(count: int, every: int = 1) -> list[Road]:
    """Roads made by rule, without chance: four scans each and a delivery. `every`: how many times
    40 seconds lie between them.
    """
    return [_road(number * every) for number in range(count)]


def _road(number: int) -> Road:
    origin = _COUNTRIES[number % len(_COUNTRIES)]
    destination = _COUNTRIES[number // 7 % len(_COUNTRIES)]
    created = _BEGIN_US + number * 40_000_000
    step = DAY_US // 2 + number * 7_919 % 97 * DAY_US // 97
    facts = Facts(
        created_us=created, tenant="bench", carrier=_CARRIERS[number % len(_CARRIERS)],
        service="parcel", promised_us=created + 8 * DAY_US,
        origin=Spot(country=origin, region=f"{origin}{number % 5}", place=f"hub {number % 40}"),
        destination=Spot(
            country=destination, region=f"{destination}{number % 11}", place=f"area {number % 90}"
        ),
    )  # fmt: skip
    events = [Seen(created + step * (at + 1), main) for at, main in enumerate(_MAINS)]
    return Road(facts=facts, events=tuple(events), delivered_us=created + step * 5)


def run(roads: int, rounds: int) -> ForesightFigures:
    """Fill a table, then ask it for one window after each event."""
    with steps(rounds + 1) as progress:
        progress.say("learning")
        history, asked = synthetic(roads), synthetic(roads + 2_000)[roads:]
        table, silence = Table(), SilenceTable()
        learned = _timed(lambda: _learn(history, table, silence)) / roads
        now_us = _BEGIN_US + roads * 40_000_000 + 3 * DAY_US
        open_roads = [Road(facts=road.facts, events=road.events[:2]) for road in asked]
        refreshed = _timed(lambda: refresh([(road, None) for road in open_roads], now_us, table))
        silence.refresh(open_roads, now_us)
        progress.done("asking")
        found: dict[str, list[float]] = {"table": [], "silence": [], "cold": []}
        cold = Table()
        for _ in range(rounds):
            found["table"].append(_each(asked, lambda road, at: _window(road, at, table)))
            found["silence"].append(_each(asked, lambda road, at: _quiet(road, at, silence)))
            found["cold"].append(_each(asked, lambda road, at: _window(road, at, cold)))
            progress.done()
    return ForesightFigures(
        roads=roads, lanes=len(table.lanes), learn_us=round(learned, 2),
        refresh_ms=round(refreshed / 1_000, 2),
        **{f"{name}_us": middle(times) for name, times in found.items()},
    )  # fmt: skip


def _learn(history: Sequence[Road], table: Table, silence: SilenceTable) -> None:
    for road in history:
        learn(road, quote(road.facts, table), table)
        silence.learn_road(road)


def _window(road: Road, at: int, table: Table) -> None:
    events = road.events[:at]
    estimate(road.facts, events, events[-1].occurred_us, table)


def _quiet(road: Road, at: int, silence: SilenceTable) -> None:
    events = road.events[:at]
    silence.check(road.facts, events, events[-1].occurred_us + DAY_US)


def _each(roads: Sequence[Road], ask: Callable[[Road, int], None]) -> float:
    def all_events() -> None:
        for road in roads:
            for at in range(1, len(_MAINS) + 1):
                ask(road, at)

    return _timed(all_events) / (len(roads) * len(_MAINS))


def _timed(work: Callable[[], None]) -> float:
    """Microseconds of this process: what others do on the machine does not count."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1e6


@click.command("foresight")
@click.option("--roads", default=20_000, show_default=True, help="Delivered roads to learn from.")
@click.option("--rounds", default=5, show_default=True, help="Rounds of 8,000 events.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def foresight_command(roads: int, rounds: int, as_json: bool) -> None:
    """Microseconds of an arrival window after each event."""
    show("Foresight", run(roads, rounds), as_json=as_json)
