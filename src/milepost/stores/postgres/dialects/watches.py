"""Numbers that clients of a dialect watch."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

import asyncpg
import msgspec

from milepost.domain.event import key_of
from milepost.engine.dialects import AlreadyWatchedError, Watch
from milepost.engine.resolve import BadScanError, checked_number
from milepost.stores.postgres.dialects.callbacks import CallbackStore
from milepost.stores.postgres.dialects.confided import Confided, beside
from milepost.stores.postgres.dialects.kept import KeptWatches
from milepost.stores.postgres.dialects.pushes import PostgresPushes
from milepost.stores.postgres.dialects.quota import MOST_WATCHED, Quota
from milepost.stores.postgres.dialects.reading import Wanted, WatchReader
from milepost.stores.postgres.dialects.rows import Around, json_of
from milepost.stores.postgres.subscriptions import MOST_SUBSCRIPTIONS

_INSERT = """
INSERT INTO dialect_watch (tenant, dialect, number, parcel, carrier_code, carrier, callback,
    subscription, sealed, options, account, active, created_us, updated_us, stopped_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14)
ON CONFLICT DO NOTHING RETURNING id
"""
_SAVE = """
UPDATE dialect_watch SET carrier_code = $4, carrier = $5, callback = $6, subscription = $7,
    sealed = $8, options = $9, account = $10, active = $11, updated_us = $12, stopped_us = $13,
    in_clear = false
WHERE tenant = $1 AND dialect = $2 AND id = $3
"""


class PostgresWatches(CallbackStore):
    """See `engine.dialects.Watches`. `followed` has every parcel that is watched; None where other
    processes write watches as well, so that none can be kept in memory.
    """

    def __init__(
        self,
        around: Around,
        *,
        followed: Container[int] | None = None,
        most: int = MOST_WATCHED,
        most_callbacks: int = MOST_SUBSCRIPTIONS,
    ) -> None:
        super().__init__(around, most_callbacks)
        self._follow = around.follow
        self._kept = KeptWatches(followed) if followed is not None else None
        self._told = Confided(around)
        self._reader = WatchReader(around.pool, around.sealer, self._told, self._kept)
        self._quota = Quota(most, lambda tenant, dialect: self.count(tenant, dialect))
        pushes = PostgresPushes(around)
        self.push, self.last_pushes = pushes.push, pushes.last_pushes
        self.by_id, self.tenants = self._reader.by_id, self._reader.tenants

    async def get(
        self, tenant: int, dialect: str, number: str, carrier_code: str | None = None
    ) -> list[Watch]:
        try:
            number = checked_number(number)
        except BadScanError:
            return []
        found = await self._reader.of_number(tenant, dialect, number)
        return [one for one in found if carrier_code in (None, one.carrier_code)]

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
        wanted = Wanted(
            tenant=tenant, dialect=dialect, after=after, limit=limit, filters=filters,
            newest_first=newest_first,
        )  # fmt: skip
        return await self._reader.page(wanted)

    async def count(
        self, tenant: int, dialect: str, *, filters: Mapping[str, Any] | None = None
    ) -> int:
        return await self._reader.count(tenant, dialect, filters)

    async def add(self, watch: Watch) -> Watch:
        watch = msgspec.structs.replace(watch, number=checked_number(watch.number))
        began = self._kept.begin() if self._kept is not None else 0
        existing = await self.get(watch.tenant, watch.dialect, watch.number)
        same = [one for one in existing if one.carrier_code == watch.carrier_code]
        if same:
            raise AlreadyWatchedError(same[0])
        await self._quota.take(watch.tenant, watch.dialect)
        now_us = self._now_us()
        made = await self._insert(watch, now_us)
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

    async def _insert(self, watch: Watch, now_us: int) -> int | None:
        """The id of the row, None if there is one already."""
        subscription = await self._subscribe(watch)
        *values, stopped_us = self._values(watch, subscription)
        parcel = key_of(watch.tenant, watch.number)
        await self._follow([parcel])
        self._written(watch)
        async with self._pool.connection() as connection, connection.transaction():
            made: int | None = await connection.fetchval(
                _INSERT, watch.tenant, watch.dialect, watch.number, parcel, *values, now_us,
                stopped_us,
            )  # fmt: skip
            if made is not None and (told := self._confided(watch)):
                await self._told.write(connection, (watch.tenant, parcel), made, told)
        self._written(watch)
        await self._follow([parcel])
        return made

    async def save(self, watch: Watch) -> None:
        subscription = await self._subscribe(watch) if watch.active else None
        if subscription is None and watch.callback is not None:
            subscription = await self._known_subscription(watch)
        watch.updated_us = self._now_us()
        *values, stopped_us = self._values(watch, subscription)
        self._written(watch)
        try:
            async with self._pool.connection() as connection, connection.transaction():
                done = await connection.execute(
                    _SAVE, watch.tenant, watch.dialect, watch.id, *values, watch.updated_us,
                    stopped_us,
                )  # fmt: skip
                if done != "UPDATE 0":
                    owner = watch.tenant, key_of(watch.tenant, watch.number)
                    await self._told.write(connection, owner, watch.id, self._confided(watch))
        except asyncpg.UniqueViolationError:
            found = await self.get(watch.tenant, watch.dialect, watch.number, watch.carrier_code)
            raise AlreadyWatchedError(found[0] if found else watch) from None
        finally:
            self._written(watch)

    async def delete(self, watch: Watch) -> None:
        self._written(watch)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "DELETE FROM dialect_watch WHERE tenant = $1 AND dialect = $2 AND id = $3",
                watch.tenant, watch.dialect, watch.id,
            )  # fmt: skip
            owner = watch.tenant, key_of(watch.tenant, watch.number)
            await self._told.write(connection, owner, watch.id, {})
        self._written(watch)

    async def take_over(self, most: int = 500) -> int:
        """Bring some rows from before options were sealed into the vault; how many there were."""
        async with self._pool.connection() as connection, connection.transaction():
            return await self._told.take_over(connection, most)

    def forget(self) -> None:
        """What clients told of some numbers was erased."""
        if self._kept is not None:
            self._kept.forget()

    def _written(self, watch: Watch) -> None:
        if self._kept is not None:
            self._kept.written(watch)

    def _confided(self, watch: Watch) -> dict[str, Any]:
        return beside(watch.options, self._told.openly(watch.dialect, watch.options))

    def _values(self, watch: Watch, subscription: int | None) -> tuple[Any, ...]:
        openly = json_of(self._told.openly(watch.dialect, watch.options))
        return (
            watch.carrier_code, watch.carrier, watch.callback, subscription, self._sealed(watch),
            openly, watch.account, watch.active, watch.stopped_us,
        )  # fmt: skip
