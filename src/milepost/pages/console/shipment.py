"""`/console/shipments/{number}`: everything that the record knows of one shipment."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.responses import RedirectResponse, Response

from milepost.domain.track import Track, numbers_of
from milepost.engine.cases.kinds import kinds
from milepost.engine.resolve import BadScanError
from milepost.pages.console.care import care_card
from milepost.pages.console.native import Answer
from milepost.pages.console.told import (
    because_of,
    details_of,
    flaws_of,
    here_of,
    measured,
    stops_of,
    worry_of,
    worth,
)  # fmt: skip
from milepost.pages.console.visit import Visit
from milepost.pages.console.worries import line_of
from milepost.pages.headers import HEADERS

# What is asked of the native API beside the road: name → path. What is not there is left out.
BESIDE = {
    "cases": "/v1/cases?number={number}",
    "curve": "/v1/track/{number}/telemetry?points=200",
    "position": "/v1/track/{number}/position",
    "custody": "/v1/shipments/{id}/custody",
    "carbon": "/v1/shipments/{id}/carbon",
    "visits": "/v1/track/{number}/visits",
    "evidence": "/v1/shipments/{id}/evidence",
    "deliveries": "/v1/deliveries?number={number}&limit=5",
    "ahead": "/v1/track/{number}/ahead",
    "past": "/v1/alerts?number={number}&open=false",
    "policy": "/v1/policy",
    "limits": "/v1/track/{number}/limits",
}
SHOWN_EVENTS = 12


async def show(visit: Visit) -> Response:
    """The page; its peek for the panel beside a list."""
    track = await track_of(visit)
    if track is None:
        return unknown(visit)
    return await _page(visit, track)


async def personal(visit: Visit) -> Response:
    """The page with who sends and who receives, which is noted."""
    track = await track_of(visit)
    if track is None:
        return unknown(visit)
    answer = await visit.call("GET", f"/v1/shipments/{track.shipment}/personal", personal=True)
    await visit.note("personal_seen", f"shipment {track.number}", None, {"shown": answer.ok})
    return await _page(visit, track, answer)


async def evidence(visit: Visit) -> Response:
    """To a file of the evidence, by a link that ends soon; noted."""
    track, piece = await track_of(visit), quote(visit.form.get("piece"), safe="")
    if track is None:
        return unknown(visit)
    path = f"/v1/shipments/{track.shipment}/evidence/{piece}/link"
    answer = await visit.call("POST", path, personal=True, body={})
    await visit.note("evidence_seen", f"shipment {track.number}", None, {"evidence": piece})
    if not answer.ok:
        return visit.back(f"/console/shipments/{quote(track.number, safe='')}", visit.why(answer))
    return RedirectResponse(urlsplit(answer.body["url"]).path, 303, HEADERS)


async def track_of(visit: Visit) -> Track | None:
    number = str(visit.request.path_params["number"])
    try:
        return await visit.services.queries.track(visit.tenant, number, private=True)
    except BadScanError:
        return None


def unknown(visit: Visit) -> Response:
    number = str(visit.request.path_params["number"])
    return visit.page("no_shipment.html", 404, number=number)


async def _page(visit: Visit, track: Track, parties: Answer | None = None) -> Response:
    worry = await worry_of(visit, track)
    context: dict[str, Any] = {
        "track": track,
        "line": line_of(visit, worry) if worry is not None else None,
        "events": track.events[::-1],
        "because": because_of(track),
        "details": partial(details_of, visit, track),
        "number_url": f"/console/shipments/{quote(track.number, safe='')}",
    }
    if visit.part == "peek":
        return visit.page("_peek.html", **context)
    beside = await _beside(visit, track)
    subjects = [f"shipment {one}" for one in numbers_of(track)]
    notes = await visit.services.audit.page(visit.tenant, None, 20, subjects)
    return visit.page(
        "shipment.html", beside=beside, curve=measured(beside, here_of(track)), notes=notes,
        kinds=_openable(track),
        shown_events=SHOWN_EVENTS, parties=parties,
        worth=await worth(visit, track),
        flaws=flaws_of(visit, track, beside["custody"]), stops=stops_of(beside["ahead"]),
        care=care_card(track, beside), **context,
    )  # fmt: skip


async def raw(visit: Visit) -> Response:
    """What the record was made from, as the API gives it."""
    number = str(visit.request.path_params["number"])
    answer = await visit.call("GET", f"/v1/track/{quote(number, safe='')}")
    return visit.page("raw.html", answer.status if not answer.ok else 200, number=number,
                      answer=answer)  # fmt: skip


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
