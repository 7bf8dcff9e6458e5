"""Alerts that are open or were: what the record of a shipment says of its troubles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from milepost.stores.postgres.pool import Pool


class AlertRow(NamedTuple):
    """One alert. `cleared_s` None: it is open."""

    id: int
    road: int
    number: str
    rule: str
    severity: str
    opened_s: int
    cleared_s: int | None
    detail: dict[str, Any]


class PostgresAlerts:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, tenant: int, roads: Sequence[int]) -> list[AlertRow]:
        """All that roads ever had, oldest first."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, shipment, number, rule, severity, opened_s, cleared_s, detail::text "
                "FROM alert WHERE tenant = $1 AND shipment = ANY($2::bigint[]) "
                "ORDER BY opened_s, id",
                tenant,
                list(roads),
            )
        return [_row(row) for row in rows]


def _row(row: Any) -> AlertRow:
    detail = msgspec.json.decode(row[7])
    return AlertRow(row[0], row[1], row[2], row[3], row[4], row[5], row[6], detail)
