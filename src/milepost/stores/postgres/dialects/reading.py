"""Watched numbers as they are read, those asked for last from memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import asyncpg
from msgspec import Struct

from milepost.engine.dialects import Watch
from milepost.stores.postgres.dialects import confided
from milepost.stores.postgres.dialects.confided import Confided
from milepost.stores.postgres.dialects.kept import KeptWatches
from milepost.stores.postgres.dialects.rows import fields_of, where_of
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer

_OWN = (
    "id", "tenant", "dialect", "number", "carrier_code", "carrier", "callback", "sealed", "options",
    "account", "active", "created_us", "updated_us", "stopped_us",
)  # fmt: skip
_WATCH = (
    f"SELECT {', '.join(f'w.{name}' for name in _OWN)}, {confided.COLUMNS} FROM {confided.FROM}"
)
_BY_ID = f"{_WATCH} WHERE w.tenant = $1 AND w.dialect = $2 AND w.id = $3"
# Each may watch a million numbers, so they are not counted.
_TENANTS = """
SELECT t.id AS tenant FROM tenant t
WHERE EXISTS (SELECT FROM dialect_watch w WHERE w.tenant = t.id AND w.dialect = $1) ORDER BY t.id
"""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which watches a page is to have; see `engine.dialects.Watches.page`."""

    tenant: int
    dialect: str
    after: int | None = None
    limit: int = 100
    filters: Mapping[str, Any] | None = None
    newest_first: bool = False

    @property
    def lone_number(self) -> str | None:
        """The number that it is all about."""
        if self.filters is None or self.filters.keys() != {"number"}:
            return None
        wanted = self.filters["number"]
        several = dict.fromkeys(wanted) if isinstance(wanted, list) else [wanted]
        return next(iter(several)) if len(several) == 1 else None


class WatchReader:
    """`kept`: None where other processes write watches as well."""

    def __init__(
        self, pool: Pool, sealer: Sealer, told: Confided, kept: KeptWatches | None
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._told = told
        self._kept = kept

    async def of_number(self, tenant: int, dialect: str, number: str) -> list[Watch]:
        """All of a number, oldest first."""
        wanted = Wanted(tenant=tenant, dialect=dialect, filters={"number": number})
        if self._kept is None:
            return await self._read(wanted)
        key = tenant, dialect, number
        found = self._kept.find(key)
        if found is None:
            began = self._kept.begin()
            found = await self._read(wanted)
            self._kept.keep(key, found, began)
        return found

    async def by_id(self, tenant: int, dialect: str, watch: int) -> Watch | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(_BY_ID, tenant, dialect, watch)
        return None if row is None else self._watch(row)

    async def page(self, wanted: Wanted) -> list[Watch]:
        number = wanted.lone_number
        if self._kept is None or number is None:
            return await self._read(wanted)
        found = await self.of_number(wanted.tenant, wanted.dialect, number)
        found = found[::-1] if wanted.newest_first else found
        return [one for one in found if _follows(one, wanted)][: wanted.limit]

    async def count(self, tenant: int, dialect: str, filters: Mapping[str, Any] | None) -> int:
        where, values = where_of(tenant, dialect, filters)
        async with self._pool.connection() as connection:
            return int(
                await connection.fetchval(
                    f"SELECT count(*) FROM dialect_watch AS w WHERE {where}", *values
                )
            )

    async def tenants(self, dialect: str) -> list[int]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_TENANTS, dialect)
        return [row["tenant"] for row in rows]

    async def _read(self, wanted: Wanted) -> list[Watch]:
        where, values = where_of(wanted.tenant, wanted.dialect, wanted.filters)
        if wanted.after is not None:
            values.append(wanted.after)
            where += f" AND w.id {'<' if wanted.newest_first else '>'} ${len(values)}"
        values.append(wanted.limit)
        order = "DESC" if wanted.newest_first else "ASC"
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"{_WATCH} WHERE {where} ORDER BY w.id {order} LIMIT ${len(values)}",
                *values,
            )
        return [self._watch(row) for row in rows]

    def _watch(self, row: asyncpg.Record) -> Watch:
        own = fields_of({name: row[name] for name in _OWN}, self._sealer)
        return Watch(**own | {"options": own["options"] | self._told.read(row)})


def _follows(watch: Watch, wanted: Wanted) -> bool:
    """Whether it comes after the page before."""
    if wanted.after is None:
        return True
    return watch.id < wanted.after if wanted.newest_first else watch.id > wanted.after
