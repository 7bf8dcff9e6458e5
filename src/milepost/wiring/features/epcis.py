"""EPCIS 2.0: capture, query, and a shipment's road as a document."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from starlette.routing import BaseRoute

from milepost.api.epcis import capture, discovery, events, export, master, resources, standing
from milepost.engine.epcis_capture import Capture
from milepost.engine.epcis_standing import Watch
from milepost.engine.resolve import Resolver
from milepost.stores.postgres.containment import PostgresContainment
from milepost.stores.postgres.epcis import PostgresEpcis
from milepost.stores.postgres.epcis_master import PostgresMaster
from milepost.stores.postgres.epcis_said import EpcisSaid
from milepost.stores.postgres.epcis_subscriptions import PostgresStanding
from milepost.stores.postgres.keyring import Keyring
from milepost.stores.postgres.telemetry import PostgresTelemetry
from milepost.stores.vaulting import checked_suite
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.tables import Tables


class EpcisFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        keyring = Keyring(lambda: context.sealer, checked_suite(context.settings.vault_suite))
        self._store = PostgresEpcis(context.pool, EpcisSaid(keyring))
        self._master = PostgresMaster(context.pool)
        self._capture = Capture(
            self._store,
            context.engine.journey,
            Resolver(Tables()),
            PostgresTelemetry(context.pool),
            PostgresContainment(context.pool),
            context.now_us,
            self._master,
            self._captured,
        )
        announcer = context.milepost.telling.announcer
        self._standing = PostgresStanding(
            context.pool, context.sealer, context.settings.subscriptions_per_tenant
        )
        self.watch = Watch(self._standing, context.now_us, announcer.wake)
        self._subscribing = standing.StandingServices(
            self._store, self._standing, announcer, context.now_us, self._captured
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self.watch.run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _captured(self) -> None:
        self.watch.woken.set()

    def endpoints(self) -> Sequence[Endpoint]:
        context = self._context
        asked = events.Asked(self._store, context.now_us)
        return [
            *capture.endpoints(capture.CaptureServices(self._capture, self._store)),
            *events.endpoints(asked),
            *resources.endpoints(self._store),
            *master.endpoints(self._master),
            *standing.endpoints(self._subscribing),
            *export.endpoints(context.engine.queries, context.ledger, context.now_us),
        ]

    def routes(self) -> Sequence[BaseRoute]:
        return discovery.routes()


def open_feature(context: Context) -> Feature:
    return EpcisFeature(context)
