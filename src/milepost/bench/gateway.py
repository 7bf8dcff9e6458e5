"""`milepost bench gateway`: truck terminals that are connected and report all the time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import click
import msgspec
from msgspec import Struct

from milepost.bench.machine import Machine, machine
from milepost.bench.output import show, steps
from milepost.bench.processes import rss_bytes
from milepost.bench.server import Server, free_port, room
from milepost.bench.terminals import phone
from milepost.stores.postgres.embedded import Embedded


class GatewayFigures(Struct, frozen=True, kw_only=True):
    """`cpu_share`: of one core, by the server with its gateway while all terminals report;
    `store_cpu_share`: by PostgreSQL beside it; `idle_cpu_share`: by the same server before any
    terminal came. An answer is sent once the position is durable.
    """

    terminals: int
    every_s: float
    seconds: float
    cpu_share: float
    idle_cpu_share: float
    store_cpu_share: float
    cpu_us_per_message: float
    sent: int
    acks: int
    p50_ms: float
    p99_ms: float
    connected_per_s: int
    kib_per_terminal: float
    machine: Machine


class Load:
    """The process of the synthetic terminals."""

    def __init__(self, stack: ExitStack) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "milepost.bench.terminals"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        stack.callback(self._process.wait)
        stack.callback(self._process.kill)

    def do(self, what: str, **order: Any) -> dict[str, Any]:
        """Give an order and wait for its answer; RuntimeError where the process has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode({"do": what, **order}) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the terminals' process has ended")
        answer: dict[str, Any] = msgspec.json.decode(line)
        return answer


def run(terminals: int, seconds: float, every_s: float, folder: Path | None) -> GatewayFigures:
    """A server with the gateway's port open, and all terminals in a second process."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(4))
        progress.say("starting the server")
        port = free_port()
        server = Server(place / "gateway", settings={"MILEPOST_DEVICE_PORTS": f"jt808={port}"})
        stack.callback(server.close)
        server.start()
        asyncio.run(_know(server, terminals))
        load = Load(stack)
        idle = _shares(server, lambda: asyncio.run(asyncio.sleep(5.0)), 5.0)
        before = rss_bytes(server.pid)
        progress.done(f"connecting {terminals:,} terminals")
        connected = load.do("connect", port=port, count=terminals)
        memory = rss_bytes(server.pid) - before
        progress.done(f"reporting for {seconds:g} s")
        heard: dict[str, Any] = {}
        busy = _shares(server, lambda: heard.update(_run(load, seconds, every_s)), seconds + 1.0)
        progress.done()
        return GatewayFigures(
            terminals=heard["open"],
            every_s=every_s,
            seconds=seconds,
            cpu_share=round(busy[0], 4),
            idle_cpu_share=round(idle[0], 4),
            store_cpu_share=round(busy[1], 4),
            cpu_us_per_message=round(busy[0] * (seconds + 1.0) * 1e6 / max(heard["sent"], 1), 1),
            sent=heard["sent"],
            acks=heard["acks"],
            p50_ms=round(heard["p50_ms"] or 0.0, 2),
            p99_ms=round(heard["p99_ms"] or 0.0, 2),
            connected_per_s=round(terminals / connected["taken_s"]),
            kib_per_terminal=round(memory / 1024 / terminals, 2),
            machine=machine(server.postgresql()),
        )


def _run(load: Load, seconds: float, every_s: float) -> dict[str, Any]:
    return load.do("run", seconds=seconds, every_s=every_s)


def _shares(server: Server, work: Any, seconds: float) -> tuple[float, float]:
    """Shares of a core that server and PostgreSQL use while something runs for some seconds."""
    before = server.cpu_s()
    work()
    after = server.cpu_s()
    return (after[0] - before[0]) / seconds, (after[1] - before[1]) / seconds


async def _know(server: Server, count: int) -> None:
    """Make all terminals known."""
    url = await asyncio.to_thread(Embedded(server.folder / "postgres").ensure)
    connection = await asyncpg.connect(url)
    try:
        tenant = await connection.fetchval("SELECT id FROM tenant WHERE name = 'bench'")
        rows = [
            ("jt808", phone(index).lstrip("0"), tenant, f"truck:{index}", None)
            for index in range(count)
        ]
        await connection.executemany(
            "INSERT INTO terminal (protocol, identity, tenant, asset, secret) "
            "VALUES ($1, $2, $3, $4, $5)",
            rows,
        )
    finally:
        await connection.close()


@click.command("gateway")
@click.option("--terminals", default=8_500, show_default=True, help="Terminals connected.")
@click.option("--seconds", default=60.0, show_default=True, help="How long they report.")
@click.option("--every", "every_s", default=30.0, show_default=True, help="Seconds a report.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def gateway_command(
    terminals: int, seconds: float, every_s: float, folder: Path | None, as_json: bool
) -> None:
    """JT/T 808 terminals that are connected and report all the time."""
    show("The gateway", run(terminals, seconds, every_s, folder), as_json=as_json)
