"""A shipment is looked up by every number of its road along an index, however many begin alike."""

from __future__ import annotations

import asyncio
from importlib.resources import files

import asyncpg
import pytest

from milepost.domain.status import BY_CODE, MAIN_CODE, SUB_CODE
from milepost.engine.rows import ListFilter
from milepost.stores.postgres.listing import query

pytest_plugins = ["pg"]
LINKS = """
INSERT INTO link (tenant, number, parcel, road, shipment, position)
SELECT tenant, 'ZZ' || lpad(row_number() OVER ()::text, 9, '0'), id, id, id, 2 FROM shipment
"""


@pytest.mark.parametrize("text", ["ZZ", "ZZ00000012", "ZZ000000123"])
def test_later_numbers_are_read_along_their_index(module_url: str, text: str) -> None:
    plan, found = asyncio.run(_asked(module_url, text))

    walk = next(at for at, line in enumerate(plan) if "link_number" in line)
    assert "Limit" in plan[walk - 1], plan  # no sort between: 200 are read, of however many
    assert not [line for line in plan if "Seq Scan on link" in line]
    assert found == {"ZZ": 51, "ZZ00000012": 10, "ZZ000000123": 1}[text]


async def _asked(url: str, text: str) -> tuple[list[str], int]:
    connection = await asyncpg.connect(url)
    if not await connection.fetchval("SELECT count(*) FROM link"):
        await _fill(connection)
    sql, values = query(1, ListFilter(text=text, limit=51))
    plan = [row[0].strip() for row in await connection.fetch(f"EXPLAIN {sql}", *values)]
    found = len(await connection.fetch(sql, *values))
    await connection.close()
    return plan, found


async def _fill(connection: asyncpg.Connection) -> None:
    code = SUB_CODE["in_transit.arrived_hub"]
    tenant = await connection.fetchval("INSERT INTO tenant (name) VALUES ('t') RETURNING id")
    rows = (files("milepost.bench") / "listing_rows.sql").read_text("utf-8")
    await connection.execute(rows, 4_000, tenant, [MAIN_CODE[BY_CODE[code].main]] * 20, [code] * 20)
    await connection.execute(LINKS)
    await connection.execute("VACUUM ANALYZE link")
