"""Deltas become part of their months: a month's file is written anew where it changes."""

from __future__ import annotations

import duckdb
import msgspec

from milepost.analytics.catalogue import Catalogue
from milepost.analytics.duck import files, opened
from milepost.analytics.parts import Parts
from milepost.durable import publish

MONTH = "strftime(make_timestamp(coalesce(started_s, created_s) * 1000000), '%Y-%m')"
_ORDER = {"journeys": "tenant, carrier", "hops": "tenant"}
_AS = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"


def merged(parts: Parts, now: Catalogue) -> Catalogue:
    """The catalogue after the merge; nothing that the old one names is touched."""
    serial, months = now.serial + 1, dict(now.months)
    with opened(parts.room) as duck:
        _latest(duck, parts, now)
        for month in sorted(_changed(duck, parts, now)):
            base = months.pop(month, None)
            name = f"{month}.{serial:09d}"
            if _written(duck, parts, now, base, month, name):
                months[month] = name
        rows = _rows(duck, parts, months)
    kept = set(months.values())
    former = [name for name in now.parts if name not in kept]
    return msgspec.structs.replace(
        now, serial=serial, months=months, deltas=[], former=former, rows=rows, delta_rows=0
    )


def _latest(duck: duckdb.DuckDBPyConnection, parts: Parts, now: Catalogue) -> None:
    """Of each road in a delta its newest row, and the month that it belongs to."""
    deltas = files(parts.paths("journeys", now.deltas))
    duck.execute(
        f"CREATE TABLE latest AS SELECT road, max(serial) AS serial, arg_max(gone, serial) AS gone,"
        f" arg_max({MONTH}, serial) AS month FROM {deltas} GROUP BY road"
    )


def _changed(duck: duckdb.DuckDBPyConnection, parts: Parts, now: Catalogue) -> set[str]:
    found = duck.execute("SELECT DISTINCT month FROM latest WHERE NOT gone").fetchall()
    months = {str(row[0]) for row in found}
    for month, name in now.months.items():
        base = files([parts.path("journeys", name)])
        if duck.execute(f"SELECT 1 FROM {base} SEMI JOIN latest USING (road) LIMIT 1").fetchone():
            months.add(month)
    return months


def _written(
    duck: duckdb.DuckDBPyConnection,
    parts: Parts,
    now: Catalogue,
    base: str | None,
    month: str,
    name: str,
) -> bool:
    """Writes the files of a month; false where nothing is left of it."""
    for kind, order in _ORDER.items():
        mine = f"(SELECT road, serial FROM latest WHERE month = '{month}' AND NOT gone)"
        newer = files(parts.paths(kind, now.deltas))
        sources = [f"SELECT * FROM {newer} SEMI JOIN {mine} USING (road, serial)"]
        if base is not None:
            old = files([parts.path(kind, base)])
            sources.append(f"SELECT * FROM {old} ANTI JOIN latest USING (road)")
        unfinished = parts.room / f"{kind}-{name}"
        rows = " UNION ALL ".join(sources)
        path = str(unfinished).replace("'", "''")
        count = duck.execute(f"COPY ({rows} ORDER BY {order}) TO '{path}' {_AS}").fetchone()
        if kind == "journeys" and not (count and count[0]):
            unfinished.unlink()
            return False
        publish(unfinished, parts.path(kind, name))
    return True


def _rows(duck: duckdb.DuckDBPyConnection, parts: Parts, months: dict[str, str]) -> int:
    if not months:
        return 0
    names = files(parts.paths("journeys", months.values()))
    found = duck.execute(f"SELECT count(*) FROM {names}").fetchone()
    return int(found[0]) if found else 0
