"""`milepost bench sensors`: durable sensor points a second, with the rules at work on them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import click
import msgspec
from msgspec import Struct

from milepost.bench.load import Connection
from milepost.bench.machine import Machine, machine
from milepost.bench.output import middle, quantile, show, steps
from milepost.bench.server import Server, room
from milepost.stores.postgres.embedded import Embedded

TRUCKS = 500
PARCELS = 4  # chilled ones in each truck
BATCH = 500
STEP_US = 10_000_000
# One truck of so many is warm at any time.
WARM = 50
_encode = msgspec.json.Encoder().encode
_pack = msgspec.msgpack.Encoder().encode
# The same work without us: the rows of a batch by COPY, and a commit.
_FLOOR = "CREATE TABLE bench_floor (asset int, at_us bigint, received_us bigint, body bytea)"


class SensorFigures(Struct, frozen=True, kw_only=True):
    """Points: samples of one asset at one instant. `floor_points_per_s`: a bare COPY of the same
    rows, committed batch by batch. `alert_ms`: from the answer to the alert being in the database.
    """

    points_per_s: int
    floor_points_per_s: int
    ratio: float
    cpu_us_per_point: float
    postgres_cpu_us_per_point: float
    answered_p50_ms: float
    answered_p99_ms: float
    points: int
    alerts: int
    alert_ms: float
    rounds: int
    machine: Machine


def run(seconds: float = 5.0, rounds: int = 3, folder: Path | None = None) -> SensorFigures:
    """Measure in interleaved rounds."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(rounds + 2))
        progress.say("starting the server")
        server = Server(place)
        server.start()
        stack.callback(server.close)
        progress.done("loading trucks")
        return asyncio.run(_measure(server, seconds, rounds, progress))


async def _measure(server: Server, seconds: float, rounds: int, progress: Any) -> SensorFigures:
    now_us = time.time_ns() // 1_000
    loads = _Loads(now_us - 20 * 86_400_000_000)
    await _load_trucks(server, now_us)
    rates: list[float] = []
    floors: list[float] = []
    took: list[float] = []
    cpu: list[tuple[float, float]] = []
    for number in range(rounds):
        progress.done(f"round {number + 1} of {rounds}")
        before = server.cpu_s()
        points, lasted_s = await _flood(server, loads, seconds, took)
        after = server.cpu_s()
        rates.append(points / lasted_s)
        cpu.append(tuple(1e6 * (b - a) / points for a, b in zip(before, after, strict=True)))  # type: ignore[arg-type]
        floors.append(await _floor(server, seconds / 2))
    alert_ms = await _alert_ms(server)
    alerts = (await _fetch(server, "SELECT count(*) FROM alert"))[0][0]
    total = (await _fetch(server, _TOTAL))[0][0]
    return SensorFigures(
        points_per_s=round(middle(rates)),
        floor_points_per_s=round(middle(floors)),
        ratio=middle([a / b for a, b in zip(rates, floors, strict=True)], 3),
        cpu_us_per_point=middle([own for own, _ in cpu]),
        postgres_cpu_us_per_point=middle([own for _, own in cpu]),
        answered_p50_ms=round(quantile(took, 0.5), 2),
        answered_p99_ms=round(quantile(took, 0.99), 2),
        points=int(total),
        alerts=alerts,
        alert_ms=alert_ms,
        rounds=rounds,
        machine=machine(str((await _fetch(server, "SHOW server_version"))[0][0])),
    )


_OPEN = "SELECT 1 FROM alert WHERE number = 'BSALERT0001'"
_TOTAL = """
SELECT (SELECT count(*) FROM telemetry_sample)
    + (SELECT coalesce(sum(samples), 0) FROM telemetry_chunk)
"""


class _Loads:
    """Batches: every truck's next sample, made before they are sent."""

    def __init__(self, begin_us: int) -> None:
        self._at_us = begin_us
        self._turn = 0

    def ready(self, count: int) -> list[bytes]:
        """So many batches, each later than the last."""
        return [self._batch() for _ in range(count)]

    def _batch(self) -> bytes:
        self._at_us += STEP_US
        self._turn += 1
        return _encode([self._sample(truck) for truck in range(BATCH)])

    def _sample(self, truck: int) -> dict[str, Any]:
        phase = self._turn // 200 + truck
        celsius = 12.0 if phase % WARM == 0 else 4 + (self._turn * 7 + truck) % 20 / 10
        return {
            "asset": f"truck:{truck % TRUCKS}", "at": self._at_us, "temperature_c": celsius,
            "humidity_percent": 40 + truck % 20, "lat": 30 + self._turn / 1e4, "lon": 120.0,
        }  # fmt: skip


