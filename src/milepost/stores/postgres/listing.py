"""The list of shipments: one index for each filter, paged by (last event, id)."""

from __future__ import annotations

from typing import Any

from milepost.domain.status import MAIN_CODE, STATUSES
from milepost.engine.ports import ListFilter
from milepost.identify import normalise

COLUMNS = (
    "id, tenant, number, carrier, order_number, main, code, since_s, last_s, first_day, alerts, "
    "state, covers_seq, created_us"
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
        number, order = bind(_like(normalise(wanted.text))), bind(_like(wanted.text.strip()))
        return _by_text(where, number, order, limit), values
    sql = f"SELECT {COLUMNS} FROM shipment WHERE {' AND '.join(where)} "
    return sql + f"ORDER BY last_s DESC, id DESC LIMIT {limit}", values


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped + "%" if escaped else ""


def _by_text(where: list[str], number: str, order: str, limit: str) -> str:
    """Each half gives its own newest. The planner has to see the beginning itself: many shipments
    with it are read in the order of time, few through the index of numbers.
    """
    base = f"SELECT {COLUMNS} FROM shipment WHERE {' AND '.join(where)}"
    cut = f"ORDER BY last_s DESC, id DESC LIMIT {limit}"
    return (
        f"SELECT * FROM ((({base} AND number LIKE {number} {cut}) UNION "
        f"({base} AND order_number LIKE {order} {cut}))) AS found "
        f"ORDER BY last_s DESC, id DESC LIMIT {limit}"
    )
