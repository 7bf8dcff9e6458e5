"""Scans of `POST /v1/scans` that name their container open and close containment."""

from __future__ import annotations

from milepost.engine.loading import Loading
from milepost.engine.resolve import Resolver
from milepost.stores.postgres.containment import PostgresContainment
from milepost.wiring.feature import Context, Feature
from milepost.wiring.tables import Tables


class LoadingFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._services = context.milepost.services
        self._loading = Loading(
            context.engine.journey,
            Resolver(Tables()),
            PostgresContainment(context.pool),
            context.now_us,
        )

    async def start(self) -> None:
        self._services.loading = self._loading


def open_feature(context: Context) -> Feature:
    return LoadingFeature(context)
