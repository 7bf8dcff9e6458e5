"""`milepost bench list`: the first page of shipments, of a thousand and of a million."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import asyncpg
import click
from msgspec import Struct

from milepost.bench.combinations import fill_lines
from milepost.bench.combinations import run as run_combinations
from milepost.bench.generator import Generator
from milepost.bench.machine import Machine, machine
from milepost.bench.output import Steps, middle, show, steps
from milepost.bench.server import Server, room
from milepost.stores.postgres.embedded import Embedded

FILTERS = {
    "all": "",
    "status": "&status=in_transit",
    "carrier": "&carrier=sf",
    "status_and_carrier": "&status=in_transit&carrier=sf",
    "text": "&text=YT",
    "text_rare": "&text=YT00000000791",
    "order": "&text=SO-0000000",
    "trouble": "&trouble=true",
}
_ASKED_A_ROUND = 20


class Filtered(Struct, frozen=True):
    """Median times of one filter in ms, and how much longer it takes among many."""

    few_ms: float
    many_ms: float
    ratio: float


class ListFigures(Struct, frozen=True, kw_only=True):
    """The first page of 50, by filter. `ratio`: the worst of status, carrier and text."""

    few: int
    many: int
    ratio: float
    filters: dict[str, Filtered]
    machine: Machine


def run(few: int, many: int, rounds: int, folder: Path | None) -> ListFigures:
    """Two servers, one with few shipments and one with many, asked in turn."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(rounds + 2))
        servers: list[Server] = []
        askers: list[Generator] = []
        for name, count in (("few", few), ("many", many)):
            progress.say(f"making {count:,} shipments")
            server = Server(place / name)
            stack.callback(server.close)
            server.start()
            asyncio.run(_fill(server, count))
            servers.append(server)
            askers.append(stack.enter_context(Generator(server)))
            progress.done()
        times = _times(askers, rounds, progress)
        filters = {name: _filtered(found) for name, found in times.items()}
        return ListFigures(
            few=few,
            many=many,
            ratio=max(filters[name].ratio for name in ("status", "carrier", "text")),
            filters=filters,
            machine=machine(servers[0].postgresql()),
        )


async def _fill(server: Server, count: int) -> None:
    url = await asyncio.to_thread(Embedded(server.folder / "postgres").ensure)
    connection = await asyncpg.connect(url)
    try:
        tenant = await connection.fetchval("SELECT id FROM tenant WHERE name = 'bench'")
        await fill_lines(connection, count, tenant)
    finally:
        await connection.close()


def _times(askers: list[Generator], rounds: int, progress: Steps) -> dict[str, list[list[float]]]:
    times: dict[str, list[list[float]]] = {name: [[] for _ in askers] for name in FILTERS}
    for number in range(rounds + 1):
        for name, query in FILTERS.items():
            for found, asker in zip(times[name], askers, strict=True):
                path = f"/v1/shipments?limit=50{query}"
                got = asker.do("repeat", paths=[path], count=_ASKED_A_ROUND)
                if number:  # the first round only warms up
                    found.append(median(got["times_ms"]))
        progress.done(f"asking, round {number} of {rounds}")
    return times


def _filtered(found: list[list[float]]) -> Filtered:
    few, many = found
    ratio = middle([b / a for a, b in zip(few, many, strict=True)])
    return Filtered(middle(few), middle(many), ratio)


@click.command("list")
@click.option("--few", default=1_000, show_default=True, help="Shipments of the small store.")
@click.option("--many", default=1_000_000, show_default=True, help="Shipments of the large one.")
@click.option("--rounds", type=int, help="Rounds of 20 questions a filter [7], or of one [2].")
@click.option("--combinations", is_flag=True, help="Every combination of the console's filters.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_command(
    few: int, many: int, rounds: int | None, combinations: bool, folder: Path | None, as_json: bool
) -> None:
    """The first page of 50 synthetic shipments by status, carrier and text."""
    if combinations:
        figures = run_combinations(few, many, rounds or 2, folder)
        show("Filters asked together", figures, as_json=as_json)
        return
    show("The first page", run(few, many, rounds or 7, folder), as_json=as_json)
