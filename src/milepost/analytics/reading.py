"""What the journey table is made of, as PostgreSQL has it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Any, NamedTuple, Protocol

import msgspec

from milepost.domain.scan import Facts
from milepost.domain.status import OVER
from milepost.engine.rows import Link

_LINE = "id, tenant, number, carrier, code, covers_seq, first_day, state"
_CHUNK = 2_000
_unpack_facts = msgspec.msgpack.Decoder(Facts).decode


class Pool(Protocol):
    """Connections; ConnectionError where the server went away."""

    def connection(self) -> AbstractAsyncContextManager[Any]: ...


class Line(NamedTuple):
    """A shipment of the read model. `covers_seq`: the commit up to which it is complete."""

    id: int
    tenant: int
    number: str
    carrier: str | None
    code: int
    covers_seq: int
    first_day: date
    state: bytes | None


class Records:
    """Questions to the ledger's tables."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def _rows(self, sql: str, *values: Any) -> list[Any]:
        async with self._pool.connection() as connection:
            return list(await connection.fetch(sql, *values))

    async def identity(self) -> str:
        """A name of this database; a copy has another."""
        (row,) = await self._rows(
            "SELECT id::text, (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "FROM journey_table LIMIT 1"
        )
        return f"{row[0][:8]}-{row[1]}"

    async def newest(self) -> tuple[int, int]:
        """The greatest commit there is, and the newest number of a fact."""
        # A BRIN index knows no greatest number: all facts would be read.
        (row,) = await self._rows(
            "SELECT coalesce((SELECT max(seq) FROM journal_commit), 0), "
            "coalesce(pg_sequence_last_value(pg_get_serial_sequence('fact', 'id')::regclass), 0)"
        )
        return int(row[0]), int(row[1])

    async def facts_after(self, fact: int) -> list[tuple[int, int]]:
        """(fact, parcel)."""
        rows = await self._rows("SELECT id, parcel FROM fact WHERE id > $1 ORDER BY id", fact)
        return [(row[0], row[1]) for row in rows]

    async def told(self, parcels: Sequence[int]) -> list[tuple[int, bool]]:
        """(road, whether it is over) of all that the facts of some parcels speak of: they are those
        of the whole shipment.
        """
        rows = await self._rows(
            "SELECT road, coalesce(code = ANY($2::smallint[]), false) FROM ("
            "SELECT DISTINCT coalesce(beside.road, one.parcel) AS road "
            "FROM unnest($1::bigint[]) AS one (parcel) LEFT JOIN link USING (parcel) "
            "LEFT JOIN link AS beside USING (shipment)) AS told LEFT JOIN shipment ON id = road",
            list(parcels),
            OVER,
        )
        return [(row[0], row[1]) for row in rows]

    async def links_of(self, parcels: Sequence[int]) -> list[Link]:
        """The links of some numbers."""
        rows = await self._rows(
            "SELECT tenant, number, parcel, road, shipment, carrier, box, position FROM link "
            "WHERE parcel = ANY($1::bigint[])",
            list(parcels),
        )
        return [Link(*row) for row in rows]

    async def beside(self, shipments: Sequence[int]) -> list[Link]:
        """All numbers of some shipments."""
        rows = await self._rows(
            "SELECT tenant, number, parcel, road, shipment, carrier, box, position FROM link "
            "WHERE shipment = ANY($1::bigint[])",
            list(shipments),
        )
        return [Link(*row) for row in rows]

    async def lines(self, roads: Sequence[int]) -> list[Line]:
        sql = f"SELECT {_LINE} FROM shipment WHERE id = ANY($1::bigint[])"
        return [Line(*row) for row in await self._rows(sql, list(roads))]

    async def all_over(self) -> AsyncIterator[list[Line]]:
        """Every shipment whose road is over and not sealed."""
        sql = (
            f"SELECT {_LINE} FROM shipment WHERE code = ANY($1::smallint[]) AND id > $2 "
            "AND sealed_day IS NULL ORDER BY id LIMIT $3"
        )
        after = -(2**63)
        while rows := [Line(*row) for row in await self._rows(sql, OVER, after, _CHUNK)]:
            yield rows
            after = rows[-1].id

    async def linked(self) -> list[int]:
        """All parcels that have others beside them."""
        return [row[0] for row in await self._rows("SELECT parcel FROM link")]

    async def facts_of(self, parcels: Sequence[int]) -> list[tuple[int, Facts]]:
        """(parcel, facts) of some parcels, the oldest first."""
        rows = await self._rows(
            "SELECT parcel, body FROM fact WHERE parcel = ANY($1::bigint[]) "
            "ORDER BY parcel, observed_us, body",
            list(parcels),
        )
        return [(row[0], _unpack_facts(row[1])) for row in rows]

    async def live(self, tenant: int, limit: int) -> list[Line]:
        """The roads of a tenant that are not over, those with the newest events first."""
        sql = (
            f"SELECT {_LINE} FROM shipment WHERE tenant = $1 AND sealed_day IS NULL "
            "AND NOT code = ANY($2::smallint[]) ORDER BY last_s DESC, id DESC LIMIT $3"
        )
        return [Line(*row) for row in await self._rows(sql, tenant, OVER, limit)]
