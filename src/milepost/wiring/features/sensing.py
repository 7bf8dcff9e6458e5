"""Telemetry, containment, and the rules on what sensors measure."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

from milepost.api import assets, devices, telemetry
from milepost.api.asset_rooms import AssetServices
from milepost.domain.care import Limits
from milepost.engine.resolve import Resolver
from milepost.engine.sensed import SensedShipments
from milepost.engine.sensing import SensingJudge
from milepost.engine.sensor_queries import SensorQueries
from milepost.intake.reports.taking import DeviceIntake
from milepost.sensing.watch import RULES
from milepost.stores.postgres.asset_facts import PostgresFacts
from milepost.stores.postgres.asset_media import PostgresMedia
from milepost.stores.postgres.assets import PostgresAssets, PostgresTerminals
from milepost.stores.postgres.containment import PostgresContainment
from milepost.stores.postgres.packing import Packing
from milepost.stores.postgres.sensing import PostgresSensing
from milepost.stores.postgres.telemetry import PostgresTelemetry
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.tables import Tables

CHECKPOINT_S = 5.0
LOOK_EVERY_S = 5.0


class SensingFeature(Feature):
    def __init__(self, context: Context) -> None:
        engine, pool = context.engine, context.pool
        self._engine, self._ledger = engine, context.ledger
        self._shard = context.settings.shard or 0
        self._alone = context.settings.shards == 1
        self._telemetry = PostgresTelemetry(pool)
        self._containment = PostgresContainment(pool)
        self._store = PostgresSensing(pool)
        self._packing = Packing(pool)
        self._shipments = SensedShipments(
            engine.shard, engine.queries, engine.policies, context.ledger, engine.owns
        )
        engine.queries.limits_over = self._shipments.over
        self.judge = SensingJudge(
            self._telemetry, self._containment, PostgresAssets(pool), self._shipments,
            engine.desk, self._store, engine.now_us, self._refresh,
            holds_us=600_000_000 if self._alone else 15_000_000,
        )  # fmt: skip
        self.intake = DeviceIntake(
            engine.journey, self._telemetry, self._containment, PostgresTerminals(pool),
            self._store, self._store, engine.now_us, Resolver(Tables()),
        )  # fmt: skip
        self._queries = SensorQueries(
            self._telemetry, self._containment, self._shipments, self._store, self._number_of,
            self._save_limits, engine.now_us,
        )  # fmt: skip
        self.curves = self._queries  # the buyer's page draws them
        self._assets = AssetServices(
            PostgresAssets(pool), PostgresTerminals(pool), self._store, self._containment,
            self._queries, PostgresFacts(pool), PostgresMedia(pool, context.sealer),
            engine.now_us, self.judge.forget,
        )  # fmt: skip
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._shipments.own = await self._store.limits()
        for road, tenant, number in await self._store.open_alerts(RULES):
            self.judge.adopt(road, tenant, number)
        self._telemetry.listen(self.judge.on_samples)
        self._containment.listen(self.judge.on_changes)
        # What was recorded before a crash, and not looked at any more.
        for one in await self._store.unseen():
            self.judge.catch_up(*one)
        work: list[Coroutine[Any, Any, None]] = [
            self.judge.run(), self._packing.run(), self._checkpoints(), self._learn_limits(),
            self._listen_again(),
        ]  # fmt: skip
        self._tasks = [asyncio.create_task(one) for one in work]

    async def stop(self) -> None:
        self._telemetry.unlisten(self.judge.on_samples)
        self._containment.unlisten(self.judge.on_changes)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def endpoints(self) -> Sequence[Endpoint]:
        return [
            *devices.endpoints(self.intake),
            *telemetry.endpoints(self._queries),
            *assets.endpoints(self._assets),
        ]

    async def _number_of(self, tenant: int, shipment: int) -> str | None:
        known = self._engine.queries.number_of(tenant, shipment)
        if known is not None:
            return known
        row = await self._ledger.shipment(tenant, shipment)
        return None if row is None else row.number

    async def _save_limits(self, tenant: int, number: str, limits: Limits) -> None:
        await self._store.save_limits(tenant, number, limits)
        self._shipments.own[tenant, number] = limits
        self._engine.queries.forget(tenant, number)
        self.judge.ask(tenant, [number])

    async def _checkpoints(self) -> None:
        while True:
            await asyncio.sleep(CHECKPOINT_S)
            with suppress(ConnectionError):
                until = await self._store.now()
                await self.judge.round()
                await self._store.seen(self._shard, until)

    async def _listen_again(self) -> None:
        """When silence is due was known in memory only: whoever is listened to is looked at once,
        as a sensor that says nothing any more does not remind us of it.
        """
        asked: dict[int, list[str]] = {}
        while True:
            with suppress(ConnectionError):
                async for tenant, number in self._shipments.listened():
                    asked.setdefault(tenant, []).append(number)
                break
            asked.clear()
            await asyncio.sleep(LOOK_EVERY_S)
        for tenant, numbers in asked.items():
            self.judge.ask(tenant, numbers)

    async def _learn_limits(self) -> None:
        """Another process may have been told of a shipment's limits."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with suppress(ConnectionError):
                await self._take_limits()
                await self._refresh(None)
                await self._adopt()

    async def _refresh(self, roads: Sequence[int] | None) -> None:
        """What the other processes have opened and cleared meanwhile; of all roads with None."""
        if not self._alone:
            found = await self._store.standing(RULES, roads)
            self._engine.desk.replace(RULES, roads, found)

    async def _adopt(self) -> None:
        """Roads whose alerts another process has opened: the good value may come to us."""
        if not self._alone:
            for road, tenant, number in await self._store.open_alerts(RULES):
                self.judge.adopt(road, tenant, number)

    async def _take_limits(self) -> None:
        known, self._shipments.own = self._shipments.own, await self._store.limits()
        for (tenant, number), limits in self._shipments.own.items():
            if known.get((tenant, number)) != limits:
                self.judge.ask(tenant, [number])


def open_feature(context: Context) -> Feature:
    return SensingFeature(context)
