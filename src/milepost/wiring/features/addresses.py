"""Addresses checked at order time, with what a tenant's own deliveries teach about areas."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

from milepost.addresses import Address, check
from milepost.addresses.learned import Record, Table, merge
from milepost.api import addresses
from milepost.domain.place import Place
from milepost.stores.postgres.areas import Ending, PostgresAreas
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features._addressing import Addressing

# So many of the newest endings, counted anew at most so often.
_MOST_ENDINGS = 20_000
_EVERY_US = 10 * 60 * 1_000_000
_AT_ONCE = 100


class Addresses(Feature):
    """The endpoint, the judge of shipments' addresses, and each tenant's record by area, counted
    when it asks.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.addressing = Addressing(context.engine, context.ledger, context.now_us)
        self._store = PostgresAreas(context.pool)
        self._now_us = context.now_us
        self._known: dict[int, tuple[int, Table]] = {}

    async def start(self) -> None:
        self._context.engine.after_commit.append(self.addressing.note)
        tenants = await self._context.milepost.store.accounts.tenants()
        work = self.addressing.run([one for one, _ in tenants])
        self._task: asyncio.Task[None] = asyncio.create_task(work)

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    def endpoints(self) -> Sequence[Endpoint]:
        return addresses.endpoints(self.learned)

    async def learned(self, tenant: int) -> Table:
        """The tenant's record of deliveries by area."""
        counted_us, table = self._known.get(tenant, (0, {}))
        if self._now_us() - counted_us < _EVERY_US:
            return table
        self._known[tenant] = (self._now_us(), table)  # others need not count as well
        counted = await _counted(await self._store.endings(tenant, _MOST_ENDINGS))
        self._known[tenant] = (self._now_us(), counted)
        return counted


async def _counted(endings: Sequence[Ending]) -> Table:
    table: Table = {}
    for start in range(0, len(endings), _AT_ONCE):
        table = merge(table, _records(endings[start : start + _AT_ONCE]))
        await asyncio.sleep(0)  # requests come first
    return table


def _records(endings: Sequence[Ending]) -> Table:
    news: dict[str, Record] = {}
    for ending in endings:
        area = _area(ending.destination)
        if area is not None:
            known = news.get(area, Record())
            delivered = int(ending.delivered)
            news[area] = Record(known.delivered + delivered, known.failed + 1 - delivered)
    return news


# Most parcels of a tenant go to places that had one before.
@lru_cache(maxsize=16_384)
def _area(place: Place) -> str | None:
    return check(
        Address(
            country=place.country or "",
            region=place.region or "",
            city=place.city or "",
            postal_code=place.postal_code or "",
            text=place.name or "",
        )
    ).area


def open_feature(context: Context) -> Feature:
    return Addresses(context)
