"""Devices over MQTT, where a broker is named (MILEPOST_MQTT_URL); needs the extra `mqtt`."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from milepost.engine.resolve import Resolver
from milepost.intake.mqtt.messages import Messages
from milepost.intake.mqtt.options import options_of
from milepost.intake.reports.taking import DeviceIntake
from milepost.stores.postgres.assets import PostgresTerminals
from milepost.stores.postgres.containment import PostgresContainment
from milepost.stores.postgres.sensing import PostgresSensing
from milepost.stores.postgres.telemetry import PostgresTelemetry
from milepost.wiring.feature import Context, Feature
from milepost.wiring.tables import Tables


class MqttFeature(Feature):
    def __init__(self, context: Context, url: str) -> None:
        try:
            from milepost.intake.mqtt.client import MqttClient
        except ImportError:
            raise RuntimeError("MQTT needs the extra: pip install 'milepost[mqtt]'") from None
        settings, pool = context.settings, context.pool
        shard = settings.shard or 0
        self._accounts = context.milepost.store.accounts
        self._tenants: dict[str, int] = {}
        store = PostgresSensing(pool)
        intake = DeviceIntake(
            context.engine.journey, PostgresTelemetry(pool), PostgresContainment(pool),
            PostgresTerminals(pool), store, store, context.engine.now_us, Resolver(Tables()),
        )  # fmt: skip
        # Several processes must share, or each would take every message.
        group = settings.mqtt_group or ("milepost" if settings.shards > 1 else None)
        options = options_of(
            url, identifier=f"{settings.mqtt_client}-{shard}", group=group, ca=settings.mqtt_ca
        )
        self.messages = Messages(intake, self._tenant_of)
        self.client = MqttClient(options, self.messages)

    async def start(self) -> None:
        self._task = asyncio.create_task(self.client.run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _tenant_of(self, name: str) -> int | None:
        if name not in self._tenants:
            found = await self._accounts.tenants()
            self._tenants = {one: tenant for tenant, one in found}
        return self._tenants.get(name)


def open_feature(context: Context) -> Feature:
    url = context.settings.mqtt_url
    return Feature() if url is None else MqttFeature(context, url)
