"""Dialects' credentials, watched numbers and hooks in PostgreSQL; secrets are sealed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import asyncpg
import msgspec

from milepost.domain.event import key_of
from milepost.engine.dialects import (
    AlreadyWatchedError,
    Credential,
    Hook,
    TooManyWatchedError,
    Watch,
)
from milepost.engine.resolve import BadScanError, checked_number
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer

# A revoked credential is refused at the latest after so many seconds.
REMEMBER_S = 10.0
MOST_REMEMBERED = 10_000
# So many numbers a tenant may watch in one dialect, unless the server is told otherwise.
MOST_WATCHED = 1_000_000
COUNT_EVERY_S = 60.0

CheckUrl = Callable[[str], None]
Changed = Callable[[int], Awaitable[None]]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def lookup_of(dialect: str, public_id: str) -> bytes:
    """What a credential is found by. What opens doors is random, so a plain hash is enough."""
    return sha256(f"{dialect}\n{public_id}".encode()).digest()


class PostgresCredentials:
    """See `engine.dialects.Credentials`."""

    def __init__(
        self, pool: Pool, sealer: Sealer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._clock = clock
        self._known: dict[bytes, tuple[float, Credential]] = {}

    async def find(self, dialect: str, public_id: str) -> Credential | None:
        lookup = lookup_of(dialect, public_id)
        known = self._known.get(lookup)
        if known is not None and self._clock() - known[0] < REMEMBER_S:
            return known[1]
        rows = await self._fetch("c.lookup = $1", lookup)
        if not rows:
            self._known.pop(lookup, None)
            return None
        return self._remember(lookup, rows[0])

    async def of_tenant(self, tenant: int, dialect: str) -> Sequence[Credential]:
        return await self._fetch("c.tenant = $1 AND c.dialect = $2", tenant, dialect)

    async def add(
        self, tenant: int, dialect: str, public_id: str, secrets: dict[str, str]
    ) -> Credential:
        lookup = lookup_of(dialect, public_id)
        sealed = self._sealer.seal(_encode([public_id, secrets]), _context(tenant, dialect))
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO dialect_credential (tenant, dialect, lookup, sealed) "
                "VALUES ($1, $2, $3, $4)",
                tenant, dialect, lookup, sealed,
            )  # fmt: skip
        return (await self._fetch("c.lookup = $1", lookup))[0]

    def _remember(self, lookup: bytes, found: Credential) -> Credential:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[lookup] = (self._clock(), found)
        return found

    async def _fetch(self, where: str, *values: object) -> list[Credential]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT c.id, c.tenant, t.name, c.dialect, c.sealed FROM dialect_credential c "
                f"JOIN tenant t ON t.id = c.tenant WHERE {where} AND revoked_at IS NULL "
                "AND (expires_at IS NULL OR expires_at > now()) ORDER BY c.id",
                *values,
            )
        return [self._credential(row) for row in rows]

    def _credential(self, row: asyncpg.Record) -> Credential:
        context = _context(row["tenant"], row["dialect"])
        public_id, secrets = _decode(self._sealer.open(row["sealed"], context))
        return Credential(
            tenant=row["tenant"],
            tenant_name=row["name"],
            dialect=row["dialect"],
            public_id=public_id,
            secrets=secrets,
            key=row["id"],
        )


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
# Who subscribes anew wants to be told again, whatever failed before.
_CALLBACK = """
INSERT INTO subscription (tenant, channel, url, secret, events, dialect)
VALUES ($1, $2, $3, '', $4, $2)
ON CONFLICT (tenant, dialect, url) WHERE dialect IS NOT NULL AND NOT account
DO UPDATE SET active = true, disabled_why = NULL, events = excluded.events,
    failing_since = CASE WHEN subscription.active THEN subscription.failing_since END
RETURNING id, xmax = 0 AS fresh
"""
_PUSH = """
INSERT INTO delivery (tenant, subscription, message_id, topic, number, payload, next_at)
SELECT w.tenant, s.id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), 'watch.pushed',
    w.number, convert_to('{"watch":' || w.id || '}', 'UTF8'), now()
FROM dialect_watch w JOIN subscription s ON s.tenant = w.tenant AND s.dialect = w.dialect
    AND s.active AND (s.id = w.subscription OR (w.subscription IS NULL AND s.account))
