"""One transaction for all of a group: journal, raw payloads, facts, alerts, outbox, vault."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import asyncpg
import msgspec

from milepost.domain.event import pack_body
from milepost.engine.rows import AlertChange, Announcement, Group, Raw, UnreadRow
from milepost.stores.postgres.chaining import PostgresChain
from milepost.stores.postgres.copying import (
    JOURNAL_COLUMNS,
    RAW_COLUMNS,
    day_of,
    journal_pieces,
    raw_rows,
)
from milepost.stores.postgres.partitions import make_partitions
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.raws import RawSealing
from milepost.stores.postgres.texts import PostgresTexts

_pack_facts = msgspec.msgpack.Encoder().encode


class Private(NamedTuple):
    """How what is personal in a commit is kept."""

    texts: PostgresTexts
    raws: RawSealing


class Commits:
    """Writes groups; knows whether a commit whose answer was lost has happened."""

    def __init__(
        self,
        pool: Pool,
        chain: PostgresChain | None = None,
        private: Private | None = None,
        urgent: Pool | None = None,
    ) -> None:
        """`urgent`: connections of commits and questions alone, so that neither waits for work
        that nobody waits for.
        """
        self.pool = pool
        self.urgent = urgent or pool
        self._chain = chain
        self._private = private
        self._days: set[date] = set()

    async def commit(self, shard: int, group: Group) -> int:
        async with self.urgent.connection() as connection:
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
            await make_partitions(connection, day)
            self._days.add(day)


async def _committed(connection: asyncpg.Connection, seq: int) -> bool:
    found = await connection.fetchval("SELECT 1 FROM journal_commit WHERE seq = $1", seq)
    return found is not None


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
        await _copy(connection, "journal", JOURNAL_COLUMNS, journal_pieces(group.rows, bodies, seq))
        if chain is not None:
            await chain.write(connection, shard, seq, group.rows, bodies)
    if raws:
        await _copy(connection, "raw", RAW_COLUMNS, [raw_rows(raws)])
    await _write_small(connection, group)


async def _in_turns(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Piece by piece. (A file would be read in another thread, which costs more than it frees.)"""
    for number, piece in enumerate(pieces):
        if number:
            await asyncio.sleep(0)
        yield piece


async def _copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], pieces: Iterable[bytes]
) -> None:
    source = _in_turns(pieces)
    await connection.copy_to_table(table, source=source, columns=columns, format="binary")


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
    if group.moved:
        await _move_alerts(connection, group.moved)
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
            msgspec.json.encode(c.finding.detail).decode(), list(c.because),
        )
        for c in changes
        if c.finding is not None
    ]  # fmt: skip
    if cleared:
        await connection.executemany(
            "UPDATE alert SET cleared_s = greatest($3, opened_s) "
            "WHERE shipment = $1 AND rule = $2 AND cleared_s IS NULL",
            cleared,
        )
    if opened:
        await connection.executemany(
            "INSERT INTO alert "
            "(tenant, shipment, number, rule, severity, opened_s, detail, because) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            opened,
        )


async def _move_alerts(connection: asyncpg.Connection, changes: Sequence[AlertChange]) -> None:
    await connection.executemany(
        "UPDATE alert SET opened_s = $3 WHERE shipment = $1 AND rule = $2 AND cleared_s IS NULL",
        [(one.shipment, one.rule, one.finding.since_s) for one in changes if one.finding],
    )


def _newest_us(group: Group) -> int:
    if group.rows:
        return group.rows[-1].event.received_us
    return max((one.observed_us for one in group.facts), default=0)
