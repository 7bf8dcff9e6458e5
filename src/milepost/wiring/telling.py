"""Room 8 of a running server: webhooks, and the pushes of the dialects."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from milepost.channels.discovery import Options, channels
from milepost.compat.core.posting import Poster
from milepost.engine.delivering import Announcer
from milepost.stores.postgres.deliverylog import PostgresDeliveryLog
from milepost.stores.postgres.outbox import PostgresOutbox
from milepost.stores.postgres.subscriptions import PostgresSubscriptions
from milepost.stores.sealer import open_sealer
from milepost.wiring.dialects import KEY_FILE, Dialects

if TYPE_CHECKING:
    from milepost.wiring.milepost import Milepost


class Telling:
    """Room 8 of a running server: webhooks, and the pushes of the dialects."""

    def __init__(self, milepost: Milepost) -> None:
        settings, engine = milepost.settings, milepost.engine
        pool = milepost.store.pool
        options = Options(allow_private_targets=settings.allow_private_targets)
        sealer = open_sealer(settings.data / KEY_FILE)
        self.subscriptions = PostgresSubscriptions(pool, sealer, settings.subscriptions_per_tenant)
        self.log = PostgresDeliveryLog(pool)
        self.dialects = Dialects(
            engine,
            milepost.store.ledger,
            pool,
            sealer,
            Poster(options),
            settings,
        )
        self._outbox = PostgresOutbox(pool, sealer, settings.pushes_per_day)
        self.announcer = Announcer(
            self._outbox,
            channels(options) | self.dialects.channels(),
            audience=engine.audience,
            woken=engine.announced,
        )
        self.dialects.tell(self.announcer)
        self._engine = engine
        # Of several processes each knows what is followed through any, if they can speak.
        self._knows_followed = settings.shard is None or settings.sockets is not None

    async def start(self) -> None:
        await self.subscriptions.seal()  # what an older version left in plain text
        if self._knows_followed:
            self._engine.followed.pack(await self._outbox.followed())
            self._engine.audience.followed = self._engine.followed
        await self.announcer.refresh()  # before the first scan is taken
        self._task = asyncio.create_task(self.announcer.run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self.announcer.close()
        await self.dialects.close()
