"""A running Milepost without its HTTP server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from milepost.api import deliveries, explain, identify, scans, shipments, subscriptions, track
from milepost.api.services import Services
from milepost.carriers import registry
from milepost.engine.policies import Policies
from milepost.engine.ports import Ledger
from milepost.runners.inline import Inline, clock_us
from milepost.runners.peers import Peers
from milepost.runners.sealing import Archive
from milepost.settings import Settings
from milepost.stores.history import History
from milepost.stores.postgres.closing import Closing
from milepost.stores.postgres.policies import PostgresPolicies
from milepost.stores.stub import StubbedCommit
from milepost.web.auth import Caller
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature, open_features
from milepost.wiring.store import open_store
from milepost.wiring.tables import Tables
from milepost.wiring.telling import Telling

TENANTS_EVERY_S = 5.0


class Milepost:
    """A running Milepost without its HTTP server."""

    features: list[Feature]

    def __init__(self, settings: Settings, now_us: Callable[[], int] = clock_us) -> None:
        self.settings = settings
        self.now_us = now_us
        self.synthetic: frozenset[int] = frozenset()
        self.shown: list[int] = []

    async def start(self) -> None:
        self.store = await open_store(self.settings)
        await self._know_tenants()
        ledger: Ledger = self.store.ledger
        if self.settings.commit_stubbed:
            ledger = StubbedCommit(self.store.ledger)
        self.engine = Inline(
            ledger,
            Tables(),
            number=self.settings.shard or 0,
            now_us=self.now_us,
            policies=await self._policies(),
            synthetic=lambda one: one in self.synthetic,
            peers=self._peers(),
            archive=self._archive(),
        )
        await self.engine.start()
        self.services = Services(
            journey=self.engine.journey,
            queries=self.engine.queries,
            registrar=self.engine.registrar,
            ledger=ledger,
            live=self.engine.live,
            parser=registry.parser,
            now_us=self.engine.now_us,
            meters=self.engine.meters,
        )
        self.telling = Telling(self)
        await self.telling.start()
        self.features = open_features(Context(self))
        for feature in self.features:
            await feature.start()
        self._watch = asyncio.create_task(self._watch_tenants())

    async def stop(self) -> None:
        self._watch.cancel()
        for feature in reversed(self.features):
            await feature.stop()
        await self.telling.stop()
        await self.engine.stop()
        await self.store.close(stop=True)

    async def _policies(self) -> Policies:
        held = Policies(Tables().slug)
        for tenant, policy in (await PostgresPolicies(self.store.pool).policies()).items():
            held.set(tenant, policy)
        return held

    def _archive(self) -> Archive:
        one = self.settings
        history = History(one.data / "history")
        shard = (one.shard or 0, one.shards if one.shard is not None else 1)
        closing = Closing(self.store.pool)
        return Archive(closing, history, one.seal_after_days, one.keep_days, shard)

    def _peers(self) -> Peers | None:
        one = self.settings
        if one.shard is None or one.sockets is None:
            return None
        return Peers(one.shard, one.shards, one.sockets)

    async def _know_tenants(self) -> None:
        self.synthetic = await self.store.accounts.synthetic_tenants()
        only = self.settings.public_tenant
        tenants = await self.store.accounts.tenants()
        self.shown = [one for one, name in tenants if only is None or name == only]

    async def _watch_tenants(self) -> None:
        """Tenants may be made by another process, such as the command line."""
        while True:
            await asyncio.sleep(TENANTS_EVERY_S)
            with suppress(ConnectionError):
                await self._know_tenants()

    async def caller(self, digest: bytes) -> Caller | None:
        """The caller behind a key's hash."""
        row = await self.store.accounts.key(digest)
        if row is None:
            return None
        return Caller(row.tenant, row.name, row.id, frozenset(row.scopes))

    def endpoints(self) -> list[Endpoint]:
        """Every endpoint of the native API."""
        services = self.services
        return [
            *scans.endpoints(services),
            *shipments.endpoints(services),
            *track.endpoints(services),
            *explain.endpoints(services),
            *identify.endpoints(services),
            *subscriptions.endpoints(self.telling.subscriptions, self.telling.announcer),
            *deliveries.endpoints(self.telling.log, self.telling.announcer),
            *(one for feature in self.features for one in feature.endpoints()),
        ]
