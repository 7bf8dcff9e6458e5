"""What needs a person, ranked by money and time left. Kept behind alerts and cases by `renew`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from milepost.stores.postgres.listing import text_conditions
from milepost.stores.postgres.pool import Pool

# Only one process renews at a time; the others find the lock taken and leave it to it.
_LOCK = 7_105_461_012
_TAKE = """
DELETE FROM worry_touched WHERE ctid = ANY(ARRAY(SELECT ctid FROM worry_touched LIMIT 2000))
RETURNING tenant, number
"""
_VERSION = """
INSERT INTO worry_version SELECT DISTINCT one, 1 FROM unnest($1::integer[]) AS one
ON CONFLICT (tenant) DO UPDATE SET version = worry_version.version + 1
"""
_UNKNOWN = """
SELECT w.tenant, w.number, w.road, s.carrier, s.order_number
FROM worry w LEFT JOIN shipment s ON s.tenant = w.tenant AND s.number = w.number
WHERE NOT w.known AND (s.id IS NOT NULL OR w.case_id IS NOT NULL) LIMIT 500
"""
_LEARN = """
UPDATE worry SET carrier = $3, order_number = $4, destination = $5, value_minor = $6, currency = $7,
    weight_us = $8, rank_us = due_us - $8, known = true
WHERE tenant = $1 AND number = $2
"""
_COLUMNS = (
    "w.number, w.road, w.rules, w.severity, w.since_s, w.due_us, w.rank_us, w.case_id, w.case_kind,"
    " w.waits_for, w.owner, w.carrier, w.order_number, w.destination, w.value_minor, w.currency,"
    " w.acknowledged_by, w.snoozed_us"
)
COUNTED = 1_000


class Unknown(NamedTuple):
    """A row into which what is known of its shipment has not been put yet."""

    tenant: int
    number: str
    road: int
    carrier: str | None
    order_number: str | None


class Known(NamedTuple):
    """What is known of a row's shipment. `weight_us`: how far its worth moves it ahead."""

    tenant: int
    number: str
    carrier: str | None
    order_number: str | None
    destination: str | None
    value_minor: int | None
    currency: str | None
    weight_us: int


class Worry(NamedTuple):
    """A number that needs a person. `severity`: 3 critical, 2 warning, 1 info. `sub`: its status
    code, None where no scan is known.
    """

    number: str
    road: int
    rules: Sequence[str]
    severity: int
    since_s: int
    due_us: int
    rank_us: int
    case_id: int | None
    case_kind: str | None
    waits_for: str | None
    owner: str | None
    carrier: str | None
    order_number: str | None
    destination: str | None
    value_minor: int | None
    currency: str | None
    acknowledged_by: str | None
    snoozed_us: int
    code: int | None = None


class WorryFilter(Struct, frozen=True, kw_only=True):
    """Which worries a list shows. `state`: `open` (neither acknowledged nor put off),
    `acknowledged`, `snoozed`, `all`. `due`: due before then. `after`: (rank, number) of the page
    before.
    """

    state: str = "open"
    severity: int | None = None
    rule: str | None = None
    carrier: str | None = None
    owner: str | None = None
    waits_for: str | None = None
    case: bool | None = None
    due_us: int | None = None
    text: str | None = None
    after: tuple[int, str] | None = None
    limit: int = 50


