"""Where an asset was, what was in it, and what its devices reported."""

from __future__ import annotations

from starlette.responses import Response

from milepost.api.asset_rooms import AssetServices, asset_of, span_of
from milepost.api.asset_shapes import (
    Alarms,
    ContainedShown,
    Contents,
    MediaShown,
    Position,
    Positions,
    Visits,
    VisitShown,
)
from milepost.api.asset_told import ALARMS, alarms_of, medium_answer, medium_shown
from milepost.domain.moment import to_text
from milepost.domain.telemetry import Contained
from milepost.sensing.containment import is_place
from milepost.web.endpoint import Call
from milepost.web.problems import ProblemError


async def positions(services: AssetServices, call: Call) -> Positions:
    asset = asset_of(call)
    span = span_of(services, call)
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
    asset = asset_of(call)
    found = await services.queries.visits(call.caller.tenant, asset, span_of(services, call))
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
    asset, tenant = asset_of(call), call.caller.tenant
    inside = await services.queries.contents(tenant, asset, span_of(services, call))
    within = await services.containment.of(tenant, [asset])
    most = call.query.limit
    return Contents(
        asset,
        [_contained(one) for one in inside[-most:]],
        [_contained(one) for one in within.get(asset, []) if not is_place(one.parent)][-most:],
    )


async def alarms(services: AssetServices, call: Call) -> Alarms:
    asset, tenant = asset_of(call), call.caller.tenant
    now = (await services.facts.facts(tenant, asset)).get(ALARMS)
    span = span_of(services, call)
    found = await alarms_of(services.facts, tenant, asset, span, call.query.limit, now)
    return Alarms(asset, found)


async def media(services: AssetServices, call: Call) -> MediaShown:
    asset, span = asset_of(call), span_of(services, call)
    found = await services.media.page(call.caller.tenant, asset, *span, call.query.limit)
    return MediaShown(asset, [medium_shown(one) for one in found])


async def medium(services: AssetServices, call: Call) -> Response:
    name = call.path("medium").replace("\x00", "")
    found = await services.media.open(call.caller.tenant, asset_of(call), name)
    if found is None:
        raise ProblemError(404, "The asset has no such picture, sound or film.")
    return medium_answer(*found)


def _contained(one: Contained) -> ContainedShown:
    return ContainedShown(
        child=one.child, parent=one.parent, since=to_text(one.from_us, 0),
        until=None if one.until_us is None else to_text(one.until_us, 0),
        seen=to_text(one.seen_us, 0), began=one.began, ended=one.ended,
        confidence=one.confidence_pm / 1000,
    )  # fmt: skip
