"""The parts that reports are made of, for a server and for the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from milepost.analytics.builder import Builder
from milepost.analytics.feed import Queue
from milepost.analytics.gathering import Gathering
from milepost.analytics.live import Live
from milepost.analytics.prepared import Prepared
from milepost.analytics.reading import Records
from milepost.analytics.reports import Reports
from milepost.analytics.table import JourneyTable
from milepost.engine.ports import Ledger
from milepost.runners.sealing import SealedRoads
from milepost.stores.history import History
from milepost.stores.postgres.pool import Pool


class Parts(Struct, frozen=True):
    """What `open_parts` gives; `history` has to be closed."""

    table: JourneyTable
    builder: Builder
    reports: Reports
    history: History


async def open_parts(
    data: Path,
    pool: Pool,
    ledger: Ledger,
    now_us: Callable[[], int],
    rest: Callable[[], float] = lambda: 0.0,
    prepared: Prepared | None = None,
    *,
    keeps: bool = False,
) -> Parts:
    """Over the folder of the data and an open database. For the rest see `Builder`."""
    history = History(data / "history")
    records = Records(pool)
    gathering = Gathering(records, ledger, SealedRoads(history))
    table = JourneyTable(data / "analytics" / await records.identity())
    reports = Reports(table, Live(records, gathering), now_us)
    parts = data / "history" / "parts"
    builder = Builder(
        table, records, Queue(pool), gathering, lambda: sorted(parts.glob("*.parquet")), rest,
        prepared, keeps=keeps,
    )  # fmt: skip
    return Parts(table, builder, reports, history)
