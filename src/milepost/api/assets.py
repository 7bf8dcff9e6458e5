"""`/v1/assets`: trucks, cages, bags, lockers and sensors, and where they went."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from msgspec import Struct
from starlette.responses import Response

from milepost.api.asset_shapes import (
    Alarms,
    AssetGiven,
    AssetPage,
    AssetQuery,
    AssetShown,
    ContainedShown,
    Contents,
    FenceGiven,
    FencesShown,
    MediaShown,
    Position,
    Positions,
    SpanQuery,
    TerminalShown,
    Visits,
    VisitShown,
)
from milepost.api.asset_told import ALARMS, alarms_of, medium_answer, medium_shown, told_of
from milepost.api.personal import SCOPE
from milepost.domain.moment import to_text
from milepost.domain.telemetry import Contained, kind_of
from milepost.engine.containment import Containment
from milepost.engine.devices import Terminal
from milepost.engine.sensor_queries import SensorQueries
from milepost.engine.telemetry import Asset, FactReader, MediaReader
from milepost.sensing.containment import is_place
from milepost.sensing.geofence import Fence
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError


class AssetStore(Protocol):
    """Where assets are kept."""

    async def save(self, tenant: int, asset: Asset) -> Asset: ...

    async def page(
        self, tenant: int, after: str = "", kind: str | None = None, limit: int = 50
    ) -> list[Asset]: ...

    async def one(self, tenant: int, name: str) -> Asset | None: ...


class TerminalStore(Protocol):
    """Where devices and tags are kept. `save` raises ValueError for another tenant's."""

    async def save(self, terminal: Terminal) -> None: ...

    async def of_asset(self, tenant: int, asset: str) -> list[Terminal]: ...


class FenceStore(Protocol):
    """Where places are kept."""

    async def fences(self, tenant: int) -> list[Fence]: ...

    async def save_fence(self, tenant: int, fence: Fence) -> None: ...

    async def delete_fence(self, tenant: int, name: str) -> bool: ...


