"""The tables that a report asks: one tenant's rows of the files, with those on the road now."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from milepost.analytics.catalogue import Catalogue
from milepost.analytics.duck import files
from milepost.analytics.live import LiveRows
from milepost.analytics.model import HOPS, JOURNEYS
from milepost.analytics.table import SCHEMAS, JourneyTable
from milepost.domain.status import BY_CODE

_COLUMNS = {"journeys": ", ".join(JOURNEYS.names), "hops": ", ".join(HOPS.names)}
_STATUSES = pa.table(
    {"code": list(BY_CODE), "sub": [one.sub for one in BY_CODE.values()]},
    schema=pa.schema([("code", pa.int16()), ("sub", pa.string())]),
)
# A promise is broken as soon as its time has passed, without any event.
_VIEW = """
CREATE VIEW journeys AS SELECT *,
    CASE WHEN promise_s IS NULL OR cancelled THEN NULL
         WHEN delivered_s IS NOT NULL THEN delivered_s <= promise_s
         WHEN over OR promise_s < {now:d} THEN false END AS kept,
    list_bool_or(list_transform(customs, lambda one: one.held)) AS customs_held
FROM all_journeys
"""


def connect(
    duck: duckdb.DuckDBPyConnection,
    table: JourneyTable,
    catalogue: Catalogue,
    tenant: int,
    live: LiveRows | None,
    now_s: int,
) -> None:
    """Makes the views `journeys`, `hops` and `status`. Nothing of another tenant is in them."""
    duck.register("live_journeys", live.journeys if live else SCHEMAS["journeys"].empty_table())
    duck.register("live_hops", live.hops if live else SCHEMAS["hops"].empty_table())
    _masks(duck, table, catalogue, live)
    for kind in ("journeys", "hops"):
        parts = list(_parts(kind, table, catalogue, tenant, live))
        duck.execute(f"CREATE VIEW all_{kind} AS {' UNION ALL '.join(parts)}")
    duck.execute(_VIEW.format(now=now_s))
    duck.execute("CREATE VIEW hops AS SELECT * FROM all_hops")
    duck.register("status", _STATUSES)


def _masks(
    duck: duckdb.DuckDBPyConnection, table: JourneyTable, now: Catalogue, live: LiveRows | None
) -> None:
    """`latest`: the newest row of each road that has one in a delta; `newer`: all roads whose rows
    in the months do not count any more.
    """
    newest = "SELECT 0::BIGINT AS road, 0::BIGINT AS serial, true AS gone WHERE false"
    if now.deltas:
        newest = (
            "SELECT road, max(serial) AS serial, arg_max(gone, serial) AS gone "
            f"FROM {files(table.parts.paths('journeys', now.deltas))} GROUP BY road"
        )
    duck.execute(f"CREATE TABLE latest AS {newest}")
    duck.execute("CREATE TABLE newer AS SELECT road FROM latest "
                 "UNION SELECT road FROM live_journeys")  # fmt: skip


def _parts(
    kind: str, table: JourneyTable, now: Catalogue, tenant: int, live: LiveRows | None
) -> Iterable[str]:
    columns = _COLUMNS[kind]
    mine = f"tenant = {tenant:d}"
    yield f"SELECT {columns} FROM live_{kind} WHERE {mine}"
    if now.deltas:
        yield (
            f"SELECT {columns} FROM {files(table.parts.paths(kind, now.deltas))} AS delta "
            "SEMI JOIN (SELECT road, serial FROM latest WHERE NOT gone "
            "AND road NOT IN (SELECT road FROM live_journeys)) AS stands "
            f"USING (road, serial) WHERE {mine}"
        )
    if now.months:
        masked = "ANTI JOIN newer USING (road) " if now.deltas or live else ""
        base = files(table.parts.paths(kind, now.months.values()))
        yield f"SELECT {columns} FROM {base} AS month {masked}WHERE {mine}"
