"""Custody and liability: the archive of a road, and the signed report."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from milepost.api import custody
from milepost.api.custody import Report
from milepost.custody import Anomaly, Carriage
from milepost.custody.holding import VEHICLES
from milepost.documents.liability import render
from milepost.documents.signing import sign
from milepost.documents.wording import Wording
from milepost.domain.moment import to_datetime
from milepost.domain.scan import id_number
from milepost.domain.telemetry import parcel_name
from milepost.domain.track import Track
from milepost.engine.alert_views import told_detail
from milepost.engine.alerts import AlertRow
from milepost.engine.containment import chains
from milepost.engine.sensed import seen_at_facilities
from milepost.locale.papers import language_of
from milepost.sensing.chain import FOREVER_US
from milepost.stores.postgres.alerts import PostgresAlerts
from milepost.stores.postgres.containment import PostgresContainment
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features._carriers import carrier_name

# Alerts about the goods themselves; the others tell of time and papers.
TELLING = frozenset({
    "shock", "tilted", "opened", "temperature_excursion", "humidity_excursion", "damage_risk",
    "detour", "off_planned_path",
})  # fmt: skip
# It happened at once, and its alert stands because it cannot be undone.
MOMENTS = frozenset({"shock", "opened"})


class CustodyFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._alerts = PostgresAlerts(context.pool)
        self._containment = PostgresContainment(context.pool)

    def endpoints(self) -> Sequence[Endpoint]:
        services = self._context.milepost.services
        return custody.endpoints(
            custody.Bench(services, self.anomalies, self.carriages, self.signed)
        )

    async def anomalies(self, tenant: int, track: Track) -> list[Anomaly]:
        """What alerts, open or over, say of the goods."""
        queries = self._context.engine.queries
        roads = {id_number(track.shipment), *queries.roads_of(tenant, track.number)}
        rows = await self._alerts.of(tenant, sorted(roads))
        telling = [row for row in rows if row.rule in TELLING]
        carried = await self.carriages(tenant, track) if telling else []
        return [one for row in telling for one in told_by(row, carried)]

    async def carriages(self, tenant: int, track: Track) -> list[Carriage]:
        """What its numbers were in, over all levels, as the containment tells."""
        names = sorted(
            {parcel_name(leg.number) for leg in track.legs} | {parcel_name(track.number)}
        )
        scanned = dict.fromkeys(names, seen_at_facilities(track.events))
        found = await chains(self._containment, tenant, names, scanned)
        return [
            Carriage(
                asset=one.asset, since=to_datetime(one.from_us, 0), through=one.through,
                until=None if one.until_us == FOREVER_US else to_datetime(one.until_us, 0),
                confidence_pm=one.confidence_pm,
            )
            for stretches in found.values() for one in stretches if one.asset not in names
        ]  # fmt: skip

    async def signed(self, tenant: int, track: Track, report: Report, lang: str = "en") -> bytes:
        made_at = to_datetime(self._context.now_us(), 0)
        document = await asyncio.to_thread(
            render, track.number, report.liability, report.custody, report.anomalies, made_at,
            synthetic=track.synthetic, words=Wording(language_of(lang), carrier_name),
        )  # fmt: skip
        reason = f"Liability report of {track.number}"
        return await sign(document, self._context.settings.data, reason)


def told_by(row: AlertRow, carried: Sequence[Carriage]) -> list[Anomaly]:
    """What an alert says happened, when it happened: it begins to stand later, and may stand on."""
    began = _instant(row, "from_us") or to_datetime(row.opened_s * 1_000_000, 0)
    source = "scans" if row.rule == "detour" else _measured_in(carried, began)
    if row.rule not in MOMENTS:
        until = None if row.cleared_s is None else to_datetime(row.cleared_s * 1_000_000, 0)
        return [_anomaly(row, began, None if until is None else max(began, until), source)]
    moments = sorted({began, _instant(row, "peak_at_us") or began})
    return [_anomaly(row, at, at, source) for at in moments]


def _anomaly(row: AlertRow, since: datetime, until: datetime | None, source: str) -> Anomaly:
    detail = told_detail(row.detail)
    return Anomaly(kind=row.rule, since=since, until=until, source=source, detail=detail)


def _measured_in(carried: Sequence[Carriage], at: datetime) -> str:
    """Whose sensor it was then: one of its own before that of a vehicle."""
    then = [
        one.asset for one in carried if one.since <= at and (one.until is None or at <= one.until)
    ]
    return min(then, key=_nearness, default="its sensor")


def _nearness(asset: str) -> tuple[bool, bool]:
    return not asset.startswith("sensor:"), not asset.startswith(VEHICLES)


def _instant(row: AlertRow, name: str) -> datetime | None:
    """Whole seconds: as exact as scans and alerts are."""
    given = row.detail.get(name)
    return to_datetime(given // 1_000_000 * 1_000_000, 0) if isinstance(given, int) else None


def open_feature(context: Context) -> Feature:
    return CustodyFeature(context)
