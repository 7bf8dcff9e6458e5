"""The unchangeable journal in a running server: files, checkpoints, anchors, proofs."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from milepost.api import proofs
from milepost.engine.proving import NotaryStore
from milepost.notary.anchoring import Anchors
from milepost.notary.keys import KEY_FILE, open_key
from milepost.notary.office import Notary
from milepost.stores.postgres.notary import PostgresNotary
from milepost.web.endpoint import Endpoint
from milepost.wiring.archived import ArchivedJournal
from milepost.wiring.feature import Context, Feature
from milepost.wiring.witnessing import witnesses

log = structlog.get_logger()
EVERY_S = 1.0


class NotaryFeature(Feature):
    """Works up the logs of this process's shard; the first shard also goes to the witnesses."""

    def __init__(self, context: Context) -> None:
        settings = context.settings
        self._shard = settings.shard or 0
        self._settings = settings
        self._now_us = context.now_us
        self._linker = context.milepost.store.linker
        self._archive = ArchivedJournal(settings.data / "history")
        store: NotaryStore = PostgresNotary(context.pool)
        key = open_key(settings.data / KEY_FILE, context.sealer)
        self.notary = Notary(store, self._archive, self._linker, key, context.now_us)
        self.anchors = Anchors(store, witnesses(settings), context.now_us)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._archive.close()

    def endpoints(self) -> list[Endpoint]:
        return proofs.endpoints(self.notary)

    async def _run(self) -> None:
        checkpointed = anchored = self._now_us()
        mended = False
        while True:
            try:
                if not mended:
                    await self.notary.mend(self._shard)
                    mended = True
                await self.notary.work_up(self._shard)
                if self._due(checkpointed, self._settings.checkpoint_every_s):
                    checkpointed = self._now_us()
                    await self.notary.checkpoint(shard=self._shard)
                if self._shard == 0 and self._due(anchored, self._settings.anchor_every_s):
                    anchored = self._now_us()
                    await self.anchors.anchor()
            except Exception as error:  # the next round may find things in order again
                log.warning("notary_later", error=repr(error))
            await asyncio.sleep(EVERY_S)

    def _due(self, last_us: int, every_s: float) -> bool:
        # A clock that was put back must not keep us waiting until it is where it was.
        return not 0 <= self._now_us() - last_us < every_s * 1_000_000


def open_feature(context: Context) -> Feature:
    return NotaryFeature(context)
