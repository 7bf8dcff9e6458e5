"""`milepost bench report`: how long the reports take over millions of events."""

from __future__ import annotations

import asyncio
import shutil
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from milepost.analytics.definitions import reports
from milepost.analytics.records import Lanes
from milepost.analytics.reports import Reports
from milepost.analytics.selection import Selection
from milepost.analytics.table import KINDS, JourneyTable
from milepost.bench.history_roads import EVENTS_A_ROAD
from milepost.bench.output import show
from milepost.bench.report_table import TENANT, ReportRoads, build
from milepost.domain.place import Place
from milepost.stores.history import History

_FIRST_DAY = date(2026, 1, 1)
_NOW_US = 1_800_000_000_000_000
# A question as people ask it beside the plain one of each report.
_FURTHER = {
    "transit by carrier, lane, month": ("transit", ("carrier", "lane", "month")),
    "promise by lane, weight, season": ("promise", ("lane", "weight", "season")),
    "customs_causes by packing": ("customs_causes", ("packing",)),
}


class ReportFigures(msgspec.Struct, frozen=True):
    """`seconds`: each report over everything, the table's files in the system's memory already.

    `first_s`: the first question of all, nothing opened before. `build_events_per_s`: from sealed
    days to the journey table. `folded`: roads that SQL leaves to be folded one by one. The data is
    made up.
    """

    events: int
    roads: int
    hops: int
    folded: int
    bytes_per_road: float
    seal_events_per_s: int
    build_events_per_s: int
    first_s: float
    slowest_s: float
    shipments_s: float
    lane_record_ms: float
    seconds: dict[str, float]


def run(events: int, days: int, folder: Path | None, console: Console) -> ReportFigures:
    """Seals invented roads, makes the table, asks every report; removes what it wrote."""
    room = Path(mkdtemp(prefix="milepost-report-", dir=folder))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
            return _measured(room, events, days, progress)
    finally:
        shutil.rmtree(room)


def _measured(room: Path, events: int, days: int, progress: Progress) -> ReportFigures:
    history = History(room / "history")
    started = perf_counter()
    made, a_day = ReportRoads(), max(1, round(events / (EVENTS_A_ROAD + 1.2) / days))
    for number in progress.track(range(days), description="days sealed"):
        day = _FIRST_DAY + timedelta(days=number)
        history.seal_batches(day, made.day(day, number * a_day, a_day))
    sealed_s = perf_counter() - started
    counted = sum(day.events for day in history.summary())
    table = JourneyTable(room / "analytics")
    started = perf_counter()
    folded = build(history, sorted((room / "history" / "parts").iterdir()), table, progress)
    built_s = perf_counter() - started
    sizes = sum(path.stat().st_size for path in table.parts.folder.iterdir())
    return ReportFigures(
        events=counted,
        roads=table.catalogue.rows,
        hops=_hops(table),
        folded=folded,
        bytes_per_road=round(sizes / max(1, table.catalogue.rows), 1),
        seal_events_per_s=round(counted / sealed_s),
        build_events_per_s=round(counted / built_s),
        **_asked(Reports(table, None, lambda: _NOW_US), progress),  # type: ignore[arg-type]
    )


def _hops(table: JourneyTable) -> int:
    import pyarrow.parquet as pq

    paths = table.parts.paths(KINDS[1], table.catalogue.parts)
    return sum(pq.read_metadata(path).num_rows for path in paths)


def _asked(reports_: Reports, progress: Progress) -> dict[str, object]:
    """Every report twice: the second time counts."""
    asked = {name: (name, tuple[str, ...]()) for name in reports()} | _FURTHER
    seconds: dict[str, float] = {}
    first_s = 0.0
    for title, (name, by) in progress.track(asked.items(), description="reports"):
        times = [_report_s(reports_, name, by) for _ in range(2)]
        first_s = first_s or times[0]
        seconds[title] = times[1]
    return {
        "first_s": first_s,
        "slowest_s": max(seconds.values()),
        "shipments_s": _behind_s(reports_),
        "lane_record_ms": _record_ms(reports_),
        "seconds": seconds,
    }


def _report_s(asked: Reports, name: str, by: tuple[str, ...]) -> float:
    started = perf_counter()
    answer = asyncio.run(asked.report(TENANT, name, Selection(by=by)))
    if not answer.rows:
        raise RuntimeError(f"the report {name} is empty")
    return round(perf_counter() - started, 2)


def _behind_s(asked: Reports) -> float:
    started = perf_counter()
    wanted = Selection(filters={"lane": "CN-FR", "month": "2026-01"})
    asyncio.run(asked.behind(TENANT, "promise", wanted, which="broken", limit=100, after=None))
    return round(perf_counter() - started, 2)


def _record_ms(asked: Reports) -> float:
    async def one() -> None:
        await Lanes(asked).lane_record(
            TENANT, carrier="yto", service="express", origin=Place(country="CN"),
            destination=Place(country="FR"), category=None,
        )  # fmt: skip

    started = perf_counter()
    asyncio.run(one())
    return round((perf_counter() - started) * 1000, 1)


@click.command("report")
@click.option("--events", default=20_000_000, show_default=True, help="Events to seal.")
@click.option("--days", default=60, show_default=True, help="Days that they are spread over.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to build the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def report_command(events: int, days: int, folder: Path | None, as_json: bool) -> None:
    """Reports over made-up sealed history: how long each takes (40 bytes of disk an event)."""
    figures = run(events, days, folder, Console(stderr=True))
    show("Reports", figures, as_json=as_json)
