"""`milepost bench query`: a road by its number while scans go in."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import NamedTuple

import click
from msgspec import Struct

from milepost.bench.generator import Generator, number_of
from milepost.bench.machine import Machine, machine
from milepost.bench.output import Steps, middle, quantile, show, steps
from milepost.bench.server import Server, room

ROADS = 10_000
# Batches as a network of many small senders gives them: 90 batches of 90 scans a second.
BATCH = 90
QUESTIONS_PER_S = 100
READY = "/bench/ready"
_PRELOAD = 20 * ROADS
_WARM_UP = 300
_REPEATS = 600


class QueryFigures(Struct, frozen=True, kw_only=True):
    """Times of an answer in ms under load, `idle_…` without, `floor_…` of ready bytes under the
    same load. CPU in µs a question, PostgreSQL's included; `cpu_ratio` against ready bytes.
    `first_…`: of a road that nobody has asked for since it changed; the others were asked before.
    """

    p50_ms: float
    p99_ms: float
    floor_p50_ms: float
    floor_p99_ms: float
    idle_p50_ms: float
    idle_p99_ms: float
    idle_ratio: float
    cpu_us: float
    postgres_cpu_us: float
    floor_cpu_us: float
    cpu_ratio: float
    first_cpu_us: float
    first_cpu_ratio: float
    questions: int
    answer_bytes: int
    events_per_s: int
    scan_answered_p99_ms: float
    machine: Machine


class _Times(NamedTuple):
    road: list[float]
    ready: list[float]


class _Cpu(NamedTuple):
    first: float
    road: float
    road_postgres: float
    ready: float


def run(seconds: float, rounds: int, events_per_s: float, folder: Path | None) -> QueryFigures:
    """Ask idle, then under load; road and ready bytes take turns every second."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(2 * int(seconds) + rounds + 1))
        progress.say("starting the server")
        server = Server(place / "query", module="milepost.bench.serving")
        stack.callback(server.close)
        server.start()
        sender = stack.enter_context(Generator(server, size=BATCH, roads=ROADS))
        asker = stack.enter_context(Generator(server))
        progress.say("loading roads")
        sender.do("flood", seconds=120, connections=8, most=_PRELOAD)
        paths = _paths()
        size = _keep_ready(asker, paths[0])
        asker.do("repeat", paths=paths[:_WARM_UP], count=_WARM_UP)
        progress.done()
        parts = [paths[one * _REPEATS : (one + 1) * _REPEATS] for one in range(1, rounds + 1)]
        cpu = [_cpu(server, asker, part, progress) for part in parts]
        idle = _asked(asker, paths, seconds, progress, "idle")
        sender.do("prepare", batches=int(seconds * 2.2 * events_per_s / BATCH))
        sender.do("pace", per_s=events_per_s, connections=8)
        loaded = _asked(asker, paths, seconds, progress, "under load")
        sent = sender.do("rest")
        return _figures(server, cpu, idle, loaded, sent, size)


def _paths() -> list[str]:
    """The roads that were sent first: some are closed, some are on their way."""
    indices = list(range(int(_PRELOAD / 24)))
    Random(1).shuffle(indices)  # noqa: S311 - a shuffle, not a secret
    return [f"/v1/track/{number_of(index)}" for index in indices]


def _keep_ready(asker: Generator, path: str) -> int:
    """Give the server a real road to hand out as ready bytes; its size."""
    road = asker.do("get", path=path)
    if road["status"] != 200:
        raise RuntimeError(f"{path}: {road['status']}")
    asker.do("put", method="PUT", path=READY, body=road["body"])
    return int(road["bytes"])


def _cpu(server: Server, asker: Generator, paths: list[str], progress: Steps) -> _Cpu:
    """CPU µs a question of a road, asked first and again, and of ready bytes."""
    progress.say("CPU of a question")
    marks = [server.cpu_s()]
    for asked in (paths, paths, [READY]):
        asker.do("repeat", paths=asked, count=_REPEATS, connections=2)
        marks.append(server.cpu_s())
    progress.done()
    first, road, ready = (
        [1e6 * (b - a) / _REPEATS for a, b in zip(marks[i], marks[i + 1], strict=True)]
        for i in (0, 1, 2)
    )
    return _Cpu(sum(first), sum(road), road[1], ready[0])


def _asked(
    asker: Generator, paths: list[str], seconds: float, progress: Steps, what: str
) -> _Times:
    times = _Times([], [])
    for second in range(int(seconds)):
        start = second * QUESTIONS_PER_S % len(paths)
        for found, asked in ((times.road, paths[start:] + paths[:start]), (times.ready, [READY])):
            got = asker.do("ask", paths=asked[:QUESTIONS_PER_S], per_s=QUESTIONS_PER_S, seconds=1.0)
            found += got["times_ms"]
        progress.done(f"asking, {what}: p99 {quantile(times.road, 0.99):.1f} ms")
    return times


def _figures(
    server: Server,
    cpu: list[_Cpu],
    idle: _Times,
    loaded: _Times,
    sent: dict[str, float],
    size: int,
) -> QueryFigures:
    p99, idle_p99 = quantile(loaded.road, 0.99), quantile(idle.road, 0.99)
    return QueryFigures(
        p50_ms=middle(loaded.road),
        p99_ms=round(p99, 2),
        floor_p50_ms=middle(loaded.ready),
        floor_p99_ms=round(quantile(loaded.ready, 0.99), 2),
        idle_p50_ms=middle(idle.road),
        idle_p99_ms=round(idle_p99, 2),
        idle_ratio=round(p99 / idle_p99, 2),
        cpu_us=middle([one.road for one in cpu], 1),
        postgres_cpu_us=middle([one.road_postgres for one in cpu], 1),
        floor_cpu_us=middle([one.ready for one in cpu], 1),
        cpu_ratio=middle([one.road / one.ready for one in cpu]),
        first_cpu_us=middle([one.first for one in cpu], 1),
        first_cpu_ratio=middle([one.first / one.ready for one in cpu]),
        questions=len(loaded.road),
        answer_bytes=size,
        events_per_s=round(sent["accepted"] / sent["taken_s"]),
        scan_answered_p99_ms=round(sent["p99_ms"], 1),
        machine=machine(server.postgresql()),
    )


@click.command("query")
@click.option(
    "--seconds", default=20.0, show_default=True, help="How long to ask, idle and loaded."
)
@click.option("--rounds", default=5, show_default=True, help="Rounds of measuring CPU.")
@click.option("--events-per-s", default=8_100.0, show_default=True, help="Scans that go in.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def query_command(
    seconds: float, rounds: int, events_per_s: float, folder: Path | None, as_json: bool
) -> None:
    """A road by its number, 100 times a second, while scans go in."""
    show("A road by its number", run(seconds, rounds, events_per_s, folder), as_json=as_json)
