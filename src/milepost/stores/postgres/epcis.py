"""EPCIS events, capture jobs and named queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import asyncpg
import msgspec

from milepost.engine.epcis_concealing import Concealed
from milepost.engine.epcis_ports import Captured, Found, Job
from milepost.epcis.indexing import Entry
from milepost.stores.postgres.epcis_columns import by_id
from milepost.stores.postgres.epcis_query import order_of, where_of
from milepost.stores.postgres.epcis_said import EpcisSaid
from milepost.stores.postgres.pool import Pool

_NAMES = Entry.__struct_fields__
_ARRAYS = {
    "epcs", "inputs", "outputs", "classes", "input_classes", "output_classes", "transactions",
    "sources", "destinations", "set_dispositions", "unset_dispositions", "ignored",
}  # fmt: skip
_TIMES = {"sensed", "sensed_from", "sensed_until"}


def _type(name: str) -> str:
    if name in _ARRAYS:
        return "text[]"
    if name in _TIMES:
        return "timestamptz[]"
    return {"erroneous": "boolean", "event_time": "timestamptz", "body": "jsonb"}.get(name, "text")


_COLUMNS = ", ".join(_NAMES)
_ADD = f"""
INSERT INTO epcis_event (tenant, record_time, {_COLUMNS})
SELECT $1, $2, {_COLUMNS} FROM ROWS FROM (
    jsonb_to_recordset($3::jsonb) AS ({", ".join(f"{name} {_type(name)}" for name in _NAMES)})
) WITH ORDINALITY AS given ({_COLUMNS}, place)
ORDER BY place
ON CONFLICT (tenant, hash, erroneous) DO NOTHING
RETURNING hash, erroneous
"""
_HOLDERS = """
SELECT event_id, hash FROM epcis_event
WHERE tenant = $1 AND event_id = ANY($2::text[]) AND NOT erroneous
UNION ALL SELECT event_id, hash FROM epcis_other_id
WHERE tenant = $1 AND event_id = ANY($2::text[])
"""
_ADD_OTHERS = """
INSERT INTO epcis_other_id (tenant, event_id, hash)
SELECT $1, given.event_id, given.hash FROM unnest($2::text[], $3::text[]) AS given (event_id, hash)
JOIN epcis_event AS event ON event.tenant = $1 AND event.hash = given.hash AND NOT event.erroneous
    AND event.event_id <> given.event_id
