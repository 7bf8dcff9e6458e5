"""`/console/live`: one event whenever the tenant's lists, or one shipment, have changed."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from milepost.engine.resolve import BadScanError
from milepost.pages.console.access import sessions
from milepost.pages.console.visit import Visit
from milepost.pages.headers import HEADERS
from milepost.web.live import event, woken


async def listen(visit: Visit) -> Response:
    """Endless; `?number=` listens to one shipment."""
    number = visit.request.query_params.get("number")
    source = _of_lists(visit) if number is None else _of_shipment(visit, number)
    headers = HEADERS | {"X-Accel-Buffering": "no"}
    return StreamingResponse(source, headers=headers, media_type="text/event-stream")


async def _of_lists(visit: Visit) -> AsyncIterator[bytes]:
    yield b"retry: 5000\n\n"
    async for changed in visit.services.watch(visit.tenant):
        if not await _still_in(visit):
            return
        yield event(b"lists", "changed") if changed else b": still here\n\n"


async def _of_shipment(visit: Visit, number: str) -> AsyncIterator[bytes]:
    services = visit.services
    yield b"retry: 5000\n\n"
    try:
        services.queries.roads_of(visit.tenant, number)
    except BadScanError:
        return
    with services.live.watch(lambda: services.queries.roads_of(visit.tenant, number)) as watch:
        while await _still_in(visit):
            if await woken(watch.changed):
                watch.follow()
                yield event(b"shipment", "changed")
            else:
                yield b": still here\n\n"


async def _still_in(visit: Visit) -> bool:
    """Who has been shut out meanwhile hears nothing any more."""
    token = sessions.token_of(visit.request) or ""
    return await visit.services.users.of_session(sessions.digest_of(token)) is not None
