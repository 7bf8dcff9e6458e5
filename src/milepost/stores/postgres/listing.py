"""The list of shipments: one index for each filter, paged by (last event, id)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from milepost.domain.status import MAIN_CODE, STATUSES
from milepost.engine.rows import ListFilter
from milepost.identify import normalise

COLUMNS = (
    "id, tenant, number, carrier, order_number, main, code, since_s, last_s, first_day, alerts, "
    "state, covers_seq, created_us"
)
# Of numbers that a road has later on, so many by their order are looked at; `{}`: tenant, pattern.
LATER_NUMBERS = (
    "(SELECT road FROM link WHERE tenant = {} AND number LIKE {} "
    "ORDER BY number USING ~<~ LIMIT 200)"
)
_TROUBLE = [status.code for status in STATUSES.values() if status.trouble]


def query(tenant: int, wanted: ListFilter) -> tuple[str, list[Any]]:
    """SQL and its values for one page, newest first."""
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
        where.append(f"(alerts > 0 OR code = ANY({bind(_TROUBLE)}::smallint[]))")
    if wanted.roads is not None:
        where.append(f"id = ANY({bind(list(wanted.roads))}::bigint[])")
    if wanted.after is not None:
        where.append(f"(last_s, id) < ({bind(wanted.after[0])}, {bind(wanted.after[1])})")
    limit = bind(wanted.limit)
    if wanted.text:
        begins = text_conditions("", "$1", wanted.text, bind, road="id")
        return _by_text(where, begins, limit), values
    sql = f"SELECT {COLUMNS} FROM shipment WHERE {' AND '.join(where)} "
    return sql + f"ORDER BY last_s DESC, id DESC LIMIT {limit}", values


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


def _by_text(where: list[str], begins: Sequence[str], limit: str) -> str:
    """Each part gives its own newest. The planner has to see the beginning itself: many shipments
    with it are read in the order of time, few through the index of numbers.
    """
    base = f"SELECT {COLUMNS} FROM shipment WHERE {' AND '.join(where)}"
    cut = f"ORDER BY last_s DESC, id DESC LIMIT {limit}"
    parts = " UNION ".join(f"({base} AND {one} {cut})" for one in begins)
    return f"SELECT * FROM ({parts}) AS found ORDER BY last_s DESC, id DESC LIMIT {limit}"
