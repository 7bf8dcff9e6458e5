"""`milepost bench fanout`: do pushes to many subscribers slow down what comes in?"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from milepost.bench.generator import Generator, number_of
from milepost.bench.machine import Machine, machine
from milepost.bench.output import middle, show, steps
from milepost.bench.server import Server, room

SUBSCRIBERS = 1_000
ALONE = 5
BATCH = 500
NUMBER = number_of(99, prefix="FO")
_OK = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


class FanoutFigures(Struct, frozen=True, kw_only=True):
    """Scans a second while nobody is told and while every change of one number goes to all
    subscribers, in turns; `ratio` is the median of the pairs. `spread_s`: from the change to the
    last subscriber. `push_cpu_us`: CPU time of a push when nothing else goes on, of the server and
    of PostgreSQL; unlike the ratio it is the same on a crowded machine.
    """

    ratio: float
    ratios: list[float]
    push_cpu_us: tuple[int, int]
    plain_events_per_s: int
    pushing_events_per_s: int
    subscribers: int
    changes: int
    pushes: int
    spread_s: float
    alone_spread_s: float
    machine: Machine


class Sink:
    """Takes pushes on a thread of its own and counts them."""

    def __init__(self) -> None:
        self.count = 0
        self.port = 0
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait(10)

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._take, "127.0.0.1", 0, backlog=2048)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await server.serve_forever()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line[15:])
                    for line in head.split(b"\r\n")
                    if line[:15].lower() == b"content-length:"
                )
                await reader.readexactly(length)
                self.count += 1
                writer.write(_OK)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def wait(self, count: int, within_s: float = 60.0) -> float:
        """Seconds until so many have come."""
        began = time.perf_counter()
        while self.count < count:
            if time.perf_counter() - began > within_s:
                raise RuntimeError(f"{self.count} of {count} pushes came")
            time.sleep(0.005)
        return time.perf_counter() - began


class Caller:
    """One line to the server's native API."""

    def __init__(self, server: Server) -> None:
        self._line = HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._headers = {
            "authorization": f"Bearer {server.key}", "content-type": "application/json",
        }  # fmt: skip
        self._minute = 0

    def post(self, path: str, body: object) -> None:
        self._line.request("POST", path, msgspec.json.encode(body), self._headers)
        answer = self._line.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")

    def change(self) -> None:
        """One change of the number that all subscribers follow."""
        self._minute += 1
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86_400 + self._minute))
        code = ("in_transit.arrived_hub", "in_transit.departed_facility")[self._minute % 2]
        self.post("/v1/scans", [{"number": NUMBER, "carrier": "yto", "occurred_at": at,
                                 "code": code}])  # fmt: skip


def run(seconds: float, rounds: int, folder: Path | None) -> FanoutFigures:
    """Ingest without and with pushes, in turns."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(2 * rounds + 2))
        progress.say("starting the server")
        server = Server(place / "fanout", settings={"MILEPOST_ALLOW_PRIVATE_TARGETS": "1"})
        stack.callback(server.close)
        server.start()
        sink, caller = Sink(), Caller(server)
        progress.say("subscribing")
        for index in range(SUBSCRIBERS):
            url = f"http://127.0.0.1:{sink.port}/{index}"
            wanted = {"url": url, "number": NUMBER, "events": ["shipment.event_added"]}
            caller.post("/v1/subscriptions", wanted)
        caller.change()
        sink.wait(SUBSCRIBERS)
        caller.change()
        alone_s = sink.wait(2 * SUBSCRIBERS)
        push_cpu_us = _push_cpu_us(server, sink, caller)
        progress.done("warming up")
        sender = stack.enter_context(Generator(server, size=BATCH))
        sender.do("flood", seconds=2, connections=4)
        plain: list[float] = []
        pushing: list[float] = []
        spreads: list[float] = []
        for _ in range(rounds):
            plain.append(_flood(sender, seconds))
            progress.done("with pushes")
            spread = threading.Thread(target=_change, args=(sink, caller, spreads))
            spread.start()
            pushing.append(_flood(sender, seconds))
            spread.join()
            progress.done("without")
        ratios = [round(one / other, 3) for one, other in zip(pushing, plain, strict=True)]
        return FanoutFigures(
            ratio=middle(ratios, 3),
            ratios=ratios,
            push_cpu_us=push_cpu_us,
            plain_events_per_s=round(middle(plain)),
            pushing_events_per_s=round(middle(pushing)),
            subscribers=SUBSCRIBERS,
            changes=rounds,
            pushes=sink.count,
            spread_s=middle(spreads),
            alone_spread_s=round(alone_s, 2),
            machine=machine(server.postgresql()),
        )


def _flood(sender: Generator, seconds: float) -> float:
    took = sender.do("flood", seconds=seconds, connections=4)
    return float(took["accepted"] / took["taken_s"])


def _push_cpu_us(server: Server, sink: Sink, caller: Caller) -> tuple[int, int]:
    """Of the server and of PostgreSQL, less what they use by themselves in the same time."""
    before, began = server.cpu_s(), time.perf_counter()
    for _ in range(ALONE):
        wanted = sink.count + SUBSCRIBERS
        caller.change()
        sink.wait(wanted)
        time.sleep(0.3)  # what was taken is written down
    spent, took_s = server.cpu_s(), time.perf_counter() - began
    time.sleep(took_s)
    idle = server.cpu_s()
    used = [(one - a) - (rest - one) for a, one, rest in zip(before, spent, idle, strict=True)]
    server_us, postgres_us = (round(one / ALONE / SUBSCRIBERS * 1e6) for one in used)
    return server_us, postgres_us


def _change(sink: Sink, caller: Caller, spreads: list[float]) -> None:
    """In the midst of it, one change that all are told."""
    time.sleep(0.5)
    wanted = sink.count + SUBSCRIBERS
    caller.change()
    spreads.append(sink.wait(wanted))


@click.command("fanout")
@click.option("--seconds", default=10.0, show_default=True, help="How long each turn lasts.")
@click.option("--rounds", default=4, show_default=True, help="Turns without and with pushes.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def fanout_command(seconds: float, rounds: int, folder: Path | None, as_json: bool) -> None:
    """One change to 1,000 subscribers while scans come in, against scans alone."""
    show("A change told to 1,000 subscribers", run(seconds, rounds, folder), as_json=as_json)
