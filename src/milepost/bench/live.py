"""`milepost bench live`: one change to thousands of listeners on server-sent events."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import click
import msgspec
from msgspec import Struct

from milepost.bench.generator import Generator
from milepost.bench.machine import Machine, machine
from milepost.bench.output import Steps, middle, quantile, show, steps
from milepost.bench.processes import rss_bytes
from milepost.bench.server import Server, free_port, room

NUMBER = "YT0099000000001"
PATH = f"/v1/track/{NUMBER}/live"
_CODES = ("picked_up", "in_transit.arrived_hub", "in_transit.departed_facility")


class LiveFigures(Struct, frozen=True, kw_only=True):
    """Times in ms from sending a change until listeners have it: medians over the changes.
    `floor_…`: of a bare server that gives the same bytes to as many. Memory is the server's.
    """

    listeners: int
    kib_per_listener: float
    p50_ms: float
    p99_ms: float
    floor_p50_ms: float
    floor_p99_ms: float
    cpu_us_per_listener: float
    opened_per_s: int
    changes: int
    lost: int
    machine: Machine


def run(listeners: int, changes: int, folder: Path | None) -> LiveFigures:
    """Open all streams at the server and at the floor, then change the road again and again."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(changes + 2))
        progress.say("starting the server")
        server = Server(place / "live")
        stack.callback(server.close)
        server.start()
        generator = stack.enter_context(Generator(server))
        other = stack.enter_context(Generator(server))
        for index in range(10):
            generator.do("put", method="POST", path="/v1/scans", body=_scan(index, 60 - index))
        road = generator.do("get", path=f"/v1/track/{NUMBER}")["body"]
        floor_port = _floor(stack, road)
        before = rss_bytes(server.pid)
        progress.done(f"opening {listeners:,} streams")
        opened = generator.do("listen", port=server.port, path=PATH, count=listeners)
        memory = rss_bytes(server.pid) - before
        other.do("listen", port=floor_port, path="/", count=listeners)
        progress.done()
        heard = _changes(server, generator, other, floor_port, changes, progress)
        version = server.postgresql()
        for one in (generator, other):
            one.do("leave")
        return LiveFigures(
            listeners=opened["open"],
            kib_per_listener=round(memory / 1024 / listeners, 2),
            p50_ms=middle([quantile(one["times_ms"], 0.5) for one in heard["real"]]),
            p99_ms=middle([quantile(one["times_ms"], 0.99) for one in heard["real"]]),
            floor_p50_ms=middle([quantile(one["times_ms"], 0.5) for one in heard["floor"]]),
            floor_p99_ms=middle([quantile(one["times_ms"], 0.99) for one in heard["floor"]]),
            cpu_us_per_listener=round(
                median(one["cpu_s"] for one in heard["real"]) * 1e6 / listeners, 1
            ),
            opened_per_s=round(listeners / opened["taken_s"]),
            changes=changes,
            lost=heard["real"][-1]["lost"],
            machine=machine(version),
        )


def _changes(
    server: Server,
    generator: Generator,
    other: Generator,
    floor_port: int,
    changes: int,
    progress: Steps,
) -> dict[str, list[dict[str, Any]]]:
    heard: dict[str, list[dict[str, Any]]] = {"real": [], "floor": []}
    for number in range(changes):
        before = sum(server.cpu_s())
        body = _scan(100 + number, changes - number)
        got = generator.do("heard", port=server.port, method="POST", path="/v1/scans", body=body)
        heard["real"].append({**got, "cpu_s": sum(server.cpu_s()) - before})
        time.sleep(0.2)
        heard["floor"].append(other.do("heard", port=floor_port, method="POST", path="/", body=""))
        progress.done(f"change {number + 1}: p99 {quantile(got['times_ms'], 0.99):,.0f} ms")
    return heard


def _floor(stack: ExitStack, road: str) -> int:
    """Start the bare server; its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "milepost.bench.streaming"], stdin=subprocess.PIPE
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    assert process.stdin is not None
    process.stdin.write(f"{port}\nevent: track\ndata: {road}\n\n".encode())
    process.stdin.close()
    time.sleep(1.0)
    return port


def _scan(index: int, minutes_ago: float) -> str:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    scan = {
        "number": NUMBER,
        "carrier": "yto",
        "code": _CODES[index % 3],
        "occurred_at": at.isoformat(timespec="milliseconds"),
        "text": f"【广州中心】 快件已到达，正发往下一站 {index}",
        "place": "广州中心",
    }
    return msgspec.json.encode([scan]).decode()


@click.command("live")
@click.option("--listeners", default=5_000, show_default=True, help="Streams that are open.")
@click.option("--changes", default=7, show_default=True, help="Changes of the road.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def live_command(listeners: int, changes: int, folder: Path | None, as_json: bool) -> None:
    """One change to thousands of listeners on server-sent events."""
    show("Live listeners", run(listeners, changes, folder), as_json=as_json)
