"""Every combination of filters of the shipments' list, of few and of many synthetic shipments.

The stores are asked as the console's page and the API ask them, without a server in between, and
CPU time is taken instead of the clock's: that of PostgreSQL's process for the connection, and ours.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from importlib.resources import files
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
from msgspec import Struct

from milepost.bench.machine import Machine, machine
from milepost.bench.output import Steps, steps
from milepost.bench.processes import own_cpu_s
from milepost.bench.server import room
from milepost.domain.status import BY_CODE, MAIN_CODE, STATUSES, SUB_CODE
from milepost.engine.outlook import OVER
from milepost.engine.rows import ListFilter
from milepost.stores.postgres.console.outlook_query import OutlookFilter
from milepost.stores.postgres.console.outlooks import Outlooks
from milepost.stores.postgres.embedded import Embedded
from milepost.stores.postgres.lines import ShipmentLines
from milepost.stores.postgres.migrate import migrate
from milepost.stores.postgres.pool import Pool

# Twenty shipments as they stand on an ordinary day.
STANDING = (
    *("delivered",) * 13, *("in_transit.arrived_hub",) * 3, "out_for_delivery",
    "info_received.created", "available_for_pickup", "attempt_failed.no_contact",
)  # fmt: skip
PAGE = 51
NOW_S = 1_790_000_000
_HOUR = 3_600
Filters = dict[str, Any]
# What can be asked, by the name of the choice. `exception` nobody is in; `postnord` has few.
CHOICES: dict[str, dict[str, Filters]] = {
    "status": {
        "": {}, "in transit": {"main": "in_transit"}, "delivered": {"main": "delivered"},
        "none such": {"main": "exception"},
    },
    "carrier": {"": {}, "many": {"carrier": "yto"}, "few": {"carrier": "postnord"}},
    "trouble": {"": {}, "trouble": {"trouble": True}},
    "place": {
        "": {}, "town": {"toward": "town 007"}, "rare town": {"toward": "town 39"},
        "hundred towns": {"toward": "town 1"}, "country": {"country": "DE"},
    },
    "arrival": {
        "newest": {}, "soonest": {"soonest": True},
        "overdue": {"soonest": True, "comes_before_s": NOW_S},
        "72 h": {
            "soonest": True, "comes_from_s": NOW_S, "comes_before_s": NOW_S + 72 * _HOUR
        },
    },
    "text": {
        "": {}, "carrier's prefix": {"text": "YT"}, "number": {"text": "YT00000000791"},
        "order": {"text": "SO-0000000"}, "later number": {"text": "LM00000001"},
    },
}  # fmt: skip


class Combination(Struct, frozen=True, kw_only=True):
    """Rows and CPU time of one page, in µs. `ratio`: of the page among many against what as many
    rows cost among few.
    """

    asked: str
    few_rows: int
    many_rows: int
    few_us: float
    many_us: float
    ratio: float


class CombinationFigures(Struct, frozen=True, kw_only=True):
    """`over`: how many combinations have a ratio above 2. `worst`: those with the highest."""

    synthetic: bool = True
    few: int
    many: int
    combinations: int
    over: int
    over_share: float
    ratio: float
    median_ratio: float
    slowest_us: float
    worst: list[Combination]
    machine: Machine


def run(few: int, many: int, rounds: int, folder: Path | None) -> CombinationFigures:
    """Both databases in one server of PostgreSQL, asked in turn."""
    with room(folder) as place, steps(rounds + 2) as progress:
        server = Embedded(place / "postgres")
        try:
            return asyncio.run(_run(server.ensure(), few, many, rounds, progress))
        finally:
            server.stop()


async def _run(url: str, few: int, many: int, rounds: int, progress: Steps) -> CombinationFigures:
    askers = []
    for name, count in (("few", few), ("many", many)):
        progress.say(f"making {count:,} synthetic shipments")
        askers.append(await Asker.opened(await filled(url, f"bench_{name}", count)))
        progress.done()
    try:
        found = await measured(askers[0], askers[1], rounds, progress)
        version = await askers[0].version()
    finally:
        for asker in askers:
            await asker.pool.close()
    ratios = [one.ratio for one in found]
    return CombinationFigures(
        few=few, many=many, combinations=len(found), over=sum(one > 2 for one in ratios),
        over_share=round(sum(one > 2 for one in ratios) / len(ratios), 3),
        ratio=max(ratios), median_ratio=round(median(ratios), 2),
        slowest_us=max(one.many_us for one in found),
        worst=sorted(found, key=lambda one: -one.ratio)[:20], machine=machine(version),
    )  # fmt: skip


def combinations() -> Iterator[tuple[str, OutlookFilter]]:
    """Each with its name."""
    for chosen in product(*(choice.items() for choice in CHOICES.values())):
        named = [f"{what}: {name}" for what, (name, _) in zip(CHOICES, chosen, strict=True) if name]
        filters: Filters = {}
        for _, one in chosen:
            filters |= one
        yield ", ".join(named), OutlookFilter(**filters, limit=PAGE)


async def filled(url: str, name: str, count: int) -> str:
    """A database of its own with our schema and so many shipments; its URL."""
    base = await asyncpg.connect(url)
    await base.execute(f"CREATE DATABASE {name}")
    await base.close()
    made = f"{url.partition('?')[0].rpartition('/')[0]}/{name}"
    made += f"?{url.partition('?')[2]}" if "?" in url else ""
    connection = await asyncpg.connect(made)
    try:
        await migrate(connection)
        tenant = await connection.fetchval("INSERT INTO tenant (name) VALUES ('b') RETURNING id")
        await fill(connection, count, tenant)
    finally:
        await connection.close()
    return made


async def fill_lines(connection: asyncpg.Connection, count: int, tenant: int) -> None:
    """Rows straight into the read model: the list reads nothing else."""
    codes = [SUB_CODE[sub] for sub in STANDING]
    mains = [MAIN_CODE[BY_CODE[code].main] for code in codes]
    await connection.execute(_sql("listing_rows"), count, tenant, mains, codes)
    await connection.execute("VACUUM ANALYZE shipment")
    await connection.execute("CHECKPOINT")


async def fill(connection: asyncpg.Connection, count: int, tenant: int) -> None:
    """Lines, outlooks and later numbers."""
    await fill_lines(connection, count, tenant)
    trouble = [status.code for status in STATUSES.values() if status.trouble]
    over = [MAIN_CODE[main] for main in OVER]
    await connection.execute(_sql("listing_outlooks"), tenant, NOW_S, trouble, over)
    await connection.execute(_sql("listing_links"), tenant)
    for table in ("outlook", "link"):
        await connection.execute(f"VACUUM ANALYZE {table}")
    await connection.execute("CHECKPOINT")


def _sql(name: str) -> str:
    return (files("milepost.bench") / f"{name}.sql").read_text("utf-8")


class Lines(ShipmentLines):
    """The read model over a pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool


