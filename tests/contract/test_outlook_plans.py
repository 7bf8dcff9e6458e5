"""Filters of the shipments' list that are asked together are looked at in an index, never row by
row: else a rare pair would cost a walk through the table, and a million rows a thousand times more.
"""

from __future__ import annotations

import asyncio
from importlib.resources import files
from itertools import product
from typing import Any

import asyncpg

from milepost.domain.status import BY_CODE, MAIN_CODE, SUB_CODE
from milepost.stores.postgres.console.outlook_query import Narrowed, OutlookFilter, keys_query

pytest_plugins = ["pg"]
SUBS = (*("delivered",) * 13, *("in_transit.arrived_hub",) * 7)
FILL = """
INSERT INTO outlook
    (road, tenant, carrier, main, trouble, last_s, toward, country, comes_s, looked_s)
SELECT id, tenant, carrier, main, alerts > 0, last_s, 'town' || abs(id) % 60,
    (ARRAY['CN', 'DE', 'US', 'GB'])[1 + abs(id) % 4], last_s + 3600, last_s
FROM shipment
"""
PLACES: tuple[dict[str, Any], ...] = ({"toward": "town7"}, {"country": "DE"}, {})
OTHERS: tuple[dict[str, Any], ...] = (
    {"carrier": "sf"}, {"main": "in_transit"}, {"carrier": "sf", "main": "in_transit"},
    {"trouble": True}, {"trouble": True, "carrier": "sf", "main": "in_transit"},
)  # fmt: skip


Asked = tuple[dict[str, Any], bool]
ASKED: list[Asked] = [
    (place | other, soonest)
    for place, other, soonest in product(PLACES, OTHERS, (False, True))
    if place or soonest  # all, newest first, is the read model's own list
]


def test_no_row_is_visited_that_does_not_fit(module_url: str) -> None:
    plans = asyncio.run(_plans(module_url))

    assert len(plans) == len(ASKED)
    for (filters, _), plan in plans:
        # A beginning is a range of the index, and looked at once more behind it.
        assert not [line for line in plan if line.startswith("Filter:") and "~~" not in line]
        conditions = " ".join(line for line in plan if line.startswith("Index Cond:"))
        assert not [name for name in filters if name != "trouble" and name not in conditions], plan


async def _plans(url: str) -> list[tuple[Asked, list[str]]]:
    connection = await asyncpg.connect(url)
    await _fill(connection)
    # Of few rows any plan is cheap; here is asked which one there is.
    for way in ("seqscan", "bitmapscan"):
        await connection.execute(f"SET enable_{way} = off")
    found = [(one, await _plan(connection, *one)) for one in ASKED]
    await connection.close()
    return found


async def _fill(connection: asyncpg.Connection) -> None:
    codes = [SUB_CODE[sub] for sub in SUBS]
    mains = [MAIN_CODE[BY_CODE[code].main] for code in codes]
    tenant = await connection.fetchval("INSERT INTO tenant (name) VALUES ('t') RETURNING id")
    rows = (files("milepost.bench") / "listing_rows.sql").read_text("utf-8")
    await connection.execute(rows, 4_000, tenant, mains, codes)
    await connection.execute(FILL)
    await connection.execute("VACUUM ANALYZE outlook")


async def _plan(
    connection: asyncpg.Connection, filters: dict[str, Any], soonest: bool
) -> list[str]:
    wanted = OutlookFilter(**filters, soonest=soonest, limit=51)
    towns = [filters["toward"]] if "toward" in filters and not wanted.trouble else None
    sql, values = keys_query(1, wanted, Narrowed(towns=towns))
    return [row[0].strip() for row in await connection.fetch(f"EXPLAIN {sql}", *values)]