WHERE w.id = $1 AND w.tenant = $2
"""
_COLUMNS = {"number", "carrier_code", "carrier", "active", "callback", "account"}


class PostgresWatches:
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
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._now_us = now_us
        self._topics = topics
        self._check_url = check_url
        self._changed = changed
        self._woke = woke
        self._most = most
        self._counts: dict[tuple[int, str], tuple[float, int]] = {}

    async def get(
        self, tenant: int, dialect: str, number: str, carrier_code: str | None = None
    ) -> list[Watch]:
        try:
            number = checked_number(number)
        except BadScanError:
            return []
        filters: dict[str, Any] = {"number": number}
        if carrier_code is not None:
            filters["carrier_code"] = carrier_code
        return await self.page(tenant, dialect, filters=filters)

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
        existing = await self.get(watch.tenant, watch.dialect, watch.number)
        same = [one for one in existing if one.carrier_code == watch.carrier_code]
        if same:
            raise AlreadyWatchedError(same[0])
        await self._check_room(watch)
        subscription = await self._subscribe(watch)
        now_us = self._now_us()
        values = self._values(watch, subscription)
        async with self._pool.connection() as connection:
            made = await connection.fetchval(
                _INSERT_WATCH, watch.tenant, watch.dialect, watch.number,
                key_of(watch.tenant, watch.number), *values[:-1], now_us, values[-1],
            )  # fmt: skip
        if made is None:
            found = await self.get(watch.tenant, watch.dialect, watch.number)
            raise AlreadyWatchedError(
                next(one for one in found if one.carrier_code == watch.carrier_code)
            )
        return msgspec.structs.replace(watch, id=made, created_us=now_us, updated_us=now_us)

    async def save(self, watch: Watch) -> None:
        subscription = await self._subscribe(watch) if watch.active else None
        if subscription is None and watch.callback is not None:
            subscription = await self._known_subscription(watch)
        watch.updated_us = self._now_us()
        *values, stopped_us = self._values(watch, subscription)
        try:
            async with self._pool.connection() as connection:
                await connection.execute(
                    _SAVE_WATCH, watch.tenant, watch.dialect, watch.id, *values,
                    watch.updated_us, stopped_us,
                )  # fmt: skip
        except asyncpg.UniqueViolationError:
            found = await self.get(watch.tenant, watch.dialect, watch.number, watch.carrier_code)
            raise AlreadyWatchedError(found[0] if found else watch) from None

    async def delete(self, watch: Watch) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM dialect_watch WHERE tenant = $1 AND dialect = $2 AND id = $3",
                watch.tenant, watch.dialect, watch.id,
            )  # fmt: skip

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
        where, values = _where(tenant, dialect, filters)
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
        where, values = _where(tenant, dialect, filters)
        async with self._pool.connection() as connection:
            return int(
                await connection.fetchval(
                    f"SELECT count(*) FROM dialect_watch WHERE {where}", *values
                )
            )

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
            row = await connection.fetchrow(
                _CALLBACK, watch.tenant, watch.dialect, watch.callback,
                list(self._topics(watch.dialect)),
            )  # fmt: skip
        if row["fresh"]:
            await self._changed(row["id"])
        return int(row["id"])

    async def _known_subscription(self, watch: Watch) -> int | None:
        async with self._pool.connection() as connection:
            found: int | None = await connection.fetchval(
                "SELECT id FROM subscription "
                "WHERE tenant = $1 AND dialect = $2 AND url = $3 AND NOT account",
                watch.tenant, watch.dialect, watch.callback,
            )  # fmt: skip
        return found

    def _values(self, watch: Watch, subscription: int | None) -> tuple[Any, ...]:
        context = _context(watch.tenant, watch.dialect)
        sealed = None if watch.secret is None else self._sealer.seal(watch.secret.encode(), context)
        return (
            watch.carrier_code, watch.carrier, watch.callback, subscription, sealed,
            _json(watch.options), watch.account, watch.active, watch.stopped_us,
        )  # fmt: skip

    def _watch(self, row: asyncpg.Record) -> Watch:
        given = dict(row)
        given["secret"] = _opened(self._sealer, row)
        given["options"] = _decode(row["options"])
        del given["sealed"]
        return Watch(**given)


class PostgresHooks:
    """See `engine.dialects.Hooks`."""

    def __init__(
        self,
        pool: Pool,
        sealer: Sealer,
        now_us: Callable[[], int],
        *,
        topics: Callable[[str], Sequence[str]],
        check_url: CheckUrl,
        changed: Changed,
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._now_us = now_us
        self._topics = topics
        self._check_url = check_url
        self._changed = changed

    async def of_tenant(self, tenant: int, dialect: str) -> list[Hook]:
        return await self._fetch("tenant = $1 AND dialect = $2", tenant, dialect)

    async def by_id(self, tenant: int, dialect: str, hook: int) -> Hook | None:
        found = await self._fetch("tenant = $1 AND dialect = $2 AND id = $3", tenant, dialect, hook)
        return found[0] if found else None

    async def of_subscription(self, tenant: int, subscription: int) -> Hook | None:
        """The hook that a subscription stands for."""
        found = await self._fetch("tenant = $1 AND subscription = $2", tenant, subscription)
        return found[0] if found else None

    async def add(self, hook: Hook) -> Hook:
        self._check_url(hook.url)
        now_us = self._now_us()
        async with self._pool.connection() as connection, connection.transaction():
            subscription = await connection.fetchval(
                "INSERT INTO subscription (tenant, channel, url, secret, events, active, dialect, "
                "account) VALUES ($1, $2, $3, '', $4, $5, $2, true) RETURNING id",
                hook.tenant, hook.dialect, hook.url, list(self._topics(hook.dialect)), hook.active,
            )  # fmt: skip
            made = await connection.fetchval(
                "INSERT INTO dialect_hook (tenant, dialect, url, sealed, options, active, "
                "subscription, created_us, updated_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) "
                "RETURNING id",
                hook.tenant, hook.dialect, hook.url, self._sealed(hook),
                _json(hook.options), hook.active, subscription, now_us,
            )  # fmt: skip
        await self._changed(subscription)
        return msgspec.structs.replace(
            hook, id=made, subscription=subscription, created_us=now_us, updated_us=now_us
        )

    async def save(self, hook: Hook) -> None:
        self._check_url(hook.url)
        hook.updated_us = self._now_us()
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "UPDATE dialect_hook SET url = $3, sealed = $4, options = $5, active = $6, "
                "updated_us = $7 WHERE tenant = $1 AND id = $2",
                hook.tenant, hook.id, hook.url, self._sealed(hook),
                _json(hook.options), hook.active, hook.updated_us,
            )  # fmt: skip
            await connection.execute(
                "UPDATE subscription SET url = $3, active = $4, disabled_why = NULL, "
                "failing_since = NULL WHERE tenant = $1 AND id = $2",
                hook.tenant, hook.subscription, hook.url, hook.active,
            )  # fmt: skip
        await self._changed(hook.subscription)

    async def delete(self, hook: Hook) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM subscription WHERE tenant = $1 AND id = $2",
                hook.tenant, hook.subscription,
            )  # fmt: skip
        await self._changed(hook.subscription)

    async def _fetch(self, where: str, *values: object) -> list[Hook]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, dialect, url, sealed, options, active, subscription, "
                f"created_us, updated_us FROM dialect_hook WHERE {where} ORDER BY id",
                *values,
            )
        return [self._hook(row) for row in rows]

    def _sealed(self, hook: Hook) -> bytes | None:
        if hook.secret is None:
            return None
        return self._sealer.seal(hook.secret.encode(), _context(hook.tenant, hook.dialect))

    def _hook(self, row: asyncpg.Record) -> Hook:
        given = dict(row)
        given["secret"] = _opened(self._sealer, row)
        given["options"] = _decode(row["options"])
        del given["sealed"]
        return Hook(**given)


def _context(tenant: int, dialect: str) -> str:
    return f"{dialect}/{tenant}"


def _opened(sealer: Sealer, row: asyncpg.Record) -> str | None:
    if row["sealed"] is None:
        return None
    return sealer.open(row["sealed"], _context(row["tenant"], row["dialect"])).decode()


def _where(tenant: int, dialect: str, filters: Mapping[str, Any] | None) -> tuple[str, list[Any]]:
    values: list[Any] = [tenant, dialect]
    parts = ["tenant = $1", "dialect = $2"]
    for name, wanted in (filters or {}).items():
        if name in _COLUMNS:
            values.append(wanted)
            test = f"= ANY(${len(values)})" if isinstance(wanted, list) else f"= ${len(values)}"
            parts.append(f"{name} {test}")
        else:
            several = wanted if isinstance(wanted, list) else [wanted]
            values += [name, [_text(one) for one in several]]
            parts.append(f"options->>${len(values) - 1} = ANY(${len(values)}::text[])")
    return " AND ".join(parts), values


def _json(options: dict[str, Any]) -> str:
    # PostgreSQL's text knows no NUL.
    return _encode(options).decode().replace("\\u0000", "")


def _text(value: Any) -> str:
    """As PostgreSQL's ->> writes a JSON value."""
    return value if isinstance(value, str) else _encode(value).decode()
