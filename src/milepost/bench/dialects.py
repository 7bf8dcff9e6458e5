"""`milepost bench dialects`: what a look-up costs in each dialect, against the native one."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from random import Random

import click
from msgspec import Struct

from milepost.bench.dialect_calls import CALLS, Call, Fields, native
from milepost.bench.generator import Generator, number_of
from milepost.bench.machine import Machine, machine
from milepost.bench.output import middle, quantile, show, steps
from milepost.bench.server import Server, room
from milepost.cli.keys import create_credentials
from milepost.compat.core.discovery import find
from milepost.settings import Settings

ROADS = 4_000
_PRELOAD = 12 * ROADS
# Questions of one kind in a row; the kinds take turns, each with numbers of its own.
BLOCK = 12
# What follows the loading is over when the server uses less than this share of a core.
QUIET, LOOK_S, LONGEST_S = 0.05, 1.0, 120.0


class Cost(Struct, frozen=True, kw_only=True):
    """CPU in µs a question (server and PostgreSQL), time of an answer in ms with one asker, and
    both against the native question's. `first`: of roads that nobody has asked for yet; `again`:
    of the same ones once more.
    """

    first_cpu_us: float
    again_cpu_us: float
    first_ms: float
    again_ms: float
    p99_ms: float
    first_cpu_ratio: float
    again_cpu_ratio: float
    first_ratio: float
    again_ratio: float


class DialectFigures(Struct, frozen=True, kw_only=True):
    """`worst_ratio`: the dearest dialect's CPU for a road first asked for, against the native."""

    worst_ratio: float
    native: Cost
    dialects: dict[str, Cost]
    questions: int
    machine: Machine


class Kind:
    """One kind of question, and what has been measured of it."""

    def __init__(self, name: str, call: dict[str, Call], word: bytes, numbers: list[str]) -> None:
        self.name = name
        self._call = call
        self._word = word
        self._numbers = numbers
        self.cpu_us: dict[str, list[float]] = {"first": [], "again": []}
        self.times_ms: dict[str, list[float]] = {"first": [], "again": []}

    def ask(self, server: Server, line: HTTPConnection, turn: int) -> None:
        """A block first, and again at once."""
        numbers = self._numbers[turn * BLOCK : (turn + 1) * BLOCK]
        for which in ("first", "again"):
            before = sum(server.cpu_s())
            for number in numbers:
                self.times_ms[which].append(self._one(line, number))
            used_s = sum(server.cpu_s()) - before
            self.cpu_us[which].append(1e6 * used_s / len(numbers))

    def _one(self, line: HTTPConnection, number: str) -> float:
        began = time.perf_counter()
        status, answer = send(line, self._call[number])
        took_ms = (time.perf_counter() - began) * 1e3
        if status != 200 or self._word not in answer:
            raise RuntimeError(f"{self.name}: {status} {answer[:300]!r}")
        return took_ms


def send(line: HTTPConnection, call: Call) -> tuple[int, bytes]:
    line.request(call.method, call.path, call.body or None, call.headers)
    answer = line.getresponse()
    return answer.status, answer.read()


