"""Roads whose rows of the journey table have to be made anew: told where lines are written."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from milepost.domain.marks import codes_of
from milepost.domain.status import OVER
from milepost.engine.rows import ShipmentRow

# All put their roads in by their order, so that no two wait for each other.
_TOUCH = """
INSERT INTO journey_touched (road) {} ORDER BY 1
ON CONFLICT (road) DO UPDATE SET version = excluded.version
"""
# Each line as it was is looked up by its key: a plan that joins may come from when there were few.
_CHANGED = _TOUCH.format("""
SELECT given.id FROM unnest($1::bigint[], $2::smallint[], $3::bytea[], $4::text[], $5::text[])
    AS given (id, code, state, number, carrier)
LEFT JOIN LATERAL (
    SELECT code, state, number, carrier FROM shipment WHERE id = given.id LIMIT 1
) AS was ON true
WHERE (given.code = ANY($6::smallint[]) OR was.code = ANY($6::smallint[]))
    AND (was.state, was.number, was.carrier) IS DISTINCT FROM
        (given.state, given.number, coalesce(given.carrier, was.carrier))
""")
_REMOVED = f"""
WITH gone AS (DELETE FROM shipment WHERE id = ANY($1::bigint[]) RETURNING id, code)
{_TOUCH.format("SELECT id FROM gone WHERE code = ANY($2::smallint[])")}
"""
_BEFORE_ANY_END = bytes(range(min(OVER)))


async def touch(connection: asyncpg.Connection, rows: Sequence[ShipmentRow]) -> None:
    """Before these lines are written: what is over then, or was, has to be looked at, but for lines
    that stay as they are.
    """
    ended = [
        (row.id, row.code, row.state, row.number, row.carrier) for row in rows if _may_end(row)
    ]
    if ended:
        await connection.execute(_CHANGED, *map(list, zip(*ended, strict=True)), OVER)


async def remove(connection: asyncpg.Connection, roads: Sequence[int]) -> None:
    """Remove lines; those that were over have no row any more."""
    await connection.execute(_REMOVED, list(roads), OVER)


def _may_end(row: ShipmentRow) -> bool:
    """Whether it is over or may have been: where an event has an ending's code, or took its place
    (it is the higher one then). Nearly nothing that moves has to be looked up.
    """
    return bool(codes_of(row.state).translate(None, _BEFORE_ANY_END))
