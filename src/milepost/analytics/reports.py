"""Reports and the shipments behind them, for one tenant at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import duckdb

from milepost.analytics.answers import Answer, Behind, BehindPage
from milepost.analytics.catalogue import Catalogue
from milepost.analytics.definitions import Report, reports, sources
from milepost.analytics.duck import opened, records
from milepost.analytics.extras import Rows
from milepost.analytics.figures import prepare, rows_of, scorecards
from milepost.analytics.live import Live, LiveRows
from milepost.analytics.relations import connect
from milepost.analytics.selection import BadSelectionError, Selection, check, where_of
from milepost.analytics.table import JourneyTable
from milepost.domain.moment import to_text
from milepost.domain.scan import id_text

MOST_ROWS = 10_000
# Questions take both cores for a moment: more at once would only wait for each other.
_AT_ONCE = 2
_TRIES = 4
_DETAIL = {
    "journey": "carrier, started_s, delivered_s, promise_s",
    "customs": "carrier, country, entered_s, left_s, held",
    "trouble": "carrier, sub",
    "hop": "carrier, facility, arrived_s, departed_s, next_facility, next_arrived_s",
}
Found = TypeVar("Found")


class UnknownReportError(LookupError):
    """There is no report of that name."""


class Reports:
    """See `reports.toml` for which there are. `live` is None where only the files are asked."""

    def __init__(self, table: JourneyTable, live: Live | None, now_us: Callable[[], int]) -> None:
        self.table = table
        self._live = live
        self._now_us = now_us
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def report(
        self,
        tenant: int,
        name: str,
        wanted: Selection,
        *,
        limit: int = 1000,
        synthetic: bool = False,
    ) -> Answer:
        """Raises UnknownReportError and BadSelectionError."""
        one = _known(name)
        by = check(one, wanted)
        live = await self._live.rows(tenant) if self._live else None
        now_s = self._now_us() // 1_000_000

        def reckon(duck: duckdb.DuckDBPyConnection, now: Catalogue) -> tuple[Rows, int]:
            prepare(duck)
            make = scorecards if one.takes else rows_of
            return make(duck, one, wanted, by, now_s=now_s, rows=now.rows, limit=limit)

        found, left_out = await self.ask(tenant, live, now_s, reckon)
        blank = dict.fromkeys(figure for row in found.values() for figure in row)
        rows = [
            _row(name, one, by, wanted, group, blank | figures) for group, figures in found.items()
        ]
        return Answer(
            report=name,
            title=one.title,
            about=one.about,
            by=list(by),
            filters=wanted.filters,
            at=to_text(now_s * 1_000_000, 0),
            rows=rows,
            left_out=left_out,
            open_counted=live is None or live.all,
            notes=_notes(one, rows, live),
            synthetic=synthetic,
        )

    async def behind(
        self, tenant: int, name: str, wanted: Selection, *, which: str | None, limit: int,
        after: tuple[int, int] | None,
    ) -> BehindPage:  # fmt: skip
        """The shipments that a figure counts, by road and item."""
        one = _known(name)
        sql, values = _behind(one, wanted, which, limit + 1, after)
        live = await self._live.rows(tenant) if self._live else None
        now_s = self._now_us() // 1_000_000
        found = await self.ask(tenant, live, now_s, lambda duck, _: records(duck, sql, values))
        shown = found[:limit]
        last = shown[-1] if len(found) > limit else None
        return BehindPage(
            shipments=[_shipment(row) for row in shown],
            next=f"{last['road']}.{last['item']}" if last else None,
        )

    async def ask(
        self, tenant: int, live: LiveRows | None, now_s: int,
        question: Callable[[duckdb.DuckDBPyConnection, Catalogue], Found],
    ) -> Found:  # fmt: skip
        """A question over this tenant's rows, in a thread."""
        async with self._room:
            return await asyncio.to_thread(self._asked, tenant, live, now_s, question)

    def _asked(
        self, tenant: int, live: LiveRows | None, now_s: int,
        question: Callable[[duckdb.DuckDBPyConnection, Catalogue], Found],
    ) -> Found:  # fmt: skip
        for attempt in range(_TRIES):
            catalogue = self.table.catalogue
            try:
                with opened(self.table.parts.room) as duck:
                    connect(duck, self.table, catalogue, tenant, live, now_s)
                    return question(duck, catalogue)
            except duckdb.IOException:  # merged away meanwhile
                if attempt + 1 == _TRIES or self.table.catalogue == catalogue:
                    raise
        raise AssertionError("not reached")


def _known(name: str) -> Report:
    found = reports().get(name)
    if found is None:
        raise UnknownReportError(name)
    return found


def _row(
    name: str, report: Report, by: tuple[str, ...], wanted: Selection, group: tuple[str, ...],
    figures: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """With the links to what is behind it."""
    mine = {**wanted.filters, **dict(zip(by, group, strict=True))}
    mine.pop("all", None)
    span = {"from": wanted.from_s, "to": wanted.to_s}
    query = {key: value for key, value in span.items() if value is not None} | mine
    link = f"/v1/reports/{name}/shipments?{urlencode(query)}"
    links = {"n": link} | {part: f"{link}&which={part}" for part in report.parts}
    for taken in report.takes:
        links[taken] = f"/v1/reports/{taken}/shipments?{urlencode(query)}"
    return dict(zip(by, group, strict=True)) | figures | {"shipments": link, "links": links}


def _notes(report: Report, rows: list[dict[str, Any]], live: LiveRows | None) -> list[str]:
    notes = []
    if live is not None and not live.all:
        notes.append("More shipments are on the road than are counted one by one: the newest are.")
    if any(row["small"] for row in rows):
        notes.append("Rows marked small rest on fewer than 30 shipments: take them as hints.")
    if report.mix and rows and not any("mix_covered" in row for row in rows):
        notes.append("No two groups share a lane, weight class and season: no equal mix.")
    return notes


def _behind(
    report: Report, wanted: Selection, which: str | None, limit: int, after: tuple[int, int] | None
) -> tuple[str, dict[str, Any]]:
    check(report, wanted)
    where, values = where_of(report, wanted)
    if which is not None:
        if which not in report.parts:
            names = ", ".join(report.parts) or "none"
            raise BadSelectionError(f"which: this report has the parts {names}.")
        where += f" AND ({report.parts[which]})"
    if after is not None:
        where += f" AND (road, item) > ({after[0]:d}, {after[1]:d})"
    # Moves know their road only.
    beside = "JOIN (SELECT road, shipment, number FROM journeys) USING (road)"
    joined = beside if report.source == "hop" else ""
    rows = f"({sources()[report.source]}) {joined}"
    columns = f"road, item, shipment, number, {_DETAIL[report.source]}"
    page = f"ORDER BY road, item LIMIT {limit:d}"
    return f"SELECT {columns} FROM {rows} WHERE {where} {page}", values


def _shipment(row: dict[str, Any]) -> Behind:
    named = {"road", "item", "shipment", "number"}
    detail = {
        key.removesuffix("_s") + "_at" if key.endswith("_s") else key: _told(key, value)
        for key, value in row.items()
        if key not in named
    }
    return Behind(
        shipment=id_text(row["shipment"]), number=row["number"], item=row["item"], detail=detail
    )


def _told(key: str, value: Any) -> Any:
    return to_text(value * 1_000_000, 0) if key.endswith("_s") and value is not None else value
