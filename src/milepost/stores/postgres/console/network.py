"""How a tenant's network stands: its shipments by status, and what passes its facilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from milepost.stores.postgres.pool import Pool

# So far shipments of a status are counted: what a page shows must not take longer with every one.
COUNTED = 200_000
_STANDING = """
SELECT one.main, found.count FROM unnest($2::smallint[]) AS one (main), LATERAL (
    SELECT count(*) FROM (
        SELECT FROM shipment WHERE tenant = $1 AND main = one.main AND last_s >= $3 LIMIT $4
    ) AS some_of_them
) AS found
"""


class Passed(NamedTuple):
    """What passed a facility in an hour, or since some hour. `toward`: the next one, for lanes."""

    tenant: int
    hour_s: int
    hub: str
    toward: str
    came: int
    went: int
    stayed_s: int
    stays: int


_ADD = """
INSERT INTO network_hour AS n VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (tenant, hour_s, hub, toward) DO UPDATE SET came = n.came + excluded.came,
    went = n.went + excluded.went, stayed_s = n.stayed_s + excluded.stayed_s,
    stays = n.stays + excluded.stays
"""
_SINCE = """
SELECT tenant, 0::bigint, hub, toward, sum(came)::bigint, sum(went)::bigint,
    sum(stayed_s)::bigint, sum(stays)::bigint
FROM network_hour WHERE tenant = $1 AND hour_s >= $2
GROUP BY tenant, hub, toward ORDER BY sum(came) + sum(went) DESC LIMIT $3
"""


class Network:
    """Counts over the read model, and of what passed where."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def standing(self, tenant: int, mains: Sequence[int], since_s: int) -> dict[int, int]:
        """Shipments in each main status with an event since then, counted up to `COUNTED`."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_STANDING, tenant, list(mains), since_s, COUNTED)
        return {row["main"]: row["count"] for row in rows}

    async def passed(self, rows: Sequence[Passed]) -> None:
        """Add to the hours."""
        async with self._pool.connection() as connection:
            await connection.executemany(_ADD, sorted(rows))

    async def forget(self, before_s: int) -> None:
        async with self._pool.connection() as connection:
            await connection.execute("DELETE FROM network_hour WHERE hour_s < $1", before_s)

    async def since(self, tenant: int, hour_s: int, limit: int = 1_000) -> list[Passed]:
        """Summed from an hour on, the busiest first."""
        async with self._pool.connection() as connection:
            return [Passed(*row) for row in await connection.fetch(_SINCE, tenant, hour_s, limit)]

    async def carriers(self, tenant: int) -> list[str]:
        """The carriers that a tenant's shipments travel with; skips along the index."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "WITH RECURSIVE one AS ("
                "(SELECT carrier FROM shipment WHERE tenant = $1 AND carrier IS NOT NULL "
                "ORDER BY carrier LIMIT 1) UNION ALL "
                "SELECT (SELECT carrier FROM shipment WHERE tenant = $1 AND carrier > one.carrier "
                "ORDER BY carrier LIMIT 1) FROM one WHERE one.carrier IS NOT NULL) "
                "SELECT carrier FROM one WHERE carrier IS NOT NULL LIMIT 200",
                tenant,
            )
        return [row["carrier"] for row in rows]
