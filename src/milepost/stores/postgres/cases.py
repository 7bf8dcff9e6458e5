"""Cases and their steps. See `engine.cases.desk.CaseStore`."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from milepost.domain.alert import Finding
from milepost.domain.case import Case, Step
from milepost.engine.cases.ports import CaseFilter, CaseRow, StepRow
from milepost.engine.rows import AlertChange, Announcement
from milepost.stores.postgres.pool import Pool

_case = msgspec.json.Decoder(Case).decode
step_of = msgspec.json.Decoder(Step).decode
COLUMNS = "c.id, c.tenant, c.road, c.body::text, c.digest"
_ADD = """
INSERT INTO case_file (id, tenant, road, number, kind, rule, owner, waits_for, deadline_us, closed,
    key, steps, digest, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (tenant, key) WHERE key IS NOT NULL DO NOTHING RETURNING id
"""
_CHANGE = """
UPDATE case_file SET owner = $4, waits_for = $5, deadline_us = $6, closed = $7, steps = $8,
    digest = $9, body = $10
WHERE tenant = $1 AND id = $2 AND steps = $3 RETURNING id
"""
_LIST = f"""
SELECT {COLUMNS} FROM case_file AS c
WHERE tenant = $1 AND ($2::text[] IS NULL OR number = ANY($2)) AND ($3::text IS NULL OR kind = $3)
    AND ($4::text IS NULL OR owner = $4) AND ($5::text IS NULL OR waits_for = $5)
    AND ($6::boolean IS NULL OR closed <> $6) AND ($7::bigint IS NULL OR id < $7)
ORDER BY id DESC LIMIT $8
"""
# Alerts that stand and should have a case: the server may have died between the two.
_UNOPENED = """
SELECT a.tenant, a.shipment, a.number, a.rule, a.severity, a.opened_s, a.detail::text
FROM alert a
WHERE a.cleared_s IS NULL
    AND (a.severity = 'critical' OR (a.severity = 'warning' AND a.tenant = ANY($1::integer[])))
    AND NOT EXISTS (SELECT FROM case_file c WHERE c.tenant = a.tenant
        AND c.key = 'alert:' || a.shipment || ':' || a.rule || ':' || a.opened_s)
ORDER BY a.id DESC LIMIT $2
"""
_UNENDED = """
SELECT c.tenant, c.road, c.number, c.rule FROM case_file c
WHERE c.kind = 'alert' AND NOT c.closed AND c.rule IS NOT NULL
    AND NOT EXISTS (SELECT FROM alert a WHERE a.tenant = c.tenant AND a.number = c.number
        AND a.rule = c.rule AND a.cleared_s IS NULL)
ORDER BY c.id DESC LIMIT $1
"""
# See the index case_overdue.
_OVERDUE = f"""
SELECT {COLUMNS} FROM case_file AS c
WHERE NOT closed AND (body->>'overdue_us')::bigint IS DISTINCT FROM deadline_us
    AND deadline_us < $1 ORDER BY deadline_us LIMIT $2
"""
MOST_LEFT = 10_000


class PostgresCases:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def reserve(self) -> int:
        async with self._pool.connection() as connection:
            return int(await connection.fetchval("SELECT nextval('case_sequence')"))

    async def add(
        self, row: CaseRow, step: StepRow, told: Sequence[Announcement], key: str | None
    ) -> bool:
        case = row.case
        values = (row.id, row.tenant, row.road, case.number, case.kind, case.rule, case.owner,
                  case.waits_for, case.deadline_us, not case.open, key, case.steps, row.digest,
                  _json(case))  # fmt: skip
        async with self._pool.connection() as connection, connection.transaction():
            if await connection.fetchval(_ADD, *values) is None:
                return False
            await _write(connection, row, step, told)
            return True

    async def find(self, tenant: int, case: int) -> CaseRow | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {COLUMNS} FROM case_file AS c WHERE tenant = $1 AND id = $2", tenant, case
            )
        return row_of(row) if row is not None else None

    async def append(
        self, before: CaseRow, row: CaseRow, step: StepRow, told: Sequence[Announcement]
    ) -> bool:
        case = row.case
        values = (row.tenant, row.id, before.case.steps, case.owner, case.waits_for,
                  case.deadline_us, not case.open, case.steps, row.digest, _json(case))  # fmt: skip
        async with self._pool.connection() as connection, connection.transaction():
            if await connection.fetchval(_CHANGE, *values) is None:
                return False
            await _write(connection, row, step, told)
            return True

    async def steps(self, tenant: int, case: int) -> list[StepRow]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT s.body, s.digest FROM case_step s JOIN case_file c ON c.id = s.case_id "
                "WHERE c.tenant = $1 AND c.id = $2 ORDER BY s.position",
                tenant,
                case,
            )
        return [StepRow(step_of(row[0]), row[1]) for row in rows]

    async def list(self, tenant: int, wanted: CaseFilter) -> builtins.list[CaseRow]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                _LIST, tenant, wanted.numbers, wanted.kind, wanted.owner, wanted.waits_for,
                wanted.open, wanted.after, wanted.limit,
            )  # fmt: skip
        return [row_of(row) for row in rows]

    async def holds(self, tenant: int, roads: Sequence[int], evidence: str) -> bool:
        """Whether a piece of evidence is kept of one of these roads."""
        async with self._pool.connection() as connection:
            return bool(
                await connection.fetchval(
                    "SELECT EXISTS (SELECT FROM evidence "
                    "WHERE tenant = $1 AND road = ANY($2::bigint[]) AND id = $3)",
                    tenant, list(roads), evidence,
                )
            )  # fmt: skip

    async def overdue(self, now_us: int, limit: int = 200) -> builtins.list[CaseRow]:
        """Open cases of all tenants whose deadline has passed and whose steps do not say so."""
        async with self._pool.connection() as connection:
            return [row_of(row) for row in await connection.fetch(_OVERDUE, now_us, limit)]

    async def left_over(self, tenants: Sequence[int]) -> builtins.list[AlertChange]:
        """Alerts that stand without a case, and (without a finding) those over whose case does
        not know it. `tenants`: those that want a case for warnings too.
        """
        async with self._pool.connection() as connection:
            stands = await connection.fetch(_UNOPENED, list(tenants), MOST_LEFT)
            over = await connection.fetch(_UNENDED, MOST_LEFT)
        return [
            *(_change(row, _finding(row)) for row in stands),
            *(_change(row, None) for row in over),
        ]


def _change(row: Any, finding: Finding | None) -> AlertChange:
    return AlertChange(row[0], row[1], row[2], row[3], finding, None)


def _finding(row: Any) -> Finding:
    return Finding(row[3], row[4], row[5], msgspec.json.decode(row[6]))


async def _write(
    connection: asyncpg.Connection, row: CaseRow, step: StepRow, told: Sequence[Announcement]
) -> None:
    await connection.execute(
        "INSERT INTO case_step VALUES ($1, $2, $3, $4)",
        row.id, row.case.steps, step.digest, msgspec.json.encode(step.step),
    )  # fmt: skip
    if told:
        await connection.copy_records_to_table(
            "outbox", records=told, columns=list(Announcement._fields)
        )


def _json(case: Case) -> str:
    return msgspec.json.encode(case).decode()


def row_of(row: Any) -> CaseRow:
    return CaseRow(row[0], row[1], row[2], _case(row[3]), row[4])
