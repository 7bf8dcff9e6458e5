"""`/healthz` and `/metrics`: without a key, and without anybody's data."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from prometheus_client.core import CollectorRegistry
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from milepost.api.services import Services


def routes(services: Services) -> list[Route]:
    registry = CollectorRegistry()
    listeners = Gauge("milepost_live_listeners", "Open live streams", registry=registry)
    listeners.set_function(lambda: len(services.live))

    async def healthz(_: Request) -> Response:
        try:
            await services.ledger.ping()
        except ConnectionError:
            return JSONResponse({"status": "no database"}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
