"""What is in what, in PostgreSQL: the changes, and the stretches that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import asyncpg

from milepost.domain.telemetry import EVERYTHING, Change, Contained
from milepost.engine.telemetry import ChangesListener
from milepost.sensing.containment import ACTIONS, intervals
from milepost.stores.postgres.gathering import Gathering
from milepost.stores.postgres.pool import Pool

_LOCK = 7_105_461_006  # any number that only we use; with the tenant's, so that one waits for one
_ADD = """
INSERT INTO containment_change (tenant, child, parent, at_us, action, source, confidence_pm)
SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::bigint[], $5::smallint[], $6::text[],
    $7::smallint[])
ON CONFLICT DO NOTHING RETURNING tenant, child, parent, at_us, action, source, confidence_pm
"""
_COLUMNS = "child, parent, at_us, action, source, confidence_pm"
_CHANGES = f"""
SELECT {_COLUMNS} FROM containment_change WHERE tenant = $1 AND child = ANY($2::text[])
"""
_EMPTIED = f"""
SELECT {_COLUMNS} FROM containment_change
WHERE tenant = $1 AND child = '*' AND parent = ANY($2::text[])
"""
_INSIDE = """
SELECT DISTINCT c.child FROM unnest($2::text[], $3::bigint[]) AS emptied (parent, at_us)
JOIN containment c ON c.tenant = $1 AND c.parent = emptied.parent AND c.from_us <= emptied.at_us
    AND coalesce(c.until_us, 9223372036854775807) >= emptied.at_us
"""
_INTERVAL = "child, parent, from_us, until_us, seen_us, began, ended, confidence_pm"
_OF = f"""
SELECT {_INTERVAL} FROM containment
WHERE tenant = $1 AND child = ANY($2::text[]) ORDER BY from_us, until_us, parent
"""
_WITHIN = f"""
SELECT {_INTERVAL} FROM containment
WHERE tenant = $1 AND parent = ANY($2::text[]) AND from_us <= $4
    AND coalesce(until_us, 9223372036854775807) >= $3 AND starts_with(child, $5)
ORDER BY from_us, child
"""


class _Wanted(NamedTuple):
    tenant: int
    changes: Sequence[Change]


class _Shared:
    def __init__(self, pool: Pool) -> None:
        self.listeners: list[ChangesListener] = []
        self.queue: Gathering[_Wanted, int] = Gathering(self._write)
        self._pool = pool

    async def _write(self, calls: list[_Wanted]) -> list[int]:
        tenants = sorted({call.tenant for call in calls})
        async with self._pool.connection() as connection, connection.transaction():
            for tenant in tenants:
                await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK + tenant)
            new = await _add(connection, calls)
            for tenant in tenants:
                await _settle(connection, tenant, [one for whose, one in new if whose == tenant])
        return [_count(call, new) for call in calls]


class PostgresContainment:
    """See `engine.telemetry.Containment`. All over one pool share queue and listeners."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._shared: _Shared = pool.shared.setdefault("containment", _Shared(pool))

    def listen(self, listener: ChangesListener) -> None:
        """Be told of changes once they are durable."""
        self._shared.listeners.append(listener)

    def unlisten(self, listener: ChangesListener) -> None:
        self._shared.listeners.remove(listener)

    async def record(self, tenant: int, changes: Sequence[Change]) -> int:
        """Take changes; how many of them were new. Durable when it returns."""
        if not changes:
            return 0
        new = await self._shared.queue.add(_Wanted(tenant, changes))
        for listener in self._shared.listeners:
            listener(tenant, changes)
        return new

    async def of(self, tenant: int, children: Sequence[str]) -> dict[str, list[Contained]]:
        """What each child was in, oldest first."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_OF, tenant, list(children))
        return _by(rows, 0)

    async def within(
        self, tenant: int, parents: Sequence[str], from_us: int, until_us: int, prefix: str = ""
    ) -> dict[str, list[Contained]]:
        """What (of names with a prefix) was in each parent at any time of the stretch."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_WITHIN, tenant, list(parents), from_us, until_us, prefix)
        return _by(rows, 1)


async def _add(connection: asyncpg.Connection, calls: Iterable[_Wanted]) -> set[tuple[int, Change]]:
    wanted = {(call.tenant, one) for call in calls for one in call.changes}
    columns = zip(*((tenant, *_row(one)) for tenant, one in wanted), strict=True)
    rows = await connection.fetch(_ADD, *map(list, columns))
    return {(row[0], _change(row[1:])) for row in map(tuple, rows)}


async def _settle(connection: asyncpg.Connection, tenant: int, new: list[Change]) -> None:
    """Find the stretches of every child that the new changes concern once more."""
    emptied = [one for one in new if one.child == EVERYTHING]
    children = {one.child for one in new} - {EVERYTHING}
    if emptied:
        parents, times = [one.parent for one in emptied], [one.at_us for one in emptied]
        rows = await connection.fetch(_INSIDE, tenant, parents, times)
        children |= {row[0] for row in rows}
    if not children:
        return
    found = await _stretches(connection, tenant, sorted(children))
    await connection.execute(
        "DELETE FROM containment WHERE tenant = $1 AND child = ANY($2::text[])",
        tenant,
        sorted(children),
    )
    await connection.copy_records_to_table(
        "containment",
        records=[(tenant, *one) for one in found],
        columns=["tenant", *Contained._fields],
    )


async def _stretches(
    connection: asyncpg.Connection, tenant: int, children: list[str]
) -> list[Contained]:
    told: dict[str, list[Change]] = {child: [] for child in children}
    for row in await connection.fetch(_CHANGES, tenant, children):
        told[row[0]].append(_change(row))
    parents = {one.parent for changes in told.values() for one in changes}
    emptied: dict[str, list[Change]] = {}
    for row in await connection.fetch(_EMPTIED, tenant, sorted(parents)):
        emptied.setdefault(row[1], []).append(_change(row))
    found: list[Contained] = []
    for changes in told.values():
        mine = {one.parent for one in changes}
        found += intervals(changes, (one for parent in mine for one in emptied.get(parent, ())))
    return found


def _row(change: Change) -> tuple[Any, ...]:
    action = ACTIONS.index(change.action)
    return (
        change.child, change.parent, change.at_us, action, change.source, change.confidence_pm
    )  # fmt: skip


def _change(row: Sequence[Any]) -> Change:
    child, parent, at_us, action, source, confidence_pm = row
    return Change(child, parent, at_us, ACTIONS[action], source, confidence_pm)


def _count(call: _Wanted, new: set[tuple[int, Change]]) -> int:
    """How many of a call's changes are new; of two calls with the same, the first has it new."""
    mine = new.intersection((call.tenant, one) for one in call.changes)
    new -= mine
    return len(mine)


def _by(rows: Iterable[Any], column: int) -> dict[str, list[Contained]]:
    found: dict[str, list[Contained]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(Contained(*row))
    return found
