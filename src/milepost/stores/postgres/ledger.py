"""The ledger in PostgreSQL: groups in, roads and lists out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import asyncpg
import msgspec

from milepost.domain.alert import Finding
from milepost.domain.event import Event, pack_body, unpack_body
from milepost.domain.scan import Facts
from milepost.engine.ports import (
    AlertChange,
    Announcement,
    FactRow,
    Group,
    Link,
    ListFilter,
    OpenAlert,
    Raw,
    Row,
    ShipmentRow,
    UnreadRow,
)
from milepost.engine.redact import restored, restored_facts
from milepost.stores.postgres import listing
from milepost.stores.postgres.chaining import PostgresChain
from milepost.stores.postgres.copying import (
    JOURNAL_COLUMNS,
    RAW_COLUMNS,
    day_of,
    journal_rows,
    raw_rows,
)
from milepost.stores.postgres.migrate import migrate
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.raws import RawSealing
from milepost.stores.postgres.texts import TEXT, TEXTS_AS_ROWS, PostgresTexts

_pack_facts = msgspec.msgpack.Encoder().encode
_unpack_facts = msgspec.msgpack.Decoder(Facts).decode

ROW_COLUMNS = (
    "tenant, raw, parcel, fingerprint, at_us, offset_min, quality, code, received_us, "
    "reference, body"
)
_ROAD = f"""
SELECT {ROW_COLUMNS}
FROM journal WHERE parcel = ANY($1::bigint[]) AND tenant = $2 AND day >= $3
ORDER BY at_us, code, fingerprint
"""
# Facts come as rows of the same shape, told apart by a code that no event has.
_FACT = -1
_ROAD_AND_FACTS = f"""
SELECT {ROW_COLUMNS}
FROM journal WHERE parcel = ANY($1::bigint[]) AND tenant = $2 AND day >= $3
UNION ALL
SELECT tenant, NULL, parcel, 0, observed_us, NULL, 0, {_FACT}, 0, NULL, body
FROM fact WHERE parcel = ANY($1::bigint[]) AND tenant = $2
"""
_PRIVATE = _ROAD_AND_FACTS + TEXTS_AS_ROWS
_SINCE = f"""
SELECT {ROW_COLUMNS}
FROM journal WHERE seq > $1 ORDER BY seq
"""
_SAVE = """
INSERT INTO shipment AS s (id, tenant, number, carrier, order_number, main, code, since_s, last_s,
    first_day, alerts, state, covers_seq, created_us)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::smallint[],
    $7::smallint[], $8::bigint[], $9::bigint[], $10::date[], $11::smallint[],
    $12::bytea[], $13::bigint[], $14::bigint[])
ON CONFLICT (id) DO UPDATE SET number = excluded.number,
    carrier = coalesce(excluded.carrier, s.carrier),
    order_number = coalesce(excluded.order_number, s.order_number),
    main = excluded.main, code = excluded.code, since_s = excluded.since_s,
    last_s = excluded.last_s, first_day = least(s.first_day, excluded.first_day),
    alerts = excluded.alerts, state = excluded.state, covers_seq = excluded.covers_seq,
    sealed_day = NULL,
    created_us = least(s.created_us, excluded.created_us)
"""
_ALL = f"SELECT {listing.COLUMNS} FROM shipment WHERE sealed_day IS NULL"
_LINK = """
INSERT INTO link (tenant, number, parcel, road, shipment, carrier, box, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, number) DO UPDATE SET
    road = excluded.road, shipment = excluded.shipment,
    carrier = coalesce(excluded.carrier, link.carrier),
    box = excluded.box, position = excluded.position
