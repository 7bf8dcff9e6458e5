"""`/v1/geofences`: places that assets arrive at and leave."""

from __future__ import annotations

from milepost.api.asset_rooms import AssetServices
from milepost.api.asset_shapes import FenceGiven, FencesShown
from milepost.sensing.geofence import Fence
from milepost.web.endpoint import Call
from milepost.web.problems import ProblemError


async def listed(services: AssetServices, call: Call) -> FencesShown:
    found = await services.fences.fences(call.caller.tenant)
    return FencesShown([_fence(one) for one in found])


async def save(services: AssetServices, call: Call) -> FenceGiven:
    given: FenceGiven = call.body
    if given.exit_m < given.enter_m:
        raise ProblemError(422, "exit_m must not be less than enter_m.")
    centre = (round(given.lat * 1e7), round(given.lon * 1e7))
    fence = Fence(given.name, centre, given.enter_m, given.exit_m, given.stay_s)
    await services.fences.save_fence(call.caller.tenant, fence)
    return _fence(fence)


async def delete(services: AssetServices, call: Call) -> None:
    name = call.path("name").replace("\x00", "")
    if not await services.fences.delete_fence(call.caller.tenant, name):
        raise ProblemError(404, "There is no such place.")


def _fence(one: Fence) -> FenceGiven:
    return FenceGiven(
        name=one.name, lat=one.centre[0] / 1e7, lon=one.centre[1] / 1e7, enter_m=one.enter_m,
        exit_m=one.exit_m, stay_s=one.stay_s,
    )  # fmt: skip
