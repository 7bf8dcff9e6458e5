"""`/console/shipments/{number}`: everything that the record knows of one shipment."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from milepost.domain.track import EventView, Track
from milepost.engine.cases.kinds import kinds
from milepost.engine.resolve import BadScanError
from milepost.pages.console.curve import Curve, curve_of
from milepost.pages.console.desk import Visit
from milepost.pages.console.reader import moment_of
from milepost.pages.console.worries import line_of

# What is asked of the native API beside the road: name → path. What is not there is left out.
BESIDE = {
    "cases": "/v1/cases?number={number}",
    "curve": "/v1/track/{number}/telemetry?points=200",
    "position": "/v1/track/{number}/position",
    "custody": "/v1/shipments/{id}/custody",
    "carbon": "/v1/shipments/{id}/carbon",
    "visits": "/v1/track/{number}/visits",
}
SHOWN_EVENTS = 12


async def show(visit: Visit) -> Response:
    """The page; its peek for the panel beside a list."""
    number = str(visit.request.path_params["number"])
    try:
        track = await visit.services.queries.track(visit.tenant, number, private=True)
    except BadScanError:
        track = None
    if track is None:
        return visit.page("no_shipment.html", 404, number=number)
    worry = (await visit.services.worries.find(visit.tenant, [track.number])).get(track.number)
    context: dict[str, Any] = {
        "track": track,
        "line": line_of(visit, worry) if worry is not None else None,
        "events": track.events[::-1],
        "because": because_of(track),
        "number_url": f"/console/shipments/{quote(track.number, safe='')}",
    }
    if visit.part == "peek":
        return visit.page("_peek.html", **context)
    beside = await _beside(visit, track)
    notes = await visit.services.audit.page(visit.tenant, None, 20, f"shipment {track.number}")
    return visit.page(
        "shipment.html", beside=beside, curve=curve(beside), notes=notes, kinds=_openable(track),
        shown_events=SHOWN_EVENTS, clock=clock_of(track), **context,
    )  # fmt: skip


async def raw(visit: Visit) -> Response:
    """What the record was made from, as the API gives it."""
    number = str(visit.request.path_params["number"])
    answer = await visit.call("GET", f"/v1/track/{quote(number, safe='')}")
    return visit.page("raw.html", answer.status if not answer.ok else 200, number=number,
                      answer=answer)  # fmt: skip


def because_of(track: Track) -> list[EventView]:
    """The events that the status rests on."""
    named = set(track.status.because)
    return [event for event in track.events if event.id in named]


def clock_of(track: Track) -> dict[int, str]:
    """The times of events by their second, so that what only knows seconds is shown on the clock of
    the place where it was.
    """
    moments = ((moment_of(event.occurred_at), event.occurred_at) for event in track.events)
    return {int(at.timestamp()): text for at, text in moments if at is not None}


def curve(beside: dict[str, Any]) -> Curve | None:
    found = beside["curve"]
    return curve_of(found) if found and len(found["points"]) > 1 else None


async def _beside(visit: Visit, track: Track) -> dict[str, Any]:
    named = {"number": quote(track.number, safe=""), "id": track.shipment}
    answers = await asyncio.gather(
        *(visit.call("GET", path.format(**named)) for path in BESIDE.values())
    )
    found = zip(BESIDE, answers, strict=True)
    return {name: answer.body if answer.ok else None for name, answer in found}


def _openable(track: Track) -> list[str]:
    """The kinds of case that can be opened while it stands as it does."""
    main = track.status.main
    return [one.name for one in kinds().values() if not one.mains or main in one.mains]
