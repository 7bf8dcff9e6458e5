"""One message, taken: what it says is durable when this returns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import get_args

import structlog
from msgspec import Struct

from milepost.engine.decode import NotABatchError
from milepost.engine.journey import OverloadedError
from milepost.intake.mqtt.topics import Topic, parsed
from milepost.intake.reports.shapes import Level
from milepost.intake.reports.taking import HTTP_DEVICE, Arrival, DeviceIntake

log = structlog.get_logger()
RETRY_S = (0.1, 0.5, 1.0, 2.0, 5.0)
_LEVELS: tuple[str, ...] = get_args(Level)


class Meters(Struct):
    """Counts since the start. `refused`: messages of which nothing could be taken."""

    messages: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    retries: int = 0


class Messages:
    """Hands messages to the intake, again and again while the database is away.

    Bad input is kept as an unread raw by the intake, and is done with; only what may succeed later
    is tried again.
    """

    def __init__(
        self, intake: DeviceIntake, tenant_of: Callable[[str], Awaitable[int | None]]
    ) -> None:
        self._intake = intake
        self._tenant_of = tenant_of
        self.meters = Meters()
        self._listening_us: int | None = None

    def listening(self) -> None:
        """The broker has us from now on, and hands over what it kept for us."""
        self._listening_us = self._intake.now_us()

    async def take(self, topic: str, payload: bytes) -> None:
        """Raises only when cancelled."""
        self.meters.messages += 1
        if not payload:
            return  # a retained message was taken back: it says nothing of its own
        arrival, tries = Arrival(self._intake.now_us(), self._listening_us), 0
        while True:
            try:
                await self._take(topic, payload, arrival)
            except (ConnectionError, OverloadedError) as error:
                wait_s = RETRY_S[min(tries, len(RETRY_S) - 1)]
                log.warning("mqtt_retry", topic=topic, wait_s=wait_s, error=repr(error))
                self.meters.retries += 1
                tries += 1
                await asyncio.sleep(wait_s)
            except Exception:  # a fault of ours must not stop the others' messages
                self.meters.refused += 1
                log.exception("mqtt_fault", topic=topic)
                return
            else:
                return

    async def _take(self, topic: str, payload: bytes, arrival: Arrival) -> None:
        whose = parsed(topic)
        tenant = None if whose is None else await self._tenant_of(whose.tenant)
        if whose is None or tenant is None:
            self.meters.refused += 1
            log.warning("mqtt_nobody", topic=topic)
            return
        try:
            await self._hand_over(tenant, whose, payload, arrival)
        except NotABatchError as error:
            self.meters.refused += 1
            log.warning("mqtt_unread", topic=topic, bytes=len(payload), error=str(error))
            await self._intake.keep_whole(tenant, f"mqtt.{whose.kind}", payload, str(error))

    async def _hand_over(self, tenant: int, whose: Topic, payload: bytes, arrival: Arrival) -> None:
        intake = self._intake
        match whose.kind:
            case "scans":
                level = whose.level if whose.level in _LEVELS else None
                taken = await intake.take_scans(
                    tenant, payload, device=whose.device, level=level, arrival=arrival
                )
            case "samples":
                asset = await self._asset(tenant, whose)
                taken = await intake.take_samples(tenant, payload, asset=asset)
            case "rfid":
                taken = await intake.take_rfid(tenant, payload, reader=whose.device)
            case _:
                taken = await intake.take_changes(tenant, payload)
        if taken.rejected:  # over MQTT nobody is answered: the log is where it can be seen
            first = taken.rejected[0]
            log.warning("mqtt_rejected", items=len(taken.rejected), at=first.index,
                        error=first.error, device=whose.device, kind=whose.kind)  # fmt: skip
        self.meters.accepted += taken.accepted
        self.meters.duplicates += taken.duplicates

    async def _asset(self, tenant: int, whose: Topic) -> str:
        """What a device speaks for that names no asset itself."""
        known = await self._intake.devices.find_many(tenant, HTTP_DEVICE, [whose.device])
        kind = "truck" if whose.level == "truck" else "sensor"
        return known.get(whose.device, f"{kind}:{whose.device}")
