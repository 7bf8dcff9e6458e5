"""EPCIS 2.0: capture, query, and a shipment's road as a document."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from milepost.api.epcis import capture, discovery, events, export, resources
from milepost.engine.epcis_capture import Capture
from milepost.engine.resolve import Resolver
from milepost.stores.postgres.containment import PostgresContainment
from milepost.stores.postgres.epcis import PostgresEpcis
from milepost.stores.postgres.telemetry import PostgresTelemetry
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.tables import Tables


class EpcisFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = PostgresEpcis(context.pool)
        self._capture = Capture(
            self._store,
            context.engine.journey,
            Resolver(Tables()),
            PostgresTelemetry(context.pool),
            PostgresContainment(context.pool),
            context.now_us,
        )

    def endpoints(self) -> Sequence[Endpoint]:
        context = self._context
        asked = events.Asked(self._store, context.now_us)
        return [
            *capture.endpoints(capture.CaptureServices(self._capture, self._store)),
            *events.endpoints(asked),
            *resources.endpoints(self._store),
            *export.endpoints(context.engine.queries, context.ledger, context.now_us),
        ]

    def routes(self) -> Sequence[BaseRoute]:
        return discovery.routes()


def open_feature(context: Context) -> Feature:
    return EpcisFeature(context)
