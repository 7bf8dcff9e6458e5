"""Master data of EPCIS, kept for later documents and for questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from milepost.domain.place import Place
from milepost.epcis.master import Element
from milepost.epcis.where import place_told
from milepost.stores.postgres.pool import Pool

# What a later document does not tell of an element stays.
_SAVE = """
INSERT INTO epcis_element AS known
    (tenant, vocabulary, key, id, attributes, children, told, recorded_at)
SELECT $1, vocabulary, key, id, attributes, children, told, $3
FROM jsonb_to_recordset($2::jsonb) AS given (
    vocabulary text, key text, id text, attributes jsonb, children text[], told jsonb)
ORDER BY vocabulary, key
ON CONFLICT (tenant, vocabulary, key) DO UPDATE SET
    id = excluded.id, attributes = known.attributes || excluded.attributes,
    children = CASE WHEN cardinality(excluded.children) > 0 THEN excluded.children
        ELSE known.children END,
    told = excluded.told, recorded_at = excluded.recorded_at
"""
_PAGE = """
SELECT vocabulary, told FROM epcis_element
WHERE tenant = $1 AND ($2::text IS NULL OR vocabulary = $2)
  AND ($3::text[] IS NULL OR key = ANY($3))
ORDER BY vocabulary COLLATE "C", key COLLATE "C" OFFSET $4 LIMIT $5
"""


class PostgresMaster:
    """See `engine.epcis_ports.MasterData`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def save(self, tenant: int, elements: Sequence[Element], at: datetime) -> None:
        if not elements:
            return
        body = msgspec.json.encode(elements).decode()
        async with self._pool.connection() as connection:
            await connection.execute(_SAVE, tenant, body, at)

    async def places(self, tenant: int, keys: Sequence[str]) -> Mapping[str, Place]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT key, id, attributes FROM epcis_element "
                "WHERE tenant = $1 AND key = ANY($2::text[]) ORDER BY recorded_at",
                tenant,
                list(keys),
            )
        found = ((row[0], place_told(row[1], msgspec.json.decode(row[2]))) for row in rows)
        return {key: place for key, place in found if place is not None}

    async def page(
        self, tenant: int, vocabulary: str | None, keys: Sequence[str] | None, offset: int,
        limit: int,
    ) -> list[tuple[str, dict[str, Any]]]:  # fmt: skip
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                _PAGE, tenant, vocabulary, None if keys is None else list(keys), offset, limit
            )
        return [(row[0], msgspec.json.decode(row[1])) for row in rows]