"""
CHUNK = 5_000


class Private(NamedTuple):
    """How what is personal in a commit is kept."""

    texts: PostgresTexts
    raws: RawSealing


class PostgresLedger:
    """See `engine.ports.Ledger`."""

    def __init__(
        self, pool: Pool, chain: PostgresChain | None = None, private: Private | None = None
    ) -> None:
        self.pool = pool
        self._chain = chain
        self._private = private
        self.keeps_verbatim = private is not None
        self._days: set[date] = set()
        self._shards = 0

    async def open(self) -> None:
        """Bring the schema up to date."""
        async with self.pool.connection() as connection:
            await migrate(connection)
            if self._chain is not None:
                await self._chain.open(connection)

    async def commit(self, shard: int, group: Group) -> int:
        async with self.pool.connection() as connection:
            if group.seq is None:
                group.seq = await connection.fetchval("SELECT nextval('commit_sequence')")
            elif await _committed(connection, group.seq):
                return self._settled(group.seq)
            await self._partitions(connection, group)
            # A first try whose answer was lost may still have been under way: then this one waits
            # for it, and finds its number taken.
            try:
                async with connection.transaction():
                    raws = await self._keep_private(connection, group)
                    await _write(connection, shard, group, raws, group.seq, self._chain)
            except asyncpg.UniqueViolationError as error:
                if error.constraint_name != "journal_commit_pkey":
                    raise
                if self._private is not None:
                    self._private.raws.give_up()
            return self._settled(group.seq)

    def _settled(self, seq: int) -> int:
        if self._chain is not None:
            self._chain.settle(seq)
        if self._private is not None:
            self._private.raws.settle()
        return seq

    async def _keep_private(self, connection: asyncpg.Connection, group: Group) -> Sequence[Raw]:
        """Write what goes into the vault; the raw payloads as they are to be kept."""
        if self._private is None:
            return group.raws
        if group.sealed or group.mentions:
            await self._private.texts.write(
                connection, group.sealed, group.mentions, _newest_us(group)
            )
        return await self._private.raws.seal(connection, group.raws)

    async def _partitions(self, connection: asyncpg.Connection, group: Group) -> None:
        days = {day_of(row.event.received_us) for row in group.rows[:1] + group.rows[-1:]}
        days |= {day_of(raw.received_us) for raw in group.raws[:1] + group.raws[-1:]}
        if group.sealed and not group.rows:
            days.add(day_of(_newest_us(group)))
        if days:
            days.add(max(days) + timedelta(days=1))  # midnight may lie within the next group
        for day in sorted(days - self._days):
            await _make_partitions(connection, day)
            self._days.add(day)

    async def reserve_raw_ids(self) -> range:
        async with self.pool.connection() as connection:
            first = await connection.fetchval("SELECT nextval('raw_sequence')")
        return range(first, first + 1000)

    async def road(self, tenant: int, parcels: Sequence[int], since: date) -> list[Row]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(_ROAD, parcels, tenant, since)
        return [row_of(row) for row in rows]

    async def road_and_facts(
        self, tenant: int, parcels: Sequence[int], since: date, private: bool = False
    ) -> tuple[list[Row], list[FactRow]]:
        texts = self._private.texts if self._private is not None and private else None
        sql = _ROAD_AND_FACTS if texts is None else _PRIVATE
        async with self.pool.connection() as connection:
            found = await connection.fetch(sql, parcels, tenant, since)
        rows = [row_of(row) for row in found if row[7] >= 0]
        said = texts.opened(row for row in found if row[7] == TEXT) if texts is not None else {}
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
                "SELECT parcel, tenant, observed_us, source, body FROM fact "
                "WHERE parcel = ANY($1::bigint[]) AND tenant = $2 ORDER BY observed_us, body",
                parcels,
                tenant,
            )
        return [_fact_row(row) for row in rows]

    async def all_facts(self, tenant: int | None = None) -> AsyncIterator[Sequence[FactRow]]:
        where, values = ("cared", ()) if tenant is None else ("tenant = $1", (tenant,))
        sql = (
            "SELECT parcel, tenant, observed_us, source, body FROM fact "
            f"WHERE {where} ORDER BY parcel, observed_us, body"
        )
        async with self.pool.connection() as connection, connection.transaction():
            cursor = await connection.cursor(sql, *values)
            while rows := await cursor.fetch(CHUNK):
                yield [_fact_row(row) for row in rows]

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

    async def save_shipments(self, rows: Sequence[ShipmentRow], gone: Sequence[int]) -> None:
        async with self.pool.connection() as connection, connection.transaction():
            if rows:
                await connection.execute(_SAVE, *map(list, zip(*rows, strict=True)))
            if gone:
                await connection.execute(
                    "DELETE FROM shipment WHERE id = ANY($1::bigint[])", list(gone)
                )

    async def begin_checkpoint(self, shard: int, shards: int) -> int:
        self._shards = shards
        async with self.pool.connection() as connection, connection.transaction():
            # All begin one after the other, so that none counts from behind another's back.
            await connection.execute("LOCK TABLE checkpoint IN EXCLUSIVE MODE")
            await connection.execute(_BEGIN_CHECKPOINT, shard)
            return int(await connection.fetchval("SELECT min(seq) FROM checkpoint"))

    async def save_checkpoint(self, shard: int, seq: int) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO checkpoint VALUES ($1, $2) "
                "ON CONFLICT (shard) DO UPDATE SET seq = excluded.seq",
                shard,
                seq,
            )
            await connection.execute(_FORGET_FORMER, self._shards)

    async def checkpoint(self) -> int:
        async with self.pool.connection() as connection:
            return int(await connection.fetchval("SELECT coalesce(min(seq), 0) FROM checkpoint"))

    async def all_shipments(self) -> AsyncIterator[Sequence[ShipmentRow]]:
        async with self.pool.connection() as connection, connection.transaction():
            cursor = await connection.cursor(_ALL)
            while rows := await cursor.fetch(CHUNK):
                yield [ShipmentRow(*row) for row in rows]

    async def journal_since(self, seq: int) -> AsyncIterator[Sequence[Row]]:
        async with self.pool.connection() as connection, connection.transaction():
            cursor = await connection.cursor(_SINCE, seq)
            while rows := await cursor.fetch(CHUNK):
                yield [row_of(row) for row in rows]

    async def list_shipments(self, tenant: int, wanted: ListFilter) -> list[ShipmentRow]:
        sql, values = listing.query(tenant, wanted)
        async with self.pool.connection() as connection, connection.transaction(readonly=True):
            if wanted.text:  # see listing._by_text
                await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            return [ShipmentRow(*row) for row in await connection.fetch(sql, *values)]

    async def shipment(self, tenant: int, shipment: int) -> ShipmentRow | None:
        async with self.pool.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {listing.COLUMNS} FROM shipment WHERE id = $1 AND tenant = $2",
                shipment,
                tenant,
            )
        return None if row is None else ShipmentRow(*row)

    async def numbers_of_order(self, tenant: int, order_number: str) -> list[str]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT number FROM shipment WHERE tenant = $1 AND order_number = $2 "
                "ORDER BY created_us, number LIMIT 200",
                tenant,
                order_number,
            )
        return [row["number"] for row in rows]

    async def names_of(self, roads: Sequence[int]) -> dict[int, tuple[int, str]]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, number FROM shipment WHERE id = ANY($1::bigint[])", list(roads)
            )
        return {row["id"]: (row["tenant"], row["number"]) for row in rows}

    async def open_alerts(self) -> list[OpenAlert]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT shipment, rule, severity, opened_s, detail::text FROM alert "
                "WHERE cleared_s IS NULL"
            )
        return [_open_alert(row) for row in rows]

    async def ping(self) -> None:
        async with self.pool.connection() as connection:
            await connection.fetchval("SELECT 1")


# A shard that has never written counts from where the others are complete, else from the start.
_BEGIN_CHECKPOINT = """
INSERT INTO checkpoint SELECT $1, coalesce(min(seq), 0) FROM checkpoint ON CONFLICT DO NOTHING
"""
# Shards of a former, larger number hold the replay back until all of today's are past them.
_FORGET_FORMER = """
DELETE FROM checkpoint WHERE shard >= $1 AND seq < (
    SELECT min(seq) FROM checkpoint WHERE shard < $1 HAVING count(*) = $1)
