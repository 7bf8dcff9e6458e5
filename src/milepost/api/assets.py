"""`/v1/assets`: trucks, cages, bags, lockers and sensors, and where they went."""

from __future__ import annotations

from functools import partial
from typing import Any

from milepost.api import asset_past as past
from milepost.api import geofences
from milepost.api.asset_rooms import AssetServices, asset_of
from milepost.api.asset_shapes import (
    Alarms,
    AssetGiven,
    AssetPage,
    AssetQuery,
    AssetShown,
    Contents,
    FenceGiven,
    FencesShown,
    MediaShown,
    Positions,
    SpanQuery,
    TerminalShown,
    Visits,
)
from milepost.api.asset_told import told_of
from milepost.api.personal import SCOPE
from milepost.domain.telemetry import kind_of
from milepost.engine.devices import Terminal
from milepost.engine.telemetry import Asset
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError


def endpoints(services: AssetServices) -> list[Endpoint]:
    def endpoint(method: Any, path: str, handler: Any, summary: str, **given: Any) -> Endpoint:
        return Endpoint(
            method=method, path=path, handler=partial(handler, services), summary=summary,
            tag="assets", **given,
        )  # fmt: skip

    one = "/v1/assets/{asset}"
    return [
        endpoint("GET", "/v1/assets", page, "List assets", query=AssetQuery, answer=AssetPage),
        endpoint(
            "POST", "/v1/assets", save, "Make an asset known, with its devices and tags",
            scope="write", body=AssetGiven, answer=AssetShown, status=201, answers=(409,),
        ),
        endpoint("GET", one, show, "One asset", answer=AssetShown, answers=(404,)),
        endpoint(
            "GET", one + "/positions", past.positions, "Where an asset was",
            query=SpanQuery, answer=Positions,
        ),
        endpoint(
            "GET", one + "/visits", past.stays, "At which places an asset was",
            query=SpanQuery, answer=Visits,
        ),
        endpoint(
            "GET", one + "/contents", past.contents, "What was in an asset, and what it was in",
            query=SpanQuery, answer=Contents,
        ),
        endpoint(
            "GET", one + "/alarms", past.alarms, "Which alarms its devices reported",
            query=SpanQuery, answer=Alarms,
        ),
        endpoint(
            "GET", one + "/media", past.media, "What its devices took pictures of",
            query=SpanQuery, answer=MediaShown,
        ),
        endpoint(
            "GET", one + "/media/{medium}", past.medium, "A picture, sound or film of a device",
            scope=SCOPE, answer_type="application/octet-stream", answers=(404,),
        ),
        endpoint("GET", "/v1/geofences", geofences.listed, "List places", answer=FencesShown),
        endpoint(
            "POST", "/v1/geofences", geofences.save, "Make a place known", scope="write",
            body=FenceGiven, answer=FenceGiven, status=201, answers=(422,),
        ),
        endpoint(
            "DELETE", "/v1/geofences/{name}", geofences.delete, "Forget a place", scope="write",
            status=204, answers=(404,),
        ),
    ]  # fmt: skip


async def save(services: AssetServices, call: Call) -> AssetShown:
    given: AssetGiven = call.body
    tenant = call.caller.tenant
    path = tuple((round(lat * 1e7), round(lon * 1e7)) for lat, lon in given.path)
    kind = kind_of(given.asset)
    for one in given.terminals:
        terminal = Terminal(tenant, one.protocol, one.identity, given.asset, one.secret)
        try:
            await services.terminals.save(terminal)
        except ValueError:
            detail = f"'{one.identity}' is another tenant's."
            raise ProblemError(409, detail) from None
    asset = Asset(given.asset, kind, given.label, path, given.corridor_m, services.now_us())
    saved = await services.assets.save(tenant, asset)
    services.changed(tenant, asset.name)
    return await _shown(services, tenant, saved)


async def page(services: AssetServices, call: Call) -> AssetPage:
    query: AssetQuery = call.query
    found = await services.assets.page(
        call.caller.tenant, query.cursor.replace("\x00", ""), query.kind and
        query.kind.replace("\x00", ""), query.limit + 1,
    )  # fmt: skip
    shown = [_plain(one) for one in found[: query.limit]]
    return AssetPage(shown, shown[-1].asset if len(found) > query.limit else None)


async def show(services: AssetServices, call: Call) -> AssetShown:
    tenant = call.caller.tenant
    found = await services.assets.one(tenant, asset_of(call))
    if found is None:
        raise ProblemError(404, "There is no such asset.")
    return await _shown(services, tenant, found)


def _plain(asset: Asset) -> AssetShown:
    return AssetShown(
        asset=asset.name, kind=asset.kind, label=asset.label, corridor_m=asset.corridor_m,
        path=[(lat / 1e7, lon / 1e7) for lat, lon in asset.path],
    )  # fmt: skip


async def _shown(services: AssetServices, tenant: int, asset: Asset) -> AssetShown:
    shown = _plain(asset)
    shown.terminals = [
        TerminalShown(protocol=one.protocol, identity=one.identity)
        for one in await services.terminals.of_asset(tenant, asset.name)
    ]
    shown.facts, shown.alarms = await told_of(services.facts, tenant, asset.name)
    return shown
