"""A journey table over invented sealed days, as a server makes it, but without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.progress import Progress

from milepost.analytics.catalogue import Reach
from milepost.analytics.duck import opened
from milepost.analytics.journey import Box, journey_of
from milepost.analytics.sealed import FACTS, set_apart, write_rows
from milepost.analytics.table import KINDS, JourneyTable, Row
from milepost.bench.history_roads import PLACES, Roads
from milepost.domain.event import Event
from milepost.domain.status import SUB_CODE
from milepost.engine.unfold import whole_of
from milepost.stores.history import History
from milepost.stores.history.columns import STAGED

TENANT = 1
_CODES = {
    "created": "info_received.created", "picked": "picked_up", "out": "out_for_delivery",
    "delayed": "exception.delayed", "failed": "attempt_failed.no_contact",
    "processing": "customs.processing", "asked": "customs.info_required",
    "released": "customs.released",
}  # fmt: skip
_AT_ONCE = 2_000


class ReportRoads(Roads):
    """The history's roads, with promises, troubles and customs."""

    def __init__(self) -> None:
        super().__init__()
        self._connection.execute("SET enable_progress_bar = false")

    def day(self, day: date, first: int, roads: int) -> Iterator[pa.RecordBatch]:
        day_s = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        values = {"first": first, "roads": roads, "day_s": day_s, "places": PLACES}
        sql = (files(__package__) / "report_events.sql").read_text("utf-8")
        for name, sub in _CODES.items():
            sql = sql.replace(f"${name}", str(SUB_CODE[sub]))
        made = self._connection.sql(sql.replace("$base", self._query), params=values)
        for batch in made.to_arrow_reader(131_072):
            yield batch.cast(STAGED)


def build(history: History, parts: Sequence[Path], table: JourneyTable, progress: Progress) -> int:
    """The table from the sealed files; how many roads were folded one by one."""
    names: list[str] = []
    folded = 0
    task = progress.add_task("rows of sealed roads", total=len(parts))
    with opened(table.parts.room) as duck:
        set_apart(duck, parts, pa.array([], pa.int64()))
        for part in parts:
            name = f"delta.{len(names) + 1:09d}"
            targets = {kind: table.parts.path(kind, name) for kind in KINDS}
            _, odd = write_rows(duck, part, targets, len(names) + 1, _facts)
            names.append(name)
            for start in range(0, len(odd), _AT_ONCE):
                rows = _folded(history, odd[start : start + _AT_ONCE])
                names.append(table.write(rows, [], len(names) + 1))
            folded += len(odd)
            progress.advance(task)
    table.renew(names, len(names), Reach(1, 1))
    table.tidy()
    return folded


def _facts(roads: Sequence[int]) -> pa.Table:
    with duckdb.connect() as duck:
        duck.register("roads", pa.table({"road": pa.array(roads, pa.int64())}))
        sql = (files(__package__) / "report_facts.sql").read_text("utf-8")
        made: pa.Table = duck.sql(sql).to_arrow_table()
    return made.cast(FACTS)


def _folded(history: History, roads: Sequence[int]) -> list[Row]:
    events: dict[int, list[Event]] = {road: [] for road in roads}
    for row in history.read(roads, tenant=TENANT):
        events[row.event.parcel].append(row.event)
    return [journey_of(_box(road, found)) for road, found in events.items()]


def _box(road: int, events: Sequence[Event]) -> Box:
    whole = whole_of(events, [])
    kept = {event.fingerprint: event for event in whole.events}
    view = whole.shipment
    number = events[0].body.number
    return Box(TENANT, road, road, number, 1, None, view, view.marks, kept, whole.facts)