class AssetServices(Struct, frozen=True):
    """What the resource works with."""

    assets: AssetStore
    terminals: TerminalStore
    fences: FenceStore
    containment: Containment
    queries: SensorQueries
    facts: FactReader
    media: MediaReader
    now_us: Callable[[], int]
    changed: Callable[[int, str], None]


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
            "GET", one + "/positions", positions, "Where an asset was",
            query=SpanQuery, answer=Positions,
        ),
        endpoint(
            "GET", one + "/visits", stays, "At which places an asset was",
            query=SpanQuery, answer=Visits,
        ),
        endpoint(
            "GET", one + "/contents", contents, "What was in an asset, and what it was in",
            query=SpanQuery, answer=Contents,
        ),
        endpoint(
            "GET", one + "/alarms", alarms, "Which alarms its devices reported",
            query=SpanQuery, answer=Alarms,
        ),
        endpoint(
            "GET", one + "/media", media, "What its devices took pictures of",
            query=SpanQuery, answer=MediaShown,
        ),
        endpoint(
            "GET", one + "/media/{medium}", medium, "A picture, sound or film of a device",
            scope=SCOPE, answer_type="application/octet-stream", answers=(404,),
        ),
        endpoint("GET", "/v1/geofences", fences, "List places", answer=FencesShown),
        endpoint(
            "POST", "/v1/geofences", save_fence, "Make a place known", scope="write",
            body=FenceGiven, answer=FenceGiven, status=201, answers=(422,),
        ),
        endpoint(
            "DELETE", "/v1/geofences/{name}", delete_fence, "Forget a place", scope="write",
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
    found = await services.assets.one(tenant, _asset(call))
    if found is None:
        raise ProblemError(404, "There is no such asset.")
    return await _shown(services, tenant, found)


async def positions(services: AssetServices, call: Call) -> Positions:
    asset = _asset(call)
    span = _span(services, call)
    found = await services.queries.positions(call.caller.tenant, asset, span, call.query.limit)
    return Positions(
        asset,
        [
            Position(
                at=to_text(one.at_us, 0), lat=(one.lat_e7 or 0) / 1e7, lon=(one.lon_e7 or 0) / 1e7,
                valid=one.valid, course_deg=one.course_deg,
                speed_m_s=None if one.speed_mm_s is None else one.speed_mm_s / 1000,
            )
            for one in found
        ],
    )  # fmt: skip


async def stays(services: AssetServices, call: Call) -> Visits:
    asset = _asset(call)
    found = await services.queries.visits(call.caller.tenant, asset, _span(services, call))
    shown = [
        VisitShown(
            place=one.fence, arrived=to_text(one.arrived_us, 0),
            departed=None if one.departed_us is None else to_text(one.departed_us, 0),
            dwell_s=one.dwell_s,
        )
        for one in found[-call.query.limit :]
    ]  # fmt: skip
    return Visits(asset, shown)


async def contents(services: AssetServices, call: Call) -> Contents:
    asset, tenant = _asset(call), call.caller.tenant
    inside = await services.containment.within(tenant, [asset], *_span(services, call))
    within = await services.containment.of(tenant, [asset])
    most = call.query.limit
    return Contents(
        asset,
        [_contained(one) for one in inside.get(asset, [])[-most:]],
        [_contained(one) for one in within.get(asset, []) if not is_place(one.parent)][-most:],
    )


async def alarms(services: AssetServices, call: Call) -> Alarms:
    asset, tenant = _asset(call), call.caller.tenant
    now = (await services.facts.facts(tenant, asset)).get(ALARMS)
    span = _span(services, call)
    found = await alarms_of(services.facts, tenant, asset, span, call.query.limit, now)
    return Alarms(asset, found)


async def media(services: AssetServices, call: Call) -> MediaShown:
    asset, span = _asset(call), _span(services, call)
    found = await services.media.page(call.caller.tenant, asset, *span, call.query.limit)
    return MediaShown(asset, [medium_shown(one) for one in found])


async def medium(services: AssetServices, call: Call) -> Response:
    name = call.path("medium").replace("\x00", "")
    found = await services.media.open(call.caller.tenant, _asset(call), name)
    if found is None:
        raise ProblemError(404, "The asset has no such picture, sound or film.")
    return medium_answer(*found)


async def fences(services: AssetServices, call: Call) -> FencesShown:
    found = await services.fences.fences(call.caller.tenant)
    return FencesShown([_fence(one) for one in found])


async def save_fence(services: AssetServices, call: Call) -> FenceGiven:
    given: FenceGiven = call.body
    if given.exit_m < given.enter_m:
        raise ProblemError(422, "exit_m must not be less than enter_m.")
    centre = (round(given.lat * 1e7), round(given.lon * 1e7))
    fence = Fence(given.name, centre, given.enter_m, given.exit_m, given.stay_s)
    await services.fences.save_fence(call.caller.tenant, fence)
    return _fence(fence)


async def delete_fence(services: AssetServices, call: Call) -> None:
    name = call.path("name").replace("\x00", "")
    if not await services.fences.delete_fence(call.caller.tenant, name):
        raise ProblemError(404, "There is no such place.")


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


def _contained(one: Contained) -> ContainedShown:
    return ContainedShown(
        child=one.child, parent=one.parent, since=to_text(one.from_us, 0),
        until=None if one.until_us is None else to_text(one.until_us, 0),
        seen=to_text(one.seen_us, 0), began=one.began, ended=one.ended,
        confidence=one.confidence_pm / 1000,
    )  # fmt: skip


def _fence(one: Fence) -> FenceGiven:
    return FenceGiven(
        name=one.name, lat=one.centre[0] / 1e7, lon=one.centre[1] / 1e7, enter_m=one.enter_m,
        exit_m=one.exit_m, stay_s=one.stay_s,
    )  # fmt: skip


def _asset(call: Call) -> str:
    return call.path("asset").replace("\x00", "")


def _span(services: AssetServices, call: Call) -> tuple[int, int]:
    span = services.queries.span(call.query.since, call.query.until)
    if span is None:
        raise ProblemError(422, "Query: since and until are times with an offset (RFC 3339).")
    return span
