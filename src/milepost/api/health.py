"""`/healthz` and `/metrics`: without a key, and without anybody's data."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from milepost.api.services import Services


class _Meters:
    """The engine's meters, read when Prometheus asks."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        for name, value in self._services.meters().items():
            words = name.removesuffix("_total").replace("_", " ")
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(f"milepost_{name.removesuffix('_total')}", words.capitalize(), value=value)


def routes(services: Services) -> list[Route]:
    registry = CollectorRegistry()
    registry.register(_Meters(services))

    async def healthz(_: Request) -> Response:
        try:
            await services.ledger.ping()
        except ConnectionError:
            return JSONResponse({"status": "no database"}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
