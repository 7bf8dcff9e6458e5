"""Custody and liability: the archive of a road, and the signed report."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from milepost.api import custody
from milepost.api.custody import Report
from milepost.custody import Anomaly
from milepost.documents.liability import render
from milepost.documents.signing import sign
from milepost.domain.moment import to_datetime
from milepost.domain.scan import id_number
from milepost.domain.track import Track
from milepost.stores.postgres.alerts import PostgresAlerts
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature

# Alerts about the goods themselves; the others tell of time and papers.
TELLING = frozenset({
    "shock", "tilted", "opened", "temperature_excursion", "humidity_excursion", "damage_risk",
    "detour", "weight_changed",
})  # fmt: skip


class CustodyFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._alerts = PostgresAlerts(context.pool)

    def endpoints(self) -> Sequence[Endpoint]:
        services = self._context.milepost.services
        return custody.endpoints(custody.Bench(services, self._anomalies, self._sign))

    async def _anomalies(self, tenant: int, track: Track) -> list[Anomaly]:
        """What alerts, open or over, say of the goods."""
        queries = self._context.engine.queries
        roads = {id_number(track.shipment), *queries.roads_of(tenant, track.number)}
        return [
            Anomaly(
                kind=row.rule, from_s=row.opened_s, until_s=row.cleared_s,
                source=str(row.detail.get("asset") or row.detail.get("source") or "alert"),
                detail=row.detail,
            )
            for row in await self._alerts.of(tenant, sorted(roads))
            if row.rule in TELLING
        ]  # fmt: skip

    async def _sign(self, tenant: int, track: Track, report: Report) -> bytes:
        made_at = to_datetime(self._context.now_us(), 0)
        document = await asyncio.to_thread(
            render, track.number, report.liability, report.custody, report.anomalies, made_at,
            synthetic=track.synthetic,
        )  # fmt: skip
        reason = f"Liability report of {track.number}"
        return await sign(document, self._context.settings.data, reason)


def open_feature(context: Context) -> Feature:
    return CustodyFeature(context)
