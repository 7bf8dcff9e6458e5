"""`milepost bench history`: how fast a sealed road is found, and how small it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from time import perf_counter

import click
import msgspec
import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from milepost.bench.history_reads import Sample, read_figures
from milepost.bench.history_roads import EVENTS_A_ROAD, Roads
from milepost.stores.history import History

_FIRST_DAY = date(2026, 1, 1)
_SAMPLE_EVERY = 997
_SEALED_ROADS = 10_000


class HistoryFigures(msgspec.Struct, frozen=True):
    """Times in ms (`lookup` in µs). `known`: the day is given; `found`: it comes from the index.

    `floor`: the day is given, and DuckDB reads nothing but the column of keys. `cold`: the day is
    given, and nothing of its file is in memory, be it page or footer.
    `seal_events_per_s` is through `History.seal`, `load_events_per_s` from ready Arrow batches,
    their making included.
    """

    events: int
    days: int
    roads: int
    bytes_per_event: float
    index_bytes_per_road: float
    load_events_per_s: int
    seal_events_per_s: int
    known_p50_ms: float
    known_p99_ms: float
    found_p50_ms: float
    found_p99_ms: float
    floor_p50_ms: float
    floor_p99_ms: float
    cold_p50_ms: float
    cold_p99_ms: float
    lookup_p50_us: float
    lookup_p99_us: float


def run(
    events: int = 50_000_000,
    days: int = 100,
    reads: int = 2_000,
    folder: Path | None = None,
    console: Console | None = None,
) -> HistoryFigures:
    """Seals invented roads, reads random ones and gives the figures; removes what it wrote.

    `folder` is where the history is built (else a temporary one); it takes 30 bytes an event.
    """
    room = Path(mkdtemp(prefix="milepost-history-", dir=folder))
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console or Console(stderr=True),
    )
    try:
        with progress:
            return _measured(room, events, days, reads, progress)
    finally:
        shutil.rmtree(room)


def _measured(room: Path, events: int, days: int, reads: int, progress: Progress) -> HistoryFigures:
    history = History(room / "history")
    started = perf_counter()
    samples = _load(history, events, days, progress)
    load_s = perf_counter() - started
    sealed = history.summary()
    counted, roads = sum(day.events for day in sealed), sum(day.parcels for day in sealed)
    chosen = Random(1).choices(samples, k=reads)  # noqa: S311 - a sample, not a secret
    return HistoryFigures(
        events=counted,
        days=len(sealed),
        roads=roads,
        bytes_per_event=round(sum(day.bytes for day in sealed) / counted, 2),
        index_bytes_per_road=round(history.index_bytes / roads, 2),
        load_events_per_s=round(counted / load_s),
        seal_events_per_s=_seal_rate(history, samples, room / "again"),
        **read_figures(room / "history", chosen, progress),
    )


def _load(history: History, events: int, days: int, progress: Progress) -> list[Sample]:
    made = Roads()
    a_day = max(1, events // EVENTS_A_ROAD // days)
    samples: list[Sample] = []
    for number in progress.track(range(days), description="days sealed"):
        day = _FIRST_DAY + timedelta(days=number)
        parcels: list[int] = []
        history.seal_batches(day, _sampled(made.day(day, number * a_day, a_day), parcels))
        samples += [(parcel, day) for parcel in parcels]
    return samples


def _sampled(batches: Iterator[pa.RecordBatch], parcels: list[int]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        parcels += batch["parcel"].to_pylist()[::_SAMPLE_EVERY]
        yield batch


def _seal_rate(history: History, samples: list[Sample], folder: Path) -> int:
    """Events per second of `History.seal` from Python objects; they must come back as they are."""
    parcels = sorted({parcel for parcel, _ in samples})[:_SEALED_ROADS]
    rows = history.read(parcels, tenant=1)
    again = History(folder)
    started = perf_counter()
    again.seal(_FIRST_DAY, rows)
    taken_s = perf_counter() - started
    if again.read(parcels, tenant=1) != rows:
        raise RuntimeError("the history gave back other rows than were sealed")
    return round(len(rows) / taken_s)


@click.command("history")
@click.option("--events", default=50_000_000, show_default=True, help="Events to seal.")
@click.option("--days", default=100, show_default=True, help="Days that they are spread over.")
@click.option("--reads", default=2_000, show_default=True, help="Random roads to read.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to build the history.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def history_command(events: int, days: int, reads: int, folder: Path | None, as_json: bool) -> None:
    """A sealed road by its number: how long it takes, and how many bytes an event needs."""
    figures = run(events, days, reads, folder)
    if as_json:
        click.echo(msgspec.json.encode(figures).decode())
        return
    table = Table("figure", "value", title="Sealed history")
    for name, value in msgspec.structs.asdict(figures).items():
        table.add_row(name, f"{value:,}")
    Console().print(table)
