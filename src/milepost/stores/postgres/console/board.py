"""The board of open cases: of each side's turn, the most urgent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from milepost.domain.case import Case
from milepost.stores.postgres.pool import Pool

_case = msgspec.json.Decoder(Case).decode
# By deadline along the index case_open; what is left is ranked by worth among those.
_COLUMN = """
SELECT id, body::text FROM case_file
WHERE tenant = $1 AND NOT closed AND waits_for = $2 AND ($3::text IS NULL OR kind = $3)
    AND ($4::text IS NULL OR owner = $4) AND ($5::text[] IS NULL OR number = ANY($5))
ORDER BY deadline_us, id LIMIT $6
"""
_COUNTS = """
SELECT waits_for, count(*) FROM case_file
WHERE tenant = $1 AND NOT closed AND ($2::text IS NULL OR kind = $2)
    AND ($3::text IS NULL OR owner = $3) AND ($4::text[] IS NULL OR number = ANY($4))
GROUP BY waits_for
"""


class BoardFilter(Struct, frozen=True, kw_only=True):
    """Which cases. `limit`: of each column."""

    kind: str | None = None
    owner: str | None = None
    numbers: Sequence[str] | None = None
    limit: int = 60


class Open(NamedTuple):
    id: int
    case: Case


class Board:
    """Open cases of a tenant."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def column(self, tenant: int, side: str, wanted: BoardFilter) -> list[Open]:
        """Those that wait for a side, the next deadline first."""
        values = (tenant, side, wanted.kind, wanted.owner, wanted.numbers, wanted.limit)
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_COLUMN, *values)
        return [Open(row[0], _case(row[1])) for row in rows]

    async def some(self, tenant: int, ids: Sequence[int]) -> dict[int, Case]:
        """Of these the ones that are open."""
        async with self._pool.connection() as connection:
            rows: list[Any] = await connection.fetch(
                "SELECT id, body::text FROM case_file "
                "WHERE tenant = $1 AND id = ANY($2::bigint[]) AND NOT closed",
                tenant, list(ids),
            )  # fmt: skip
        return {row[0]: _case(row[1]) for row in rows}

    async def counts(self, tenant: int, wanted: BoardFilter) -> dict[str, int]:
        """How many wait for each side."""
        values = (tenant, wanted.kind, wanted.owner, wanted.numbers)
        async with self._pool.connection() as connection:
            return {row[0]: row[1] for row in await connection.fetch(_COUNTS, *values)}
