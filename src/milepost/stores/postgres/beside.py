"""What lies beside the journal, held against its own seals: cases, vault, evidence, payloads.

The journal's log does not hold these. Each is sealed under a key for its own row, so what was
changed, or put in the place of another, does not open any more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import asyncpg
from cryptography.exceptions import InvalidTag
from zstandard import ZstdError

from milepost.engine.cases.audit import unsound
from milepost.engine.cases.ports import StepRow
from milepost.engine.evidence.naming import named_rightly
from milepost.stores.postgres import cases, evidence, texts
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.raws import PostgresRaws
from milepost.stores.postgres.sealed_beside import AT_ONCE, Broken, captures, media, secrets
from milepost.stores.sealer import Sealer, SealError
from milepost.stores.vaulting import Suite, decrypt, open_item, unwrap

_CASES = f"""
SELECT {cases.COLUMNS}, s.body, s.digest
FROM case_file AS c LEFT JOIN case_step AS s ON s.case_id = c.id ORDER BY c.id, s.position
"""
_KEYED = """
SELECT {columns}, t.tenant, t.road, k.suite, k.wrapped FROM {table} AS t
LEFT JOIN vault_key AS k ON k.tenant = t.tenant AND k.road = t.road
"""
_ITEMS = _KEYED.format(table="vault_item", columns="t.reference, t.sealed")
_TEXTS = _KEYED.format(table="vault_text", columns="t.day, t.sealed")
_PIECES = _KEYED.format(
    table="evidence",
    columns="t.id, t.sealed, t.kind, t.content_type, t.bytes, t.at_us, t.detail",
)
# Payloads that events came from; older ones than are kept have gone with their events.
_UNSOURCED = """
SELECT j.tenant, j.raw, min(j.fingerprint) FROM journal AS j
LEFT JOIN raw AS r ON r.id = j.raw WHERE j.raw IS NOT NULL AND r.id IS NULL
GROUP BY j.tenant, j.raw ORDER BY j.raw LIMIT 100
"""


class Beside:
    """One run over everything. Nothing is changed."""

    def __init__(self, pool: Pool, sealer: Sealer, folder: Path) -> None:
        self._pool = pool
        self._sealer = sealer
        self._folder = folder  # of evidence that is too large for a row

    async def faults(self, named: Mapping[str, tuple[int, int]]) -> AsyncIterator[Broken]:
        """All that is wrong. `named`: evidence that events name, by id → (tenant, parcel)."""
        async with self._pool.connection() as connection, connection.transaction():
            for part in (self._cases, self._vault, self._pieces, self._payloads):
                async for one in part(connection):
                    yield one
            erased = await _erased(connection)
            async for one in captures(connection, self._sealer, erased):
                yield one
            for check in (media, secrets):
                async for one in check(connection, self._sealer):
                    yield one
            async for one in self._gone(connection, named):
                yield one

    async def _cases(self, connection: asyncpg.Connection) -> AsyncIterator[Broken]:
        rows = await connection.fetch(_CASES)
        for case, steps in groupby(rows, key=lambda row: row[:5]):
            try:
                row = cases.row_of(case)
                kept = [StepRow(cases.step_of(one[5]), one[6]) for one in steps if one[5]]
            except ValueError as error:
                yield Broken("case_step", case[1], f"case {case[0]} cannot be read: {error}")
                continue
            if wrong := unsound(row, kept):
                yield Broken("case_step", row.tenant, f"case {row.id}: {wrong}")

    async def _vault(self, connection: asyncpg.Connection) -> AsyncIterator[Broken]:
        erased = await _erased(connection)
        for table, sql in (("vault_item", _ITEMS), ("vault_text", _TEXTS)):
            async for row in connection.cursor(sql, prefetch=AT_ONCE):
                name, sealed, tenant, road, suite, wrapped = row
                bound = name if table == "vault_item" else texts.BOUND.format(tenant, road)
                if wrong := self._closed(tenant, road, suite, wrapped, erased, bound, sealed):
                    yield Broken(table, tenant, f"{name} of {road & (1 << 64) - 1:016x}: {wrong}")

    def _closed(
        self, tenant: int, road: int, suite: Suite | None, wrapped: bytes | None,
        erased: Collection[tuple[int, int]], bound: str, sealed: bytes,
    ) -> str | None:  # fmt: skip
        """Why an item does not open, None if it does, or may not."""
        if suite is None or wrapped is None:
            return None if (tenant, road) in erased else "its key is gone, and was not erased"
        try:
            open_item(suite, unwrap(self._sealer, tenant, road, wrapped), bound, sealed)
        except SealError as error:
            return str(error)
        return None

    async def _pieces(self, connection: asyncpg.Connection) -> AsyncIterator[Broken]:
        erased = await _erased(connection)
        async for row in connection.cursor(_PIECES, prefetch=20):
            tenant, road, wrapped = row["tenant"], row["road"], row["wrapped"]
            if wrapped is None:
                if (tenant, road) not in erased:
                    yield Broken("evidence", tenant, f"{row['id']}: its key is gone, not erased")
                continue
            if wrong := self._piece(row):
                yield Broken("evidence", tenant, f"{row['kind']}:{row['id']}: {wrong}")

    def _piece(self, row: Any) -> str | None:
        """What is wrong with a piece: it does not open, or is not what its name was made of."""
        try:
            key = unwrap(self._sealer, row["tenant"], row["road"], row["wrapped"])
            detail = open_item(row["suite"], key, row["id"], row["detail"])
            sealed = row["sealed"]
            if sealed is None:
                sealed = evidence.path_of(self._folder, row["id"]).read_bytes()
            body = decrypt(row["suite"], key, sealed, evidence.bound(row["id"]))
        except OSError:
            return "its file is gone"
        except (SealError, InvalidTag, ValueError):
            return "sealed with another key, or changed"
        right = named_rightly(
            row["id"], detail.get("salt"), row["kind"], row["content_type"], row["at_us"], body
        )
        return None if right and len(body) == row["bytes"] else "it is not what its name stands for"

    async def _payloads(self, connection: asyncpg.Connection) -> AsyncIterator[Broken]:
        raws = PostgresRaws(lambda: self._sealer)
        known = await connection.fetch("SELECT tenant, id FROM raw ORDER BY tenant, id")
        for tenant, owned in groupby(known, key=itemgetter(0)):
            for ids in _batches([number for _, number in owned]):
                async for wrong in _unreadable(raws, connection, tenant, ids):
                    yield Broken("raw", tenant, wrong)
        for tenant, number, _ in await connection.fetch(_UNSOURCED):
            yield Broken("raw", tenant, f"payload {number}, which an event came from", removed=True)

    async def _gone(
        self, connection: asyncpg.Connection, named: Mapping[str, tuple[int, int]]
    ) -> AsyncIterator[Broken]:
        """Evidence that events name by what it was, and that nobody erased."""
        rows = await connection.fetch(
            "SELECT id FROM evidence WHERE id = ANY($1::text[])", list(named)
        )
        erased = await _erased(connection)
        for name in sorted(set(named) - {row[0] for row in rows}):
            tenant, parcel = named[name]
            if (tenant, parcel) not in erased:
                yield Broken("evidence", tenant, f"{name}, which an event names", removed=True)


async def _erased(connection: asyncpg.Connection) -> set[tuple[int, int]]:
    rows = await connection.fetch("SELECT DISTINCT tenant, road FROM vault_erased")
    return {(row[0], row[1]) for row in rows}


def _batches(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]


async def _unreadable(
    raws: PostgresRaws, connection: asyncpg.Connection, tenant: int, ids: Sequence[int]
) -> AsyncIterator[str]:
    """Of some payloads those that do not open: one by one only where one of them does not."""
    try:
        await raws.read(connection, tenant, ids)
    except (SealError, ValueError, ZstdError) as error:
        if len(ids) == 1:
            yield str(error)
            return
        for number in ids:
            async for wrong in _unreadable(raws, connection, tenant, [number]):
                yield wrong
