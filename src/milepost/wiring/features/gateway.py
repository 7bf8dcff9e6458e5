"""Truck terminals: the ports that settings name, and devices that report over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from milepost.domain.telemetry import Change, RfidRead
from milepost.engine.devices import Terminal
from milepost.intake.devices.discovery import protocol
from milepost.intake.devices.gateway import Gateway
from milepost.intake.devices.keeping import Keeping
from milepost.intake.devices.limits import Limits
from milepost.intake.devices.requests import RefusedError, ask
from milepost.intake.reports.taking import TAG
from milepost.stores.postgres.asset_facts import PostgresFacts
from milepost.stores.postgres.asset_media import PostgresMedia
from milepost.stores.postgres.containment import PostgresContainment
from milepost.stores.postgres.device_parts import PostgresParts
from milepost.stores.postgres.telemetry import PostgresTelemetry, PostgresTerminals
from milepost.wiring.feature import Context, Feature

log = structlog.get_logger()
_MOST_BYTES = 65_536
_DAY_US = 86_400_000_000
_FORGET_EVERY_S = 3_600.0
_MOST_FORGOTTEN = 200


class GatewayFeature(Feature):
    def __init__(self, context: Context) -> None:
        settings = context.settings
        self._settings = settings
        self._terminals = PostgresTerminals(context.pool)
        self._containment = PostgresContainment(context.pool)
        pool = context.pool
        self._now_us = context.now_us
        self._media = PostgresMedia(pool, context.sealer)
        keeping = Keeping(
            PostgresTelemetry(pool), PostgresFacts(pool), self._media, PostgresParts(pool),
            self._observe,
        )  # fmt: skip
        limits = Limits(connections=settings.device_connections, idle_s=settings.device_idle_s)
        self.gateway = Gateway(self._terminals, keeping, context.now_us, limits=limits)
        self.ports: dict[str, int] = {}

    async def start(self) -> None:
        # Of several processes one holds the ports; all of them take HTTP.
        ports = {} if self._settings.shard else self._settings.device_ports
        host = self._settings.device_host or self._settings.host
        self.ports = await self.gateway.start(host, ports)
        for name, port in self.ports.items():
            log.info("device_port_open", protocol=name, port=port)
        self._task = asyncio.create_task(self._forgetting())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self.gateway.stop()

    async def forget(self) -> int:
        """Remove media that have been kept for long enough; how many."""
        before_us = self._now_us() - self._settings.media_keep_days * _DAY_US
        return await self._media.drop(before_us, _MOST_FORGOTTEN)

    async def _forgetting(self) -> None:
        """Of several processes one is enough."""
        while not self._settings.shard:
            try:
                if await self.forget() < _MOST_FORGOTTEN:
                    await asyncio.sleep(_FORGET_EVERY_S)
            except (ConnectionError, OSError) as error:
                log.warning("device_media_kept_longer", error=repr(error))
                await asyncio.sleep(_FORGET_EVERY_S)

    def routes(self) -> Sequence[BaseRoute]:
        both = ["GET", "POST"]
        return [
            Route("/v1/devices/osmand", self._osmand, methods=both),
            Route("/v1/devices/owntracks", self._owntracks, methods=["POST"]),
        ]

    async def _osmand(self, request: Request) -> Response:
        """A query string or a JSON body; forms put the query into the body."""
        body = await _body(request)
        return await self._take(request, "osmand", body.strip() or request.url.query.encode())

    async def _owntracks(self, request: Request) -> Response:
        """The device is named in the body's topic, the URL (`?d=`) or by `X-Limit-D`."""
        named = request.query_params.get("d") or request.headers.get("x-limit-d")
        return await self._take(request, "owntracks", await _body(request), named)

    async def _take(
        self, request: Request, name: str, frame: bytes, named: str | None = None
    ) -> Response:
        peer = request.client.host if request.client else ""
        try:
            answer = await ask(self.gateway, protocol(name), frame, peer, named)
        except RefusedError as refused:
            return PlainTextResponse(str(refused), refused.status)
        kind = "application/json" if answer[:1] in {b"[", b"{"} else "text/plain"
        return Response(answer, media_type=kind)

    async def _observe(self, terminal: Terminal, reads: Sequence[RfidRead]) -> None:
        """A tag that was made known is seen in the truck; others are told in the log."""
        tags = [read.tag for read in reads]
        known = await self._terminals.find_many(terminal.tenant, TAG, tags)
        changes = [
            Change(known[read.tag], terminal.asset, read.at_us, "observe", "rfid")
            for read in reads
            if read.tag in known
        ]
        if changes:
            await self._containment.record(terminal.tenant, changes)
        if len(changes) < len(reads):
            log.info("device_tags_unknown", asset=terminal.asset, tags=len(reads) - len(changes))


async def _body(request: Request) -> bytes:
    """The body, cut off beyond what any device sends."""
    found = b""
    async for piece in request.stream():
        found += piece
        if len(found) > _MOST_BYTES:
            break
    return found


def open_feature(context: Context) -> Feature:
    return GatewayFeature(context)
