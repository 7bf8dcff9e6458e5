"""SQL of the console's list of shipments by their road ahead.

Which rows are shown is decided in the indexes of `outlook` alone; only those are then fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
from msgspec import Struct

from milepost.domain.status import MAIN_CODE
from milepost.engine.outlook import OVER
from milepost.stores.postgres.listing import (
    COLUMNS,
    MOST_ROADS,
    like_of,
    roads_of_text,
    text_conditions,
)

# The places that begin like this, skipping along the index.
_TOWNS = """
WITH RECURSIVE one AS (
    (SELECT toward FROM outlook WHERE tenant = $1 AND toward LIKE $2 ORDER BY toward LIMIT 1)
    UNION ALL
    SELECT (SELECT toward FROM outlook WHERE tenant = $1 AND toward > one.toward AND toward LIKE $2
        ORDER BY toward LIMIT 1) FROM one WHERE one.toward IS NOT NULL)
SELECT toward FROM one WHERE toward IS NOT NULL LIMIT $3
"""
# So many places give their own first page each; of more, all are gone through in the list's order.
# Beside a text that many begin with, and nothing that leaves few, each row of each place costs a
# visit to its line: fewer places then.
MOST_TOWNS, MOST_TOWNS_BESIDE_TEXT = 150, 20
_ROADS_OF_STATUS = f"""
SELECT id FROM shipment WHERE tenant = $1 AND main = $2 ORDER BY last_s DESC
LIMIT {MOST_ROADS + 1}
"""


class OutlookFilter(Struct, frozen=True, kw_only=True):
    """`toward`: beginning of the destination; `country`: ISO 3166-1. `soonest`: by the end of the
    arrival window, instead of the newest event first; only shipments that have one.
    """

    main: str | None = None
    carrier: str | None = None
    text: str | None = None
    trouble: bool | None = None
    toward: str | None = None
    country: str | None = None
    comes_from_s: int | None = None
    comes_before_s: int | None = None
    soonest: bool = False
    after: tuple[int, int] | None = None
    limit: int = 50


class Narrowed(Struct, frozen=True):
    """What a filter's words mean. `towns`: the places that `toward` begins; `roads`: the few that
    the text finds, or that are in a rare status; `text`: what is still to be looked for in the
    lines. None where nothing is asked, or where so many are meant that the list is gone through in
    its own order.
    """

    towns: Sequence[str] | None = None
    roads: Sequence[int] | None = None
    text: str | None = None


async def narrowed(
    connection: asyncpg.Connection, tenant: int, wanted: OutlookFilter
) -> Narrowed | None:
    """None where nothing can be found."""
    if wanted.soonest and wanted.main in OVER:
        return None
    roads: Sequence[int] | None = None
    if wanted.text:
        roads = await roads_of_text(connection, tenant, wanted.text)
    text = wanted.text if roads is None else None
    if roads is None:
        roads = await _roads_of_status(connection, tenant, wanted)
    if roads is not None:
        return Narrowed(roads=roads, text=text) if roads else None
    # Where so few shipments are left, one walk through them costs less than one for each place.
    if not wanted.toward or wanted.trouble:
        return Narrowed(text=text)
    most = MOST_TOWNS_BESIDE_TEXT if text and not wanted.carrier else MOST_TOWNS
    like = like_of(wanted.toward.lower())
    towns = [row[0] for row in await connection.fetch(_TOWNS, tenant, like, most + 1)]
    if not towns:
        return None
    return Narrowed(towns=towns if len(towns) <= most else None, text=text)


async def _roads_of_status(
    connection: asyncpg.Connection, tenant: int, wanted: OutlookFilter
) -> Sequence[int] | None:
    if wanted.main is None or wanted.soonest:  # the soonest of a status have an index
        return None
    rows = await connection.fetch(_ROADS_OF_STATUS, tenant, MAIN_CODE[wanted.main])
    return [row[0] for row in rows] if len(rows) <= MOST_ROADS else None


def page_query(tenant: int, wanted: OutlookFilter, narrow: Narrowed) -> tuple[str, list[Any]]:
    """SQL and its values for one page: lines, outlooks, and by what they are ordered."""
    keys, values = keys_query(tenant, wanted, narrow)
    columns = ", ".join(f"s.{one}" for one in COLUMNS.split(", "))
    way = "" if wanted.soonest else " DESC"
    return (
        f"SELECT {columns}, o.destination, o.arrival, o.looked_s, one.at "
        f"FROM ({keys}) AS one (road, at) JOIN outlook o ON o.road = one.road "
        f"JOIN shipment s ON s.id = one.road ORDER BY one.at{way}, one.road{way}"
    ), values


def keys_query(tenant: int, wanted: OutlookFilter, narrow: Narrowed) -> tuple[str, list[Any]]:
    """The same without what a row shows: its road, and by what it is ordered."""
    values: list[Any] = [tenant]

    def bind(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    column, sign, way = ("comes_s", ">", "") if wanted.soonest else ("last_s", "<", " DESC")
    where = ["o.tenant = $1", *_where(wanted, narrow, bind)]
    if wanted.soonest:
        where.append("o.comes_s IS NOT NULL")
    if wanted.after is not None:
        at, road = bind(wanted.after[0]), bind(wanted.after[1])
        where.append(f"(o.{column}, o.road) {sign} ({at}, {road})")
    order, limit = f"ORDER BY o.{column}{way}, o.road{way}", bind(wanted.limit)
    found = (
        f"SELECT o.road, o.{column} FROM outlook o "
        f"{'JOIN shipment s ON s.id = o.road ' if narrow.text else ''}"
        f"WHERE {' AND '.join(where)} {order} LIMIT {limit}"
    )
    if narrow.towns is not None:
        towns = f"unnest({bind(list(narrow.towns))}::text[]) AS town (name)"
        found = f"SELECT o.* FROM {towns} CROSS JOIN LATERAL ({found}) AS o {order} LIMIT {limit}"
    return found, values


def _where(wanted: OutlookFilter, narrow: Narrowed, bind: Callable[[Any], str]) -> list[str]:
    main = None if wanted.main is None else MAIN_CODE[wanted.main]
    equal = {"main": main, "carrier": wanted.carrier, "country": wanted.country}
    where = [f"o.{name} = {bind(one)}" for name, one in equal.items() if one is not None]
    if wanted.trouble:
        where.append("o.trouble")
    if narrow.roads is not None:
        where.append(f"o.road = ANY({bind(list(narrow.roads))}::bigint[])")
    if narrow.text:
        found = text_conditions("s.", "$1", narrow.text, bind, road="o.road")
        where.append(f"({' OR '.join(found)})")
    if narrow.towns is not None:
        where.append("o.toward = town.name")
    elif wanted.toward:
        where.append(f"o.toward LIKE {bind(like_of(wanted.toward.lower()))}")
    if wanted.comes_from_s is not None:
        where.append(f"o.comes_s >= {bind(wanted.comes_from_s)}")
    if wanted.comes_before_s is not None:
        where.append(f"o.comes_s < {bind(wanted.comes_before_s)}")
    return where
