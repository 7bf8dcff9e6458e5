"""`/v1/track`: the whole road of a number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from hashlib import blake2b
from typing import Annotated

from msgspec import Meta, Struct
from starlette.responses import Response

from milepost.api.explain import language_of, problem_errors
from milepost.api.services import Services
from milepost.domain.track import Forecast, Track
from milepost.engine.answers import Answer
from milepost.engine.resolve import BadScanError
from milepost.locale import DEFAULT
from milepost.web.endpoint import JSON, Call, Endpoint
from milepost.web.live import event, stream, woken
from milepost.web.problems import ProblemError


class TrackRequest(Struct):
    """Up to 1,000 numbers."""

    numbers: Annotated[list[str], Meta(min_length=1, max_length=1000)]


class TrackAnswer(Struct):
    """The roads that are known, in the order asked, and the numbers that are not."""

    tracks: list[Track]
    unknown: list[str]


class ForecastAnswer(Struct, frozen=True, kw_only=True):
    """`forecasts` are oldest first, by what is known today; none where nothing can be said."""

    number: str
    forecasts: list[Forecast]


def endpoints(services: Services) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path="/v1/track/{number}",
            handler=partial(track, services),
            summary="The whole road of a tracking or order number",
            answer=Track,
            answers=(404, 422),
            tag="track",
        ),
        Endpoint(
            method="POST",
            path="/v1/track",
            handler=partial(track_many, services),
            summary="The roads of up to 1,000 numbers",
            body=TrackRequest,
            answer=TrackAnswer,
            tag="track",
        ),
        Endpoint(
            method="GET",
            path="/v1/track/{number}/forecasts",
            handler=partial(forecasts, services),
            summary="Every arrival window of its shipment, and what moved it",
            answer=ForecastAnswer,
            answers=(404, 422),
            tag="track",
        ),
        Endpoint(
            method="GET",
            path="/v1/track/{number}/live",
            handler=partial(live, services),
            summary="The road now and after every change, as server-sent events",
            answer_type="text/event-stream",
            answers=(404, 422),
            tag="track",
        ),
    ]


async def _road(services: Services, tenant: int, number: str, locale: str = DEFAULT) -> Answer:
    try:
        found = await services.queries.find(tenant, number, private=True)
    except BadScanError as error:
        raise ProblemError(422, str(error)) from None
    if found is None:
        detail = f"Nothing is known of the number '{number}' yet."
        errors = problem_errors(services, tenant, number[:200], locale)
        raise ProblemError(404, detail, errors=errors)
    return found


async def track(services: Services, call: Call) -> Response:
    found = await _road(services, call.caller.tenant, call.path("number"), language_of(call))
    return Response(found.json(), media_type=JSON)


async def track_many(services: Services, call: Call) -> TrackAnswer:
    answer = TrackAnswer([], [])
    for number in call.body.numbers:
        try:
            found = await services.queries.find(call.caller.tenant, number, private=True)
        except BadScanError:
            found = None
        if found is None:
            answer.unknown.append(number)
        else:
            answer.tracks.append(found.track)
    return answer


async def forecasts(services: Services, call: Call) -> ForecastAnswer:
    tenant = call.caller.tenant
    found = await _road(services, tenant, call.path("number"), language_of(call))
    number = found.track.number
    return ForecastAnswer(number=number, forecasts=await services.queries.forecasts(tenant, number))


_UNCHANGED = b": as you have seen it\n\n"
_HEAD = 64


async def live(services: Services, call: Call) -> Response:
    tenant, number = call.caller.tenant, call.path("number")
    # So that an unknown number is an error, not a stream; and of an order a shipment is watched.
    number = (await _road(services, tenant, number)).track.number
    seen = call.request.headers.get("last-event-id", "")
    return stream(_changes(services, tenant, number, seen))


async def _changes(services: Services, tenant: int, number: str, seen: str) -> AsyncIterator[bytes]:
    """A `track` event now and at every change; comments in between keep the line open. An event is
    the whole road, so whoever comes back missed nothing; what he has `seen` is not sent again.
    """

    async def now() -> bytes:
        road = (await _road(services, tenant, number)).json()
        return event(road, "track", blake2b(road, digest_size=8).hexdigest())

    with services.live.watch(lambda: services.queries.roads_of(tenant, number)) as watch:
        watch.changed.set()  # read after the watch has begun, so that no change falls in between
        while True:
            if await woken(watch.changed):
                watch.follow()
                told = await services.live.shared((tenant, number), watch.version, now)
                yield _UNCHANGED if seen and f"\nid: {seen}\n".encode() in told[:_HEAD] else told
                seen = ""
            else:
                yield b": still here\n\n"
