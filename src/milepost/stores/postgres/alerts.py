"""Alerts that are open or were: what the record of a shipment says of its troubles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from milepost.engine.alerts import AlertFilter, AlertRow
from milepost.stores.postgres.pool import Pool

_LINE = "id, shipment, number, rule, severity, opened_s, cleared_s, detail::text, because"


class PostgresAlerts:
    """See `engine.alerts.AlertLog`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, tenant: int, roads: Sequence[int]) -> list[AlertRow]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_LINE} FROM alert "
                "WHERE tenant = $1 AND shipment = ANY($2::bigint[]) ORDER BY opened_s, id",
                tenant,
                list(roads),
            )
        return [_row(row) for row in rows]

    async def list(self, tenant: int, wanted: AlertFilter) -> Sequence[AlertRow]:
        sql, values = _query(tenant, wanted)
        async with self._pool.connection() as connection:
            return [_row(row) for row in await connection.fetch(sql, *values)]


def _query(tenant: int, wanted: AlertFilter) -> tuple[str, list[object]]:
    values: list[object] = [tenant, wanted.limit]
    where = ["tenant = $1"]

    def only(condition: str, *given: object) -> None:
        places = [f"${len(values) + turn}" for turn in range(1, len(given) + 1)]
        where.append(condition.format(*places))
        values.extend(given)

    if wanted.open is not None:
        only(f"cleared_s IS {'' if wanted.open else 'NOT '}NULL")
    if wanted.rule is not None:
        only("rule = {}", wanted.rule)
    if wanted.severity is not None:
        only("severity = {}", wanted.severity)
    if wanted.roads is not None:
        only("shipment = ANY({}::bigint[])", list(wanted.roads))
    if wanted.after is not None:
        only("(opened_s, id) < ({}::bigint, {}::bigint)", *wanted.after)
    conditions = " AND ".join(where)
    sql = f"SELECT {_LINE} FROM alert WHERE {conditions} ORDER BY opened_s DESC, id DESC LIMIT $2"
    return sql, values


def _row(row: Any) -> AlertRow:
    detail = msgspec.json.decode(row[7])
    return AlertRow(row[0], row[1], row[2], row[3], row[4], row[5], row[6], detail, row[8])
