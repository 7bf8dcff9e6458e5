"""`milepost bench ingest`: durable events a second over the whole journey."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from statistics import median

import click
from msgspec import Struct

from milepost.bench.arm import Arm, Round
from milepost.bench.growth import growth_figures
from milepost.bench.machine import Machine, machine
from milepost.bench.output import Steps, middle, show, steps
from milepost.bench.server import room

WARM_UP_S = 2.0


class IngestFigures(Struct, frozen=True, kw_only=True):
    """Medians over the rounds. CPU in µs an event. `ratio`: of the same server whose commit does
    nothing (`floor_…`), `cpu_ratio`: of its CPU time. `written_…`: what PostgreSQL wrote,
    its log included. `scaling`: of one engine process, where more were asked for.
    """

    events_per_s: int
    floor_events_per_s: int
    ratio: float
    cpu_ratio: float
    cpu_us_per_event: float
    postgres_cpu_us_per_event: float
    floor_cpu_us_per_event: float
    written_bytes_per_event: float
    payload_bytes_per_event: float
    written_ratio: float
    answered_p50_ms: float
    answered_p99_ms: float
    events: int
    rounds: int
    shards: int
    scaling: float | None
    events_per_s_by_round: list[int]
    machine: Machine


def run(
    seconds: float = 5.0,
    rounds: int = 5,
    shards: int = 1,
    connections: int = 8,
    folder: Path | None = None,
) -> IngestFigures:
    """Measure in interleaved rounds; only the server whose turn it is runs meanwhile."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(rounds + 2))
        progress.say("starting servers")
        arms = _arms(place, shards, connections)
        for arm in arms.values():
            stack.enter_context(arm)
        taken = _rounds(arms, seconds, rounds, progress)
        progress.say("counting what was written")
        written = arms["real"].written_bytes()
        return _figures(taken, arms["real"], written, shards)


def _arms(place: Path, shards: int, connections: int) -> dict[str, Arm]:
    wanted = ("--shards", str(shards)) if shards > 1 else ()
    arms = {
        "real": Arm(place / "real", *wanted, connections=connections),
        "floor": Arm(place / "floor", *wanted, "--commit-stubbed", connections=connections),
    }
    if shards > 1:
        arms["single"] = Arm(place / "single", connections=connections)
    return arms


def _rounds(
    arms: dict[str, Arm], seconds: float, rounds: int, progress: Steps
) -> dict[str, list[Round]]:
    for arm in arms.values():
        arm.round(WARM_UP_S)
    progress.done()
    taken: dict[str, list[Round]] = {name: [] for name in arms}
    names = list(arms)
    for number in range(rounds):
        # Each goes first in turn, so that nobody always has the warmer or the emptier machine.
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            progress.say(f"round {number + 1} of {rounds}: {name}")
            taken[name].append(arms[name].round(seconds))
        progress.done()
    return taken


def _figures(taken: dict[str, list[Round]], real: Arm, written: int, shards: int) -> IngestFigures:
    mine, floor = taken["real"], taken["floor"]
    single = taken.get("single")
    written_an_event = written / real.accepted
    payload = sum(one.bytes for one in mine) / sum(one.events for one in mine)
    return IngestFigures(
        events_per_s=round(median(one.rate for one in mine)),
        floor_events_per_s=round(median(one.rate for one in floor)),
        ratio=middle([a.rate / b.rate for a, b in zip(mine, floor, strict=True)], 3),
        cpu_ratio=middle([b.cpu_us / a.total_us for a, b in zip(mine, floor, strict=True)], 3),
        cpu_us_per_event=middle([one.cpu_us for one in mine]),
        postgres_cpu_us_per_event=middle([one.postgres_us for one in mine]),
        floor_cpu_us_per_event=middle([one.cpu_us for one in floor]),
        written_bytes_per_event=round(written_an_event, 1),
        payload_bytes_per_event=round(payload, 1),
        written_ratio=round(written_an_event / payload, 2),
        answered_p50_ms=middle([one.p50_ms for one in mine]),
        answered_p99_ms=middle([one.p99_ms for one in mine]),
        events=real.accepted,
        rounds=len(mine),
        shards=shards,
        scaling=(
            middle([a.rate / b.rate for a, b in zip(mine, single, strict=True)], 3)
            if single
            else None
        ),
        events_per_s_by_round=[round(one.rate) for one in mine],
        machine=machine(real.server.postgresql()),
    )


@click.command("ingest")
@click.option("--seconds", default=5.0, show_default=True, help="Length of a round.")
@click.option("--rounds", default=5, show_default=True, help="Rounds of each server.")
@click.option("--shards", default=1, show_default=True, help="Engine processes.")
@click.option("--connections", default=8, show_default=True, help="Senders at once.")
@click.option("--long", "as_it_grows", is_flag=True, help="One long run: is the end as fast?")
@click.option("--events", default=20_000_000, show_default=True, help="Events of a long run.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def ingest_command(
    seconds: float,
    rounds: int,
    shards: int,
    connections: int,
    as_it_grows: bool,
    events: int,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Durable events a second over POST /v1/scans, in batches of 500."""
    if as_it_grows:
        growth = growth_figures(events, shards, connections, folder)
        show("Ingest as the ledger grows", growth, as_json=as_json)
        return
    show("Ingest", run(seconds, rounds, shards, connections, folder), as_json=as_json)