ON CONFLICT DO NOTHING
"""
_JOB = "id, created_at, finished_at, success, behaviour, captured, duplicates, errors"
_LISTED = {"epcs": "unnest(epcs || inputs || outputs || ARRAY[parent])"}
_FOUND = "seq, hash, erroneous, body, record_time"
_PLAIN = ("type", "biz_step", "disposition", "read_point", "biz_location")


class PostgresEpcis:
    """See `engine.epcis_ports.EpcisStore`."""

    def __init__(self, pool: Pool, said: EpcisSaid) -> None:
        self._pool = pool
        self._said = said

    async def capture(
        self,
        tenant: int,
        entries: Sequence[Entry],
        recorded_at: datetime,
        *,
        rollback: bool,
        said: Mapping[int, Concealed] = MappingProxyType({}),
    ) -> Captured:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK_BASE + tenant)
            refused = await _refused(connection, tenant, entries)
            if refused and rollback:
                return Captured([], [], refused)
            good = [index for index in range(len(entries)) if index not in set(refused)]
            body = msgspec.json.encode([entries[index] for index in good]).decode()
            rows = await connection.fetch(_ADD, tenant, recorded_at, body)
            added = {(row["hash"], row["erroneous"]) for row in rows}
            again = [entries[index] for index in good if not entries[index].erroneous]
            if len(again) > sum(not erroneous for _, erroneous in added):
                ids, hashes = [one.event_id for one in again], [one.hash for one in again]
                await connection.execute(_ADD_OTHERS, tenant, ids, hashes)
            told = [(entries[place], one) for place, one in said.items()]
            fresh = [pair for pair in told if (pair[0].hash, pair[0].erroneous) in added]
            await self._said.write(connection, tenant, fresh)
        new: list[int] = []
        known: list[int] = []
        for index in good:
            key = (entries[index].hash, entries[index].erroneous)
            (new if key in added else known).append(index)
            added.discard(key)  # the same event twice in one batch is new only once
        return Captured(new, known, refused)

    async def add_job(self, tenant: int, job: Job) -> Job:
        values = (job.created_at, job.finished_at, job.success, job.behaviour, job.captured,
                  job.duplicates, msgspec.json.encode(job.errors).decode())  # fmt: skip
        async with self._pool.connection() as connection:
            number = await connection.fetchval(
                "INSERT INTO epcis_job (tenant, created_at, finished_at, success, behaviour, "
                "captured, duplicates, errors) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb) "
                "RETURNING id",
                tenant,
                *values,
            )
        return msgspec.structs.replace(job, id=number)

    async def job(self, tenant: int, job: int) -> Job | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_JOB} FROM epcis_job WHERE tenant = $1 AND id = $2", tenant, job
            )
        return None if row is None else _job(row)

    async def jobs(self, tenant: int, offset: int, limit: int) -> list[Job]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_JOB} FROM epcis_job WHERE tenant = $1 "
                "ORDER BY id DESC OFFSET $2 LIMIT $3",
                tenant,
                offset,
                limit,
            )
        return [_job(row) for row in rows]

    async def events(
        self, tenant: int, query: Mapping[str, Any], *, until: int | None, offset: int, limit: int
    ) -> list[Found]:
        where, values = where_of(tenant, query)
        if until is not None:
            values.append(until)
            where += f" AND seq <= ${len(values)}"
        order = order_of(query, values)
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_FOUND} FROM epcis_event WHERE {where} "
                f"ORDER BY {order} OFFSET {offset:d} LIMIT {limit:d}",
                *values,
            )
            return await self._restored(connection, tenant, rows)

    async def count(self, tenant: int, query: Mapping[str, Any]) -> int:
        where, values = where_of(tenant, query)
        async with self._pool.connection() as connection:
            found: int = await connection.fetchval(
                f"SELECT count(*) FROM epcis_event WHERE {where}", *values
            )
        return found

    async def newest(self, tenant: int) -> int:
        async with self._pool.connection() as connection:
            found: int = await connection.fetchval(
                "SELECT coalesce(max(seq), 0) FROM epcis_event WHERE tenant = $1", tenant
            )
        return found

    async def event(self, tenant: int, event_id: str) -> list[Found]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_FOUND} FROM epcis_event WHERE tenant = $1 AND {by_id('$2')} "
                "ORDER BY erroneous, seq",
                tenant,
                [event_id],
            )
            return await self._restored(connection, tenant, rows)

    async def _restored(
        self, connection: asyncpg.Connection, tenant: int, rows: Sequence[asyncpg.Record]
    ) -> list[Found]:
        """Events as they were sent, as far as that was not erased."""
        said = await self._said.read(connection, tenant, {row["hash"] for row in rows})
        return [
            Found(row["seq"], said.get((row["hash"], row["erroneous"])) or _object(row["body"]),
                  row["record_time"])
            for row in rows
        ]  # fmt: skip

    async def values(self, tenant: int, what: str, offset: int, limit: int) -> list[str]:
        assert what in _PLAIN or what in _LISTED
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT value FROM ("
                f"SELECT DISTINCT {_LISTED.get(what, what)} AS value FROM epcis_event "
                "WHERE tenant = $1) AS listed WHERE value IS NOT NULL "
                'ORDER BY value COLLATE "C" OFFSET $2 LIMIT $3',
                tenant,
                offset,
                limit,
            )
        return [row["value"] for row in rows]

    async def save_query(self, tenant: int, name: str, query: Mapping[str, Any]) -> bool:
        async with self._pool.connection() as connection:
            found = await connection.fetchval(
                "INSERT INTO epcis_query (tenant, name, query) VALUES ($1, $2, $3::jsonb) "
                "ON CONFLICT DO NOTHING RETURNING true",
                tenant,
                name,
                msgspec.json.encode(query).decode(),
            )
        return bool(found)

    async def query(self, tenant: int, name: str) -> dict[str, Any] | None:
        async with self._pool.connection() as connection:
            found = await connection.fetchval(
                "SELECT query FROM epcis_query WHERE tenant = $1 AND name = $2", tenant, name
            )
        return None if found is None else _object(found)

    async def queries(
        self, tenant: int, offset: int, limit: int
    ) -> list[tuple[str, dict[str, Any]]]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT name, query FROM epcis_query WHERE tenant = $1 "
                "ORDER BY name OFFSET $2 LIMIT $3",
                tenant,
                offset,
                limit,
            )
        return [(row["name"], _object(row["query"])) for row in rows]

    async def delete_query(self, tenant: int, name: str) -> bool:
        async with self._pool.connection() as connection:
            found = await connection.fetchval(
                "WITH unsubscribed AS (DELETE FROM subscription WHERE id IN ("
                "SELECT subscription FROM epcis_subscription WHERE tenant = $1 AND query = $2)) "
                "DELETE FROM epcis_query WHERE tenant = $1 AND name = $2 RETURNING true",
                tenant,
                name,
            )
        return bool(found)


# Captures of one tenant wait for each other, so that two cannot take one event ID.
_LOCK_BASE = 7_105_461_005 << 16


async def _refused(
    connection: asyncpg.Connection, tenant: int, entries: Sequence[Entry]
) -> list[int]:
    """Positions of events whose ID is another event's. A declaration shares that of its event."""
    rows = await connection.fetch(_HOLDERS, tenant, [one.event_id for one in entries])
    holders = {row["event_id"]: row["hash"] for row in rows}
    found = []
    for index, one in enumerate(entries):
        if not one.erroneous and holders.setdefault(one.event_id, one.hash) != one.hash:
            found.append(index)
    return found


def _object(text: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(text)
    return found


def _job(row: asyncpg.Record) -> Job:
    errors = msgspec.json.decode(row["errors"])
    return Job(**{**dict(row), "errors": errors})
