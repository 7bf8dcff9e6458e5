"""query.do and maptrack.do: the road of one number."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from milepost.compat.core import CompatServices
from milepost.compat.kuaidi100 import (
    VENDOR,
    access,
    asking,
    company,
    faults,
    phones,
    shape,
    showing,
)
from milepost.compat.kuaidi100.faults import RefusedError
from milepost.domain.track import Track

ANY = "auto"


async def query(services: CompatServices, given: dict[str, str]) -> Any:
    """`POST /poll/query.do`."""
    return await _shown(services, given, "0")


async def map_track(services: CompatServices, given: dict[str, str]) -> Any:
    """`POST /poll/maptrack.do`: needs both ends of the road."""
    param = asking.param_of(given.get("param", ""))
    if not (asking.text_of(param, "from") and asking.text_of(param, "to")):
        await access.by_sign(services, given)
        raise RefusedError(faults.INCOMPLETE)
    return await _shown(services, given, "5")


async def _shown(services: CompatServices, given: dict[str, str], level: str) -> Any:
    """The answer, or why there is none, as `show` asks for it."""
    try:
        answer = await _answer(services, given, level)
    except RefusedError as error:
        answer = faults.body((error.code, error.message))
    show = _show_of(given.get("param", ""))
    if show not in showing.WAYS:
        return answer
    text, media_type = showing.WAYS[show](answer)
    return Response(text, media_type=media_type)


def _show_of(param: str) -> str:
    if '"show"' not in param:
        return ""
    try:
        return asking.text_of(asking.param_of(param), "show")
    except RefusedError:
        return ""


async def _answer(services: CompatServices, given: dict[str, str], level: str) -> dict[str, Any]:
    credential = await access.by_sign(services, given)
    param = asking.param_of(given["param"])
    com = asking.text_of(param, "com").lower()
    if not com or not asking.text_of(param, "num"):
        raise RefusedError(faults.INCOMPLETE)
    number = asking.number_of(asking.text_of(param, "num"), faults.INCOMPLETE)
    carrier, phone = carrier_of(services, com), asking.text_of(param, "phone")
    # A missing phone is told before a missing road.
    await phones.check_for(services, credential.tenant, number, carrier, phone)
    track = await road(services, credential.tenant, number, carrier)
    if com == ANY:
        await phones.check_for(services, credential.tenant, number, track.carrier, phone)
        com = services.crosswalk.code_of(VENDOR, track.carrier or "") or com
    view = shape.view_of(param, level)
    if view.level == 8:
        track = services.queries.foreseen(credential.tenant, track)
    sent = asking.text_of(param, "num")
    return shape.result(track, com, view, services.now_us(), services.base_url, sent)


def carrier_of(services: CompatServices, com: str) -> str | None:
    """Our slug of a company; None if the client leaves it open. Raises RefusedError."""
    if com == ANY:
        return None
    carrier = services.crosswalk.slug_of(VENDOR, com)
    if carrier is None:
        raise RefusedError(faults.NO_SUCH_COMPANY)
    return carrier


async def road(services: CompatServices, tenant: int, number: str, carrier: str | None) -> Track:
    """The road if the company has to do with it. Raises RefusedError where nothing is known."""
    track = await services.queries.track(tenant, number, private=True)
    if track is None or not shape.standing(track) or not company.involved(track, carrier):
        raise RefusedError(faults.NOTHING_KNOWN)
    return track
