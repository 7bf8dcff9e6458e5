"""The list of shipments: one index for each filter, paged by (last event, id)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from msgspec import structs

from milepost.domain.status import MAIN_CODE, STATUSES
from milepost.engine.rows import ListFilter, SlowListError
from milepost.identify import normalise
from milepost.stores.postgres.pool import Pool

COLUMNS = (
    "id, tenant, number, carrier, order_number, main, code, since_s, last_s, first_day, alerts, "
    "state, covers_seq, created_us"
)
# Of numbers that a road has later on, so many by their order are looked at; `{}`: tenant, pattern.
LATER_NUMBERS = (
    "(SELECT road FROM link WHERE tenant = {} AND number LIKE {} "
    "ORDER BY number USING ~<~ LIMIT 200)"
)
_CODES = ", ".join(str(status.code) for status in STATUSES.values() if status.trouble)
# As in the index `shipment_trouble`, letter by letter: else the planner does not know it again.
TROUBLE = f"(alerts > 0 OR code = ANY (ARRAY[{_CODES}]::smallint[]))"
# Of so many roads each is looked at by its key.
MOST_ROADS = 500
_ROADS_OF_TEXT = f"""
(SELECT id FROM shipment WHERE tenant = $1 AND number LIKE $2
    ORDER BY number USING ~<~ LIMIT {MOST_ROADS + 1})
UNION ALL (SELECT id FROM shipment WHERE tenant = $1 AND order_number LIKE $3
    ORDER BY order_number USING ~<~ LIMIT {MOST_ROADS + 1})
UNION ALL (SELECT id FROM shipment WHERE tenant = $1 AND order_number LIKE $4 AND $4 <> $3
    ORDER BY order_number USING ~<~ LIMIT {MOST_ROADS + 1})
UNION ALL {LATER_NUMBERS.format("$1", "$2")}
"""
PLANNED = """
SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL statement_timeout = '3s'
"""


def query(tenant: int, wanted: ListFilter) -> tuple[str, list[Any]]:
    """SQL and its values for one page."""
    values: list[Any] = [tenant]

    def bind(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    where = ["tenant = $1"]
    if wanted.main is not None:
        where.append(f"main = {bind(MAIN_CODE[wanted.main])}")
    if wanted.carrier is not None:
        where.append(f"carrier = {bind(wanted.carrier)}")
    if wanted.trouble:
        where.append(TROUBLE)
    if wanted.roads is not None:
        where.append(f"id = ANY({bind(list(wanted.roads))}::bigint[])")
    if wanted.text:
        begins = text_conditions("", "$1", wanted.text, bind, road="id")
        where.append(f"({' OR '.join(begins)})")
    if wanted.after is not None:
        where.append(f"(last_s, id) < ({bind(wanted.after[0])}, {bind(wanted.after[1])})")
    if wanted.after_number is not None:
        where.append(f"number ~>~ {bind(wanted.after_number)}")
    order = "number USING ~<~" if wanted.by_number else "last_s DESC, id DESC"
    sql = f"SELECT {COLUMNS} FROM shipment WHERE {' AND '.join(where)} "
    return sql + f"ORDER BY {order} LIMIT {bind(wanted.limit)}", values


@asynccontextmanager
async def planned(pool: Pool) -> AsyncIterator[asyncpg.Connection]:
    """A connection for a list that is asked for with several filters: each question is planned by
    its own values, and ended where no plan is quick. Raises SlowListError.
    """
    async with pool.connection() as connection, connection.transaction(readonly=True):
        await connection.execute(PLANNED)
        try:
            yield connection
        except asyncpg.QueryCanceledError:
            raise SlowListError from None


async def roads_of_text(
    connection: asyncpg.Connection, tenant: int, text: str
) -> tuple[int, ...] | None:
    """The roads that a text finds, whatever else is asked; None where more begin like it than are
    worth looking at one by one: the list is gone through in its own order then.
    """
    number = like_of(normalise(text))
    orders = like_of(text), like_of(text.upper())
    rows = await connection.fetch(_ROADS_OF_TEXT, tenant, number, *orders)
    return tuple({row[0] for row in rows}) if len(rows) <= MOST_ROADS else None


async def narrowed(connection: asyncpg.Connection, tenant: int, wanted: ListFilter) -> ListFilter:
    """With the roads that its text finds in the text's place, where these are few."""
    roads = await roads_of_text(connection, tenant, wanted.text) if wanted.text else None
    if roads is None:
        return wanted
    if wanted.roads is not None:
        roads = tuple(set(roads) & set(wanted.roads))
    return structs.replace(wanted, text=None, roads=roads)


def like_of(text: str) -> str:
    """The pattern of what begins with a text; nothing begins with none."""
    escaped = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped + "%" if escaped else ""


def text_conditions(
    table: str, tenant: str, text: str, bind: Callable[[Any], str], *, road: str
) -> list[str]:
    """What a row may begin with to be found: one of its numbers, however spelt, or its order's, as
    written or in capitals. `table`: the alias of what has them, with its dot.
    """
    number = bind(like_of(normalise(text)))
    orders = dict.fromkeys((like_of(text), like_of(text.upper())))
    return [
        f"{table}number LIKE {number}",
        *(f"{table}order_number LIKE {bind(order)}" for order in orders),
        f"{road} IN {LATER_NUMBERS.format(tenant, number)}",
    ]