class Asker:
    """Asks one database over one connection, so that its process can be watched."""

    def __init__(self, pool: Pool, process: int) -> None:
        self.pool, self._process = pool, process

    @classmethod
    async def opened(cls, url: str) -> Asker:
        async def ensure() -> str:
            return url

        pool = Pool(ensure, size=1)
        async with pool.connection() as connection:
            process = int(await connection.fetchval("SELECT pg_backend_pid()"))
        return cls(pool, process)

    async def version(self) -> str:
        async with self.pool.connection() as connection:
            return str(await connection.fetchval("SHOW server_version"))

    async def ask(self, wanted: OutlookFilter) -> tuple[int, float]:
        """How many rows came, and µs of CPU."""
        began, ours = own_cpu_s(self._process), time.process_time()
        rows = len(await page(self.pool, 1, wanted))
        ours = time.process_time() - ours
        return rows, (ours + own_cpu_s(self._process) - began) * 1e6


async def page(pool: Pool, tenant: int, wanted: OutlookFilter) -> list[int]:
    """The roads of one page, from where the console's list takes it."""
    if wanted.toward or wanted.country or wanted.soonest:
        return [one.shipment.id for one in await Outlooks(pool).list(tenant, wanted)]
    plain = ListFilter(main=wanted.main, carrier=wanted.carrier, text=wanted.text,
                       trouble=wanted.trouble, limit=wanted.limit)  # fmt: skip
    return [one.id for one in await Lines(pool).list_shipments(tenant, plain)]


async def measured(few: Asker, many: Asker, rounds: int, progress: Steps) -> list[Combination]:
    """Medians of all rounds but the first, which only warms up."""
    asked = dict(combinations())
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in asked}
    rows: dict[str, tuple[int, int]] = {}
    for number in range(rounds + 1):
        progress.say(f"asking, round {number} of {rounds}")
        for name, wanted in asked.items():
            (some, few_us), (more, many_us) = await few.ask(wanted), await many.ask(wanted)
            rows[name] = some, more
            if number:
                times[name][0].append(few_us)
                times[name][1].append(many_us)
        progress.done()
    middles = {name: (median(a), median(b)) for name, (a, b) in times.items()}
    a_row = _a_row(rows, {name: one[0] for name, one in middles.items()})
    return [_combination(name, rows[name], middles[name], a_row) for name in asked]


def _a_row(rows: dict[str, tuple[int, int]], few_us: dict[str, float]) -> float:
    """What one more row costs among few: full pages against those with nothing on them."""
    full = [few_us[name] for name, (some, _) in rows.items() if some == PAGE]
    none = [few_us[name] for name, (some, _) in rows.items() if some == 0]
    return max(0.0, median(full) - median(none)) / PAGE if full and none else 0.0


def _combination(
    name: str, rows: tuple[int, int], took: tuple[float, float], a_row: float
) -> Combination:
    (some, more), (few_us, many_us) = rows, took
    ratio = many_us / (few_us + max(0, more - some) * a_row)
    return Combination(asked=name, few_rows=some, many_rows=more, few_us=round(few_us),
                       many_us=round(many_us), ratio=round(ratio, 2))  # fmt: skip
