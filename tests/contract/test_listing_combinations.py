"""Whatever filters are asked together, the list shows the rows that fit, in its order, and all of
them page by page; and where no plan is quick, it says so instead of hanging.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import NamedTuple

import asyncpg
import pytest
from msgspec import structs

from milepost.bench import combinations
from milepost.bench.combinations import fill
from milepost.domain.status import BY_CODE, MAIN_CODE
from milepost.engine.rows import SlowListError
from milepost.identify import normalise
from milepost.stores.postgres import listing
from milepost.stores.postgres.console.outlook_query import OutlookFilter
from milepost.stores.postgres.console.outlooks import Outlooks
from milepost.stores.postgres.pool import Pool

pytest_plugins = ["pg"]
ROWS = """
SELECT s.id, s.number, s.order_number, s.carrier, s.main, s.code, s.alerts, s.last_s, o.trouble,
    o.toward, o.country, o.comes_s, l.number AS later
FROM shipment s JOIN outlook o ON o.road = s.id LEFT JOIN link l ON l.road = s.id
"""
TROUBLE = """
EXPLAIN SELECT id FROM shipment WHERE tenant = 1 AND main = 4 AND carrier = 'sf' AND {}
ORDER BY last_s DESC, id DESC LIMIT 51
"""
# Every combination of the bench in turn: together they see each pair of choices.
EVERY = 11


class Row(NamedTuple):
    id: int
    number: str
    order_number: str | None
    carrier: str
    main: int
    code: int
    alerts: int
    last_s: int
    trouble: bool
    toward: str
    country: str
    comes_s: int | None
    later: str | None


def test_every_combination_gives_what_fits(module_url: str) -> None:
    asyncio.run(_compare(module_url))


async def _compare(url: str) -> None:
    rows = await _filled(url)
    pool = _pool(url)
    asked = list(islice(combinations.combinations(), 0, None, EVERY))
    full = 0
    for name, wanted in asked:
        found = await combinations.page(pool, 1, wanted)
        assert found == _expected(rows, wanted)[: wanted.limit], name
        full += len(found) == wanted.limit
    assert full > 2
    await pool.close()


def test_all_pages_together_are_the_list(module_url: str) -> None:
    asyncio.run(_page_through(module_url))


async def _page_through(url: str) -> None:
    rows = await _filled(url)
    pool = _pool(url)
    for filters in (
        {"toward": "town 1", "main": "delivered"},
        {"country": "DE", "soonest": True},
        {"toward": "town 1", "text": "YT"},
        {"carrier": "yto", "trouble": True, "country": "CN"},
    ):
        wanted = OutlookFilter(**filters, limit=7)
        found: list[int] = []
        while page := await Outlooks(pool).list(1, wanted):
            found += [one.shipment.id for one in page]
            wanted = structs.replace(wanted, after=page[-1].position)
        assert found == _expected(rows, structs.replace(wanted, after=None)), filters
        counted = await Outlooks(pool).count(1, wanted)
        assert counted == len(found)
    await pool.close()


def test_trouble_is_read_along_its_index(module_url: str) -> None:
    """Else `statuses.toml` says otherwise than the newest migration what trouble is."""
    plan = asyncio.run(_explained(module_url, TROUBLE.format(listing.TROUBLE)))

    assert "shipment_trouble" in plan, "statuses.toml has changed: make the index anew"
    assert "carrier" in plan.partition("Index Cond")[2]


async def _explained(url: str, sql: str) -> str:
    await _filled(url)
    connection = await asyncpg.connect(url)
    for way in ("seqscan", "bitmapscan", "sort"):
        await connection.execute(f"SET enable_{way} = off")
    plan = "\n".join(row[0] for row in await connection.fetch(sql))
    await connection.close()
    return plan


def test_what_no_plan_finds_in_time_is_told(
    module_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "SET LOCAL statement_timeout = '1ms'; SET LOCAL plan_cache_mode = force_custom_plan"
    monkeypatch.setattr(listing, "PLANNED", slow)

    async def ask() -> None:
        pool = _pool(module_url)
        async with listing.planned(pool) as connection:
            await connection.execute("SELECT pg_sleep(1)")

    with pytest.raises(SlowListError, match="fewer or narrower"):
        asyncio.run(ask())


def _pool(url: str) -> Pool:
    async def ensure() -> str:
        return url

    return Pool(ensure, size=1)


async def _filled(url: str) -> list[Row]:
    connection = await asyncpg.connect(url)
    if not await connection.fetchval("SELECT count(*) FROM shipment"):
        tenant = await connection.fetchval("INSERT INTO tenant (name) VALUES ('t') RETURNING id")
        await fill(connection, 3_000, tenant)
    rows = [Row(*row) for row in await connection.fetch(ROWS)]
    await connection.close()
    return rows


def _expected(rows: list[Row], wanted: OutlookFilter) -> list[int]:
    """Row by row, in Python."""
    ahead = wanted.soonest or wanted.toward or wanted.country
    fit = [one for one in rows if _fits(one, wanted) and (not ahead or _fits_ahead(one, wanted))]
    if wanted.soonest:
        return [one.id for one in sorted(fit, key=lambda one: (one.comes_s or 0, one.id))]
    return [one.id for one in sorted(fit, key=lambda one: (-one.last_s, -one.id))]


def _fits(row: Row, wanted: OutlookFilter) -> bool:
    in_trouble = row.alerts > 0 or BY_CODE[row.code].trouble
    return (
        (wanted.main is None or row.main == MAIN_CODE[wanted.main])
        and (wanted.carrier is None or row.carrier == wanted.carrier)
        and (not wanted.trouble or in_trouble)
        and (not wanted.text or _begins(row, wanted.text))
    )


def _begins(row: Row, text: str) -> bool:
    numbers = [row.number, *([row.later] if row.later else [])]
    orders = [row.order_number] if row.order_number else []
    return any(one.startswith(normalise(text)) for one in numbers) or any(
        one.startswith(text) for one in orders
    )


def _fits_ahead(row: Row, wanted: OutlookFilter) -> bool:
    comes = row.comes_s
    return (
        (not wanted.toward or row.toward.startswith(wanted.toward))
        and (not wanted.country or row.country == wanted.country)
        and (not wanted.soonest or comes is not None)
        and (wanted.comes_from_s is None or (comes is not None and comes >= wanted.comes_from_s))
        and (wanted.comes_before_s is None or (comes is not None and comes < wanted.comes_before_s))
    )