class Worries:
    """The worry list in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def renew(self) -> set[int]:
        """Make anew what was touched; the tenants whose list has changed."""
        async with self._pool.connection() as connection, connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
                return set()
            rows = await connection.fetch(_TAKE)
            if not rows:
                return set()
            whose = [row["tenant"] for row in rows]
            await connection.execute(
                "SELECT worry_renew($1::integer[], $2::text[])",
                whose, [row["number"] for row in rows],
            )  # fmt: skip
            await connection.execute(_VERSION, whose)
        return set(whose)

    async def unknown(self) -> list[Unknown]:
        async with self._pool.connection() as connection:
            return [Unknown(*row) for row in await connection.fetch(_UNKNOWN)]

    async def forget(self, roads: Sequence[int]) -> None:
        """Something more has been said of these shipments: it is to be put in."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE worry SET known = false WHERE road = ANY($1::bigint[]) AND known",
                list(roads),
            )

    async def learn(self, known: Sequence[Known]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.executemany(_LEARN, known)
            await connection.execute(_VERSION, [one.tenant for one in known])

    async def version(self, tenant: int) -> int:
        """A number that grows whenever the tenant's list changes."""
        async with self._pool.connection() as connection:
            found = await connection.fetchval(
                "SELECT version FROM worry_version WHERE tenant = $1", tenant
            )
        return int(found or 0)

    async def list(self, tenant: int, wanted: WorryFilter, now_us: int) -> list[Worry]:
        """One page, the most urgent first."""
        where, values = _where(tenant, wanted, now_us)
        if wanted.after is not None:
            values += wanted.after
            where += f" AND (w.rank_us, w.number) > (${len(values) - 1}, ${len(values)})"
        values.append(wanted.limit)
        sql = (
            f"SELECT {_COLUMNS}, s.code FROM (SELECT * FROM worry w WHERE {where} "
            f"ORDER BY w.rank_us, w.number LIMIT ${len(values)}) AS w "
            "LEFT JOIN shipment s ON s.tenant = w.tenant AND s.number = w.number "
            "ORDER BY w.rank_us, w.number"
        )
        async with self._pool.connection() as connection:
            return [Worry(*row) for row in await connection.fetch(sql, *values)]

    async def count(
        self, tenant: int, wanted: WorryFilter, now_us: int, most: int = COUNTED
    ) -> int:
        """How many there are, counted up to `most`."""
        where, values = _where(tenant, wanted, now_us)
        values.append(most)
        some = f"SELECT FROM worry w WHERE {where} LIMIT ${len(values)}"
        sql = f"SELECT count(*) FROM ({some}) AS found"
        async with self._pool.connection() as connection:
            return int(await connection.fetchval(sql, *values))

    async def find(self, tenant: int, numbers: Sequence[str]) -> dict[str, Worry]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_COLUMNS}, s.code FROM worry w "
                "LEFT JOIN shipment s ON s.tenant = w.tenant AND s.number = w.number "
                "WHERE w.tenant = $1 AND w.number = ANY($2::text[])",
                tenant, list(numbers),
            )  # fmt: skip
        return {row["number"]: Worry(*row) for row in rows}

    async def put(
        self,
        tenant: int,
        numbers: Sequence[str],
        acknowledged_by: Sequence[str | None],
        snoozed_us: Sequence[int],
    ) -> None:
        """Set who has acknowledged each number, and until when each is put off."""
        await self._do(
            "UPDATE worry w SET acknowledged_by = one.who, snoozed_us = one.until "
            "FROM unnest($2::text[], $3::text[], $4::bigint[]) AS one (number, who, until) "
            "WHERE w.tenant = $1 AND w.number = one.number",
            tenant, list(numbers), list(acknowledged_by), list(snoozed_us),
        )  # fmt: skip

    async def hold(self, tenant: int, numbers: Sequence[str], act: int | None) -> None:
        """Out of the list while an act on them can still be undone; back with None."""
        await self._do(
            "UPDATE worry SET act = $3 WHERE tenant = $1 AND number = ANY($2::text[])",
            tenant, list(numbers), act,
        )  # fmt: skip

    async def _do(self, sql: str, tenant: int, *values: Any) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(sql, tenant, *values)
            await connection.execute(_VERSION, [tenant])


_EQUAL = ("severity", "carrier", "owner", "waits_for")
_STATES = {
    "open": "w.acknowledged_by IS NULL AND w.snoozed_us <= {now}",
    "acknowledged": "w.acknowledged_by IS NOT NULL",
    "snoozed": "w.snoozed_us > 0 AND w.snoozed_us > {now}",
    "all": "true",
}


def _where(tenant: int, wanted: WorryFilter, now_us: int) -> tuple[str, list[Any]]:
    values: list[Any] = [tenant]

    def bind(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    state = _STATES.get(wanted.state, _STATES["open"])
    where = ["w.tenant = $1", "w.act IS NULL", "true"]
    where.append(state.format(now=bind(now_us)) if "{now}" in state else state)
    columns = ((name, getattr(wanted, name)) for name in _EQUAL)
    where += [f"w.{name} = {bind(value)}" for name, value in columns if value is not None]
    if wanted.rule is not None:
        where.append(f"w.rules @> ARRAY[{bind(wanted.rule)}::text]")
    if wanted.case is not None:
        where.append(f"w.case_id IS {'NOT ' if wanted.case else ''}NULL")
    if wanted.due_us is not None:
        where.append(f"w.due_us < {bind(wanted.due_us)}")
    if wanted.text:
        found = text_conditions("w.", "$1", wanted.text, bind, road="w.road")
        where.append(f"({' OR '.join(found)})")
    return " AND ".join(where), values
