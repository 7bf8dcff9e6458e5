"""The ledger in PostgreSQL: groups in, roads and lists out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any

from milepost.engine.redact import FACTS, restored, restored_facts
from milepost.engine.rows import FactRow, Link, OpenAlert, Row
from milepost.stores.postgres.chaining import PostgresChain
from milepost.stores.postgres.committing import Commits, Private
from milepost.stores.postgres.lines import CHUNK, ShipmentLines
from milepost.stores.postgres.migrate import migrate
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.rows import (
    FACT_COLUMNS,
    ROW_COLUMNS,
    fact_row,
    open_alert,
    row_of,
    unpack_facts,
)
from milepost.stores.postgres.texts import FACTS_TEXT, TEXT, TEXTS_AS_ROWS

_ROAD = f"""
SELECT {ROW_COLUMNS}
FROM journal WHERE parcel = ANY($1::bigint[]) AND tenant = $2 AND day >= $3
ORDER BY at_us, code, fingerprint
"""
# Facts come as rows of the same shape, told apart by a code that no event has.
_FACT = -1
# `tenant + 0` is no way in: a plan that is kept, and was made while there were few facts, would go
# through all facts of a tenant.
_ROAD_AND_FACTS = f"""
SELECT {ROW_COLUMNS}
FROM journal WHERE parcel = ANY($1::bigint[]) AND tenant = $2 AND day >= $3
UNION ALL
SELECT tenant, NULL, parcel, 0, observed_us, NULL, 0, {_FACT}, 0, NULL, body
FROM fact WHERE parcel = ANY($1::bigint[]) AND tenant + 0 = $2
"""
_PRIVATE = _ROAD_AND_FACTS + TEXTS_AS_ROWS
_SAID = (TEXT, FACTS_TEXT)
_ANY, _ONLY = "= ANY($1::bigint[])", "= $1::bigint"
_SINCE = f"""
SELECT {ROW_COLUMNS}
FROM journal WHERE seq > $1 ORDER BY seq
"""
_LINK = """
INSERT INTO link (tenant, number, parcel, road, shipment, carrier, box, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, number) DO UPDATE SET
    road = excluded.road, shipment = excluded.shipment,
    carrier = coalesce(excluded.carrier, link.carrier),
    box = excluded.box, position = excluded.position
"""


class PostgresLedger(Commits, ShipmentLines):
    """See `engine.ports.Ledger`."""

    def __init__(
        self,
        pool: Pool,
        chain: PostgresChain | None = None,
        private: Private | None = None,
        urgent: Pool | None = None,
    ) -> None:
        super().__init__(pool, chain, private, urgent)
        self.keeps_verbatim = private is not None

    async def open(self) -> None:
        """Bring the schema up to date."""
        async with self.pool.connection() as connection:
            await migrate(connection)
            if self._chain is not None:
                await self._chain.open(connection)

    async def reserve_raw_ids(self) -> range:
        async with self.pool.connection() as connection:
            first = await connection.fetchval("SELECT nextval('raw_sequence')")
        return range(first, first + 1000)

    async def road(self, tenant: int, parcels: Sequence[int], since: date) -> list[Row]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(_ROAD, parcels, tenant, since)
        return [row_of(row) for row in rows]

    async def road_and_facts(
        self,
        tenant: int,
        parcels: Sequence[int],
        since: date,
        private: bool = False,
        *,
        patient: bool = False,
    ) -> tuple[list[Row], list[FactRow]]:
        texts = self._private.texts if self._private is not None and private else None
        sql = _ROAD_AND_FACTS if texts is None else _PRIVATE
        keys: Sequence[int] | int = parcels
        if (
            len(parcels) == 1
        ):  # the plan for one key is kept; for several, each time is planned anew
            sql, keys = sql.replace(_ANY, _ONLY), parcels[0]
        pool = self.pool if patient else self.urgent
        async with pool.connection() as connection:
            found = await connection.fetch(sql, keys, tenant, since)
        rows = [row_of(row) for row in found if row[7] >= 0]
        said = texts.opened(row for row in found if row[7] in _SAID) if texts is not None else {}
        told = [row for row in found if row[7] == _FACT]
        told.sort(key=lambda row: (row[4], row[10]))
        facts = [_fact(row) for row in told]
        return (_verbatim(rows, said), _named(facts, said)) if said else (rows, facts)

    async def verbatim(self, tenant: int, parcels: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        if self._private is None:
            return {}
        async with self.pool.connection() as connection:
            return await self._private.texts.read(connection, tenant, parcels)

    async def facts(self, tenant: int, parcels: Sequence[int]) -> list[FactRow]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {FACT_COLUMNS} FROM fact "
                "WHERE parcel = ANY($1::bigint[]) AND tenant = $2 ORDER BY observed_us, body",
                parcels,
                tenant,
            )
        return [fact_row(row) for row in rows]

    async def all_facts(self, tenant: int | None = None) -> AsyncIterator[Sequence[FactRow]]:
        where, values = ("cared", ()) if tenant is None else ("tenant = $1", (tenant,))
        sql = f"SELECT {FACT_COLUMNS} FROM fact WHERE {where} ORDER BY parcel, observed_us, body"
        async with self.pool.connection() as connection, connection.transaction():
            cursor = await connection.cursor(sql, *values)
            while rows := await cursor.fetch(CHUNK):
                yield [fact_row(row) for row in rows]

    async def links(self) -> list[Link]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT tenant, number, parcel, road, shipment, carrier, box, position FROM link"
            )
        return [Link(*row) for row in rows]

    async def add_links(self, links: Sequence[Link]) -> None:
        async with self.pool.connection() as connection:
            await connection.executemany(
                _LINK,
                links,
            )

    async def journal_since(self, seq: int) -> AsyncIterator[Sequence[Row]]:
        async with self.pool.connection() as connection, connection.transaction():
            cursor = await connection.cursor(_SINCE, seq)
            while rows := await cursor.fetch(CHUNK):
                yield [row_of(row) for row in rows]

    async def open_alerts(self, roads: Sequence[int] | None = None) -> list[OpenAlert]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT shipment, rule, severity, opened_s, detail::text FROM alert "
                "WHERE cleared_s IS NULL AND ($1::bigint[] IS NULL OR shipment = ANY($1))",
                roads,
            )
        return [open_alert(row) for row in rows]

    async def ping(self) -> None:
        async with self.pool.connection() as connection:
            await connection.fetchval("SELECT 1")


def _fact(row: Sequence[Any]) -> FactRow:
    return FactRow(row[2], row[0], row[4], "", unpack_facts(row[10]))


def _verbatim(rows: Sequence[Row], said: Mapping[int, Mapping[str, Any]]) -> list[Row]:
    return [
        Row(row.tenant, row.raw, restored(row.event, said.get(row.event.fingerprint)))
        for row in rows
    ]


def _named(facts: Sequence[FactRow], said: Mapping[int, Mapping[str, Any]]) -> list[FactRow]:
    told = said.get(FACTS, {}).get("told", ())
    return [restored_facts(row, told) for row in facts]
