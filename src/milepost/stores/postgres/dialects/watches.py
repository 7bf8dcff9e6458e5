"""Numbers that clients of a dialect watch."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg
import msgspec

from milepost.domain.event import key_of
from milepost.engine.dialects import (
    AlreadyWatchedError,
    LastPush,
    TooManyWatchedError,
    Watch,
)
from milepost.engine.resolve import BadScanError, checked_number
from milepost.stores.postgres.dialects.kept import KeptWatches
from milepost.stores.postgres.dialects.rows import (
    Changed,
    CheckUrl,
    SubscribingStore,
    json_of,
    where_of,
)
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.subscriptions import MOST_SUBSCRIPTIONS
from milepost.stores.sealer import Sealer

# So many numbers a tenant may watch in one dialect, unless the server is told otherwise.
MOST_WATCHED = 1_000_000
COUNT_EVERY_S = 60.0

_WATCH = """
    id, tenant, dialect, number, carrier_code, carrier, callback, sealed, options, account, active,
    created_us, updated_us, stopped_us
"""
_INSERT_WATCH = """
INSERT INTO dialect_watch (tenant, dialect, number, parcel, carrier_code, carrier, callback,
    subscription, sealed, options, account, active, created_us, updated_us, stopped_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14)
ON CONFLICT DO NOTHING RETURNING id
"""
_SAVE_WATCH = """
UPDATE dialect_watch SET carrier_code = $4, carrier = $5, callback = $6, subscription = $7,
    sealed = $8, options = $9, account = $10, active = $11, updated_us = $12, stopped_us = $13
WHERE tenant = $1 AND dialect = $2 AND id = $3
"""
# Each may watch a million numbers, so they are not counted.
_TENANTS = """
SELECT t.id AS tenant FROM tenant t
WHERE EXISTS (SELECT FROM dialect_watch w WHERE w.tenant = t.id AND w.dialect = $1) ORDER BY t.id
"""
_LAST_PUSHES = """
SELECT asked.watch, found.state, found.last_code AS code,
    (extract(epoch FROM found.at) * 1000000)::bigint AS at_us
FROM unnest($3::bigint[], $4::text[]) AS asked (watch, number)
CROSS JOIN LATERAL (
    SELECT d.state, d.last_code, coalesce(d.finished_at, (d.history->-1->>'at')::timestamptz) AS at
    FROM delivery d JOIN subscription s ON s.id = d.subscription AND s.dialect = $2
    WHERE d.tenant = $1 AND d.number = asked.number
        AND convert_from(d.payload, 'UTF8')::jsonb->>'watch' = asked.watch::text
    ORDER BY d.id DESC LIMIT 1
) AS found
"""
_PUSH = """
INSERT INTO delivery (tenant, subscription, message_id, topic, number, payload, next_at)
SELECT w.tenant, s.id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), 'watch.pushed',
    w.number, convert_to('{"watch":' || w.id || '}', 'UTF8'), now()
FROM dialect_watch w JOIN subscription s ON s.tenant = w.tenant AND s.dialect = w.dialect
    AND s.active AND (s.id = w.subscription OR (w.subscription IS NULL AND s.account))