def run(rounds: int, folder: Path | None) -> DialectFigures:
    """Every kind asks a block in each round, so that all meet the same weather."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(rounds + 2))
        progress.say("starting the server")
        server = Server(place / "dialects")
        stack.callback(server.close)
        fields = {name: _credentials(server, name) for name in CALLS}
        server.start()
        sender = stack.enter_context(Generator(server, size=90, roads=ROADS))
        progress.done("loading roads")
        sender.do("flood", seconds=120, connections=8, most=_PRELOAD)
        line = HTTPConnection("127.0.0.1", server.port, timeout=60)
        kinds = _kinds(server, fields, rounds + 1)
        _register(line, fields, kinds)
        progress.say("waiting for quiet")
        _settle(server)
        progress.done("asking")
        for turn in range(rounds + 1):
            first = turn % len(kinds)  # nobody always comes after the same one
            for kind in kinds[first:] + kinds[:first]:
                kind.ask(server, line, turn)
            if turn == 0:  # to warm up
                for kind in kinds:
                    kind.cpu_us, kind.times_ms = _empty(), _empty()
            progress.done()
        line.close()
        return _figures(kinds, machine(server.postgresql()))


def _settle(server: Server) -> None:
    """Until the server has written what it writes behind the scans, and learned from them."""
    end = time.monotonic() + LONGEST_S
    while time.monotonic() < end:
        before = sum(server.cpu_s())
        time.sleep(LOOK_S)
        if sum(server.cpu_s()) - before < QUIET * LOOK_S:
            return


def _empty() -> dict[str, list[float]]:
    return {"first": [], "again": []}


def _credentials(server: Server, name: str) -> Fields:
    dialect = find(name)
    assert dialect is not None
    return asyncio.run(create_credentials(Settings(data=server.folder), "bench", dialect))


def _kinds(server: Server, fields: dict[str, Fields], turns: int) -> list[Kind]:
    indices = list(range(int(_PRELOAD / 24)))
    Random(1).shuffle(indices)  # noqa: S311 - a shuffle, not a secret
    numbers = [number_of(index) for index in indices]
    needed = (len(CALLS) + 1) * turns * BLOCK
    if needed > len(numbers):
        raise RuntimeError(f"{turns - 1} rounds need {needed} roads; there are {len(numbers)}")
    parts = [numbers[i * turns * BLOCK : (i + 1) * turns * BLOCK] for i in range(len(CALLS) + 1)]
    plain = {number: native(server.key, number) for number in parts[0]}
    kinds = [Kind("native", plain, b'"events":[{', parts[0])]
    for part, (name, (make, _, word)) in zip(parts[1:], CALLS.items(), strict=True):
        kinds.append(Kind(name, {one: make(fields[name], one) for one in part}, word, part))
    return kinds


def _register(line: HTTPConnection, fields: dict[str, Fields], kinds: list[Kind]) -> None:
    for kind in kinds[1:]:
        make = CALLS[kind.name][1]
        for number in kind._numbers if make is not None else ():
            assert make is not None
            status, answer = send(line, make(fields[kind.name], number))
            if status not in (200, 201):
                raise RuntimeError(f"{kind.name}: {status} {answer[:300]!r}")


def _figures(kinds: list[Kind], where: Machine) -> DialectFigures:
    costs = {kind.name: _cost(kind, kinds[0]) for kind in kinds}
    plain = costs.pop("native")
    return DialectFigures(
        worst_ratio=max(one.first_cpu_ratio for one in costs.values()),
        native=plain,
        dialects=costs,
        questions=sum(len(kind.times_ms["first"]) for kind in kinds),
        machine=where,
    )


def _cost(kind: Kind, plain: Kind) -> Cost:
    def ratio(which: str) -> float:
        return round(middle(kind.cpu_us[which], 4) / middle(plain.cpu_us[which], 4), 2)

    def of_times(which: str) -> float:
        return round(middle(kind.times_ms[which], 4) / middle(plain.times_ms[which], 4), 2)

    return Cost(
        first_cpu_us=middle(kind.cpu_us["first"], 0),
        again_cpu_us=middle(kind.cpu_us["again"], 0),
        first_ms=middle(kind.times_ms["first"]),
        again_ms=middle(kind.times_ms["again"]),
        p99_ms=round(quantile(kind.times_ms["first"], 0.99), 2),
        first_cpu_ratio=ratio("first"),
        again_cpu_ratio=ratio("again"),
        first_ratio=of_times("first"),
        again_ratio=of_times("again"),
    )


@click.command("dialects")
@click.option("--rounds", default=20, show_default=True, help="Rounds in which all take turns.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def dialects_command(rounds: int, folder: Path | None, as_json: bool) -> None:
    """A look-up in each of the six dialects, against the native question."""
    show("A look-up in each dialect", run(rounds, folder), as_json=as_json)