async def _load_trucks(server: Server, now_us: int) -> None:
    connection = await _connected(server)
    begin_us = now_us - 30 * 86_400_000_000
    numbers = [f"BS{index:010d}" for index in range(TRUCKS * PARCELS)]
    for first in range(0, len(numbers), 500):
        some = numbers[first : first + 500]
        shipments = [{"number": one, "carrier": "sf", "categories": ["cold_chain"]} for one in some]
        await _post(connection, "/v1/shipments", _encode(shipments))
        changes = [
            {"number": one, "parent": f"truck:{(first + place) // PARCELS}", "action": "add",
             "at": begin_us}
            for place, one in enumerate(some)
        ]  # fmt: skip
        await _post(connection, "/v1/devices/containment", _encode(changes))
    connection.close()


async def _connected(server: Server) -> Connection:
    connection = Connection("127.0.0.1", server.port, server.key)
    await connection.open()
    return connection


async def _post(connection: Connection, path: str, body: bytes) -> bytes:
    status, answer = await connection.request("POST", path, body)
    if status >= 300:
        raise RuntimeError(f"{path} answers {status}: {answer[:300]!r}")
    return answer


async def _flood(
    server: Server, loads: _Loads, seconds: float, took: list[float]
) -> tuple[int, float]:
    waiting = deque(loads.ready(int(seconds * 120)))
    began = time.perf_counter()

    async def send() -> int:
        connection = await _connected(server)
        done = 0
        while waiting and time.perf_counter() - began < seconds:
            body = waiting.popleft()
            sent = time.perf_counter()
            answer = msgspec.json.decode(await _post(connection, "/v1/devices/samples", body))
            took.append(1000 * (time.perf_counter() - sent))
            done += answer["accepted"]
        connection.close()
        return done

    points = sum(await asyncio.gather(*(send() for _ in range(4))))
    return points, time.perf_counter() - began


async def _floor(server: Server, seconds: float) -> float:
    url = await asyncio.to_thread(Embedded(server.folder / "postgres").ensure)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("DROP TABLE IF EXISTS bench_floor")
        await connection.execute(_FLOOR)
        rows = [
            (n, n, n, _pack((300_000_000, 1_200_000_000, True, 5000, 450))) for n in range(BATCH)
        ]
        done, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            await connection.copy_records_to_table("bench_floor", records=rows)
            done += BATCH
        return done / (time.perf_counter() - began)
    finally:
        await connection.close()


async def _alert_ms(server: Server) -> float:
    """A parcel warms up: how long until its alert is open."""
    connection = await _connected(server)
    now_us = time.time_ns() // 1_000
    await _post(connection, "/v1/shipments", _encode(
        [{"number": "BSALERT0001", "carrier": "sf", "categories": ["cold_chain"]}]
    ))  # fmt: skip
    change = {
        "number": "BSALERT0001",
        "parent": "truck:alert",
        "action": "add",
        "at": 1_700_000_000,
    }
    await _post(connection, "/v1/devices/containment", _encode([change]))
    await asyncio.sleep(2)
    samples = [
        {"asset": "truck:alert", "at": now_us - n * 60_000_000, "temperature_c": 15}
        for n in range(30)
    ]
    await _post(connection, "/v1/devices/samples", _encode(samples))
    began = time.perf_counter()
    while not await _fetch(server, _OPEN):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.02)
    connection.close()
    return round(1000 * (time.perf_counter() - began), 1)


async def _fetch(server: Server, query: str) -> Sequence[Any]:
    url = await asyncio.to_thread(Embedded(server.folder / "postgres").ensure)
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


@click.command("sensors")
@click.option("--seconds", default=5.0, show_default=True, help="Length of a round.")
@click.option("--rounds", default=3, show_default=True, help="Rounds.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def sensors_command(seconds: float, rounds: int, folder: Path | None, as_json: bool) -> None:
    """Durable sensor points a second over POST /v1/devices/samples, with rules."""
    show("Sensors", run(seconds, rounds, folder), as_json=as_json)
