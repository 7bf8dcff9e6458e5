"""The list of alerts, over all shipments of a tenant."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.api import alerts
from milepost.stores.postgres.alerts import PostgresAlerts
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature


class AlertFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._log = PostgresAlerts(context.pool)
        self._roads_of = context.engine.queries.roads_of

    def endpoints(self) -> Sequence[Endpoint]:
        return alerts.endpoints(self._log, self._roads_of)


def open_feature(context: Context) -> Feature:
    return AlertFeature(context)