"""


async def _committed(connection: asyncpg.Connection, seq: int) -> bool:
    found = await connection.fetchval("SELECT 1 FROM journal_commit WHERE seq = $1", seq)
    return found is not None


async def _make_partitions(connection: asyncpg.Connection, day: date) -> None:
    name = day.strftime("%Y%m%d")
    until = day + timedelta(days=1)
    for table in ("journal", "raw", "vault_text"):
        await connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table}_{name} PARTITION OF {table} "
            f"FOR VALUES FROM ('{day}') TO ('{until}')"
        )
    await connection.execute(
        f"CREATE INDEX IF NOT EXISTS journal_{name}_parcel ON journal_{name} (parcel);"
        f"CREATE INDEX IF NOT EXISTS vault_text_{name}_road ON vault_text_{name} (road);"
        f"CREATE INDEX IF NOT EXISTS journal_{name}_seq ON journal_{name} USING brin (seq)"
        " WITH (pages_per_range = 32, autosummarize = on);"
        f"CREATE INDEX IF NOT EXISTS raw_{name}_id ON raw_{name} USING brin (id)"
        " WITH (pages_per_range = 32, autosummarize = on)"
    )


async def _write(
    connection: asyncpg.Connection,
    shard: int,
    group: Group,
    raws: Sequence[Raw],
    seq: int,
    chain: PostgresChain | None,
) -> None:
    await connection.execute(
        "INSERT INTO journal_commit (seq, shard, events) VALUES ($1, $2, $3)",
        seq,
        shard,
        len(group.rows),
    )
    if group.rows:
        bodies = [pack_body(row.event.body) for row in group.rows]
        stream = journal_rows(group.rows, bodies, seq)
        await _copy(connection, "journal", JOURNAL_COLUMNS, stream)
        if chain is not None:
            await chain.write(connection, shard, seq, group.rows, bodies)
    if raws:
        await _copy(connection, "raw", RAW_COLUMNS, raw_rows(raws))
    await _write_small(connection, group)


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    """One piece. (A file would be read in another thread, which costs more than it frees.)"""
    yield data


async def _copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], data: bytes
) -> None:
    await connection.copy_to_table(table, source=_whole(data), columns=columns, format="binary")


async def _write_small(connection: asyncpg.Connection, group: Group) -> None:
    if group.unread:
        await connection.copy_records_to_table(
            "unread", records=group.unread, columns=list(UnreadRow._fields)
        )
    if group.facts:
        records = [
            (*fact[:4], _pack_facts(fact.facts), bool(fact.facts.categories))
            for fact in group.facts
        ]
        columns = ["parcel", "tenant", "observed_us", "source", "body", "cared"]
        await connection.copy_records_to_table("fact", records=records, columns=columns)
    for wave in _waves(group.alerts):
        await _write_alerts(connection, wave)
    if group.outbox:
        await connection.copy_records_to_table(
            "outbox", records=group.outbox, columns=list(Announcement._fields)
        )


def _waves(changes: Sequence[AlertChange]) -> list[list[AlertChange]]:
    """Changes of one alert stay in their order: the first of each alert, the second of each …"""
    waves: list[list[AlertChange]] = []
    seen: dict[tuple[int, str], int] = {}
    for change in changes:
        key = (change.shipment, change.rule)
        turn = seen[key] = seen.get(key, -1) + 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(change)
    return waves


async def _write_alerts(connection: asyncpg.Connection, changes: Sequence[AlertChange]) -> None:
    cleared = [(c.shipment, c.rule, c.cleared_s) for c in changes if c.finding is None]
    opened = [
        (
            c.tenant, c.shipment, c.number, c.rule, c.finding.severity, c.finding.since_s,
            msgspec.json.encode(c.finding.detail).decode(),
        )
        for c in changes
        if c.finding is not None
    ]  # fmt: skip
    if cleared:
        await connection.executemany(
            "UPDATE alert SET cleared_s = $3 "
            "WHERE shipment = $1 AND rule = $2 AND cleared_s IS NULL",
            cleared,
        )
    if opened:
        await connection.executemany(
            "INSERT INTO alert (tenant, shipment, number, rule, severity, opened_s, detail) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            opened,
        )


def _open_alert(row: Sequence[Any]) -> OpenAlert:
    return OpenAlert(row[0], Finding(row[1], row[2], row[3], msgspec.json.decode(row[4])))


def _fact_row(row: Sequence[Any]) -> FactRow:
    return FactRow(row[0], row[1], row[2], row[3], _unpack_facts(row[4]))


def _fact(row: Sequence[Any]) -> FactRow:
    return FactRow(row[2], row[0], row[4], "", _unpack_facts(row[10]))


def _newest_us(group: Group) -> int:
    if group.rows:
        return group.rows[-1].event.received_us
    return max((one.observed_us for one in group.facts), default=0)


def _verbatim(rows: Sequence[Row], said: Mapping[int, Mapping[str, Any]]) -> list[Row]:
    return [
        row._replace(event=restored(row.event, said.get(row.event.fingerprint))) for row in rows
    ]


def _named(facts: Sequence[FactRow], said: Mapping[int, Mapping[str, Any]]) -> list[FactRow]:
    names = said.get(0, {}).get("names", ())
    return [restored_facts(row, names) for row in facts]


def row_of(row: Sequence[Any]) -> Row:
    """A row of the columns ROW_COLUMNS."""
    (tenant, raw, parcel, fingerprint, at_us, offset_min, quality, code, received_us,
     reference, body) = row  # fmt: skip
    event = Event(
        parcel, fingerprint, at_us, offset_min, quality, code, received_us, reference,
        unpack_body(body),
    )  # fmt: skip
    return Row(tenant, raw, event)


__all__ = ["PostgresLedger", "Raw"]