WHERE w.id = $1 AND w.tenant = $2
"""


class PostgresWatches(SubscribingStore):
    """See `engine.dialects.Watches`. `changed` is told of new subscriptions, `woke` of pushes."""

    def __init__(
        self,
        pool: Pool,
        sealer: Sealer,
        now_us: Callable[[], int],
        *,
        topics: Callable[[str], Sequence[str]],
        check_url: CheckUrl,
        changed: Changed,
        woke: Callable[[], None],
        most: int = MOST_WATCHED,
        most_callbacks: int = MOST_SUBSCRIPTIONS,
        alone: bool = False,
    ) -> None:
        super().__init__(pool, sealer, now_us, topics=topics, check_url=check_url, changed=changed)
        self._woke = woke
        self._most = most
        self._most_callbacks = most_callbacks
        self._kept = KeptWatches() if alone else None
        self._counts: dict[tuple[int, str], tuple[float, int]] = {}

    async def get(
        self, tenant: int, dialect: str, number: str, carrier_code: str | None = None
    ) -> list[Watch]:
        try:
            number = checked_number(number)
        except BadScanError:
            return []
        found = await self._of_number(tenant, dialect, number)
        return [one for one in found if carrier_code in (None, one.carrier_code)]

    async def _of_number(self, tenant: int, dialect: str, number: str) -> list[Watch]:
        if self._kept is None:
            return await self._page(tenant, dialect, filters={"number": number})
        key = tenant, dialect, number
        kept = self._kept.find(key)
        if kept is None:
            began = self._kept.begin()
            kept = await self._page(tenant, dialect, filters={"number": number})
            self._kept.keep(key, kept, began)
        return kept

    def _written(self, watch: Watch) -> None:
        if self._kept is not None:
            self._kept.written(watch)

    async def by_id(self, tenant: int, dialect: str, watch: int) -> Watch | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_WATCH} FROM dialect_watch WHERE tenant = $1 AND dialect = $2 "
                "AND id = $3",
                tenant, dialect, watch,
            )  # fmt: skip
        return None if row is None else self._watch(row)

    async def add(self, watch: Watch) -> Watch:
        watch = msgspec.structs.replace(watch, number=checked_number(watch.number))
        began = self._kept.begin() if self._kept is not None else 0
        existing = await self.get(watch.tenant, watch.dialect, watch.number)
        same = [one for one in existing if one.carrier_code == watch.carrier_code]
        if same:
            raise AlreadyWatchedError(same[0])
        await self._check_room(watch)
        subscription = await self._subscribe(watch)
        now_us = self._now_us()
        values = self._values(watch, subscription)
        self._written(watch)
        async with self._pool.connection() as connection:
            made = await connection.fetchval(
                _INSERT_WATCH, watch.tenant, watch.dialect, watch.number,
                key_of(watch.tenant, watch.number), *values[:-1], now_us, values[-1],
            )  # fmt: skip
        self._written(watch)
        if made is None:
            found = await self.get(watch.tenant, watch.dialect, watch.number)
            raise AlreadyWatchedError(
                next(one for one in found if one.carrier_code == watch.carrier_code)
            )
        watch = msgspec.structs.replace(watch, id=made, created_us=now_us, updated_us=now_us)
        if self._kept is not None and not existing:
            key = watch.tenant, watch.dialect, watch.number
            self._kept.keep(key, [watch], began + 2)  # two writes were our own
        return watch

    async def save(self, watch: Watch) -> None:
        subscription = await self._subscribe(watch) if watch.active else None
        if subscription is None and watch.callback is not None:
            subscription = await self._known_subscription(watch)
        watch.updated_us = self._now_us()
        *values, stopped_us = self._values(watch, subscription)
        self._written(watch)
        try:
            async with self._pool.connection() as connection:
                await connection.execute(
                    _SAVE_WATCH, watch.tenant, watch.dialect, watch.id, *values,
                    watch.updated_us, stopped_us,
                )  # fmt: skip
        except asyncpg.UniqueViolationError:
            found = await self.get(watch.tenant, watch.dialect, watch.number, watch.carrier_code)
            raise AlreadyWatchedError(found[0] if found else watch) from None
        finally:
            self._written(watch)

    async def delete(self, watch: Watch) -> None:
        self._written(watch)
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM dialect_watch WHERE tenant = $1 AND dialect = $2 AND id = $3",
                watch.tenant, watch.dialect, watch.id,
            )  # fmt: skip
        self._written(watch)

    async def page(
        self,
        tenant: int,
        dialect: str,
        *,
        after: int | None = None,
        limit: int = 100,
        filters: Mapping[str, Any] | None = None,
        newest_first: bool = False,
    ) -> list[Watch]:
        number = _lone_number(filters)
        if self._kept is None or number is None:
            return await self._page(tenant, dialect, after, limit, filters, newest_first)
        found = await self._of_number(tenant, dialect, number)
        found = found[::-1] if newest_first else found
        past = (one for one in found if after is None or (one.id < after) == newest_first)
        return [one for one in past if one.id != after][:limit]

    async def _page(
        self,
        tenant: int,
        dialect: str,
        after: int | None = None,
        limit: int = 100,
        filters: Mapping[str, Any] | None = None,
        newest_first: bool = False,
    ) -> list[Watch]:
        where, values = where_of(tenant, dialect, filters)
        if after is not None:
            values.append(after)
            where += f" AND id {'<' if newest_first else '>'} ${len(values)}"
        values.append(limit)
        order = "DESC" if newest_first else "ASC"
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_WATCH} FROM dialect_watch WHERE {where} "
                f"ORDER BY id {order} LIMIT ${len(values)}",
                *values,
            )
        return [self._watch(row) for row in rows]

    async def count(
        self, tenant: int, dialect: str, *, filters: Mapping[str, Any] | None = None
    ) -> int:
        where, values = where_of(tenant, dialect, filters)
        async with self._pool.connection() as connection:
            return int(
                await connection.fetchval(
                    f"SELECT count(*) FROM dialect_watch WHERE {where}", *values
                )
            )

    async def tenants(self, dialect: str) -> list[int]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_TENANTS, dialect)
        return [row["tenant"] for row in rows]

    async def last_pushes(
        self, tenant: int, dialect: str, watches: Sequence[Watch]
    ) -> dict[int, LastPush]:
        ids, numbers = [one.id for one in watches], [one.number for one in watches]
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_LAST_PUSHES, tenant, dialect, ids, numbers)
        return {row["watch"]: LastPush(row["state"], row["at_us"], row["code"]) for row in rows}

    async def push(self, watch: Watch) -> int:
        async with self._pool.connection() as connection:
            done: str = await connection.execute(_PUSH, watch.id, watch.tenant)
        made = int(done.rpartition(" ")[2])
        if made:
            self._woke()
        return made

    async def _check_room(self, watch: Watch) -> None:
        # Counting is slow where there are many, so the count is remembered for a while.
        owner = (watch.tenant, watch.dialect)
        at, count = self._counts.get(owner, (-COUNT_EVERY_S, 0))
        if time.monotonic() - at >= COUNT_EVERY_S:
            at, count = time.monotonic(), await self.count(*owner)
        if count >= self._most:
            raise TooManyWatchedError(f"{self._most} numbers are watched already")
        self._counts[owner] = (at, count + 1)

    async def _subscribe(self, watch: Watch) -> int | None:
        """The subscription that stands for a watch's own callback."""
        if watch.callback is None:
            return None
        self._check_url(watch.callback)
        async with self._pool.connection() as connection:
            made = await self._subscription(
                connection, watch, watch.callback, most=self._most_callbacks
            )
        if made is None:
            raise TooManyWatchedError(f"{self._most_callbacks} callbacks are in use already")
        if made.fresh:
            await self._changed(made.id)
        return made.id

    async def _known_subscription(self, watch: Watch) -> int | None:
        async with self._pool.connection() as connection:
            found: int | None = await connection.fetchval(
                "SELECT id FROM subscription "
                "WHERE tenant = $1 AND dialect = $2 AND url = $3 AND NOT account",
                watch.tenant, watch.dialect, watch.callback,
            )  # fmt: skip
        return found

    def _values(self, watch: Watch, subscription: int | None) -> tuple[Any, ...]:
        return (
            watch.carrier_code, watch.carrier, watch.callback, subscription, self._sealed(watch),
            json_of(watch.options), watch.account, watch.active, watch.stopped_us,
        )  # fmt: skip

    def _watch(self, row: asyncpg.Record) -> Watch:
        return Watch(**self._fields(row))


def _lone_number(filters: Mapping[str, Any] | None) -> str | None:
    """The number that a page is all about: of those the ones asked for last are in memory."""
    if filters is None or filters.keys() != {"number"}:
        return None
    wanted = filters["number"]
    several = dict.fromkeys(wanted) if isinstance(wanted, list) else [wanted]
    return next(iter(several)) if len(several) == 1 else None
