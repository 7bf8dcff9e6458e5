"""`POST /v1/epcis/capture`, `POST /v1/epcis/events`, and what became of them."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from milepost.api.epcis.answers import (
    JSON_TYPES,
    ROOT,
    XML_TYPES,
    Position,
    answer,
    check_versions,
    invalid,
    next_link,
    page_of,
    problem,
)
from milepost.api.epcis.shapes import CaptureJob, PageQuery, shown
from milepost.engine.epcis_capture import TAKEN, Capture, RefusedDocumentError
from milepost.engine.epcis_ports import Behaviour, EpcisStore, Job
from milepost.engine.journey import OverloadedError
from milepost.epcis.documents import MOST_EVENTS, Document, NotEpcisError, read
from milepost.epcis.indexing import entry_of
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

MEDIA_TYPES = (*JSON_TYPES, *XML_TYPES)
_BEHAVIOUR = "GS1-Capture-Error-Behaviour"


class CaptureServices:
    """What capturing works with."""

    def __init__(self, capture: Capture, store: EpcisStore) -> None:
        self.capture = capture
        self.store = store


def endpoints(services: CaptureServices) -> list[Endpoint]:
    def endpoint(handler: Any, **given: Any) -> Endpoint:
        return Endpoint(handler=partial(handler, services), tag="epcis", **given)

    taking = {"scope": "write", "raw_body": True, "body": dict[str, Any], "method": "POST",
              "media_types": MEDIA_TYPES}  # fmt: skip
    return [
        endpoint(
            take, **taking, path=f"{ROOT}/capture", status=202, answers=(406, 415, 503),
            summary="Capture an EPCIS document (JSON, JSON-LD or XML); durable when answered",
        ),
        endpoint(
            jobs, method="GET", path=f"{ROOT}/capture", query=PageQuery, answers=(400, 406),
            answer=list[CaptureJob], summary="Capture jobs, newest first",
        ),
        endpoint(
            one_job, method="GET", path=f"{ROOT}/capture/{{id}}", answer=CaptureJob,
            answers=(404, 406), summary="What became of a captured document",
        ),
        endpoint(
            take_one, **taking, path=f"{ROOT}/events", status=201, answers=(406, 409, 415, 503),
            summary="Capture a single event",
        ),
    ]  # fmt: skip


async def take(services: CaptureServices, call: Call) -> Response:
    kind, document = await _read(call)
    job = await _taken(services, call, kind, document, _behaviour(call.request))
    return _headed(call.request, 202, f"{ROOT}/capture/{job.id}", shown(job))


async def take_one(services: CaptureServices, call: Call) -> Response:
    kind, document = await _read(call)
    if document.kind != "event":
        raise problem(400, "ValidationException", "The body must be a single event.")
    job = await _taken(services, call, kind, document, "rollback")
    if any(one["type"] == TAKEN for one in job.errors):
        told = str(job.errors[0]["detail"])
        raise problem(409, "ResourceAlreadyExistsException", told)
    entry = entry_of(document.events[0][1], document.prefixes, document.ignored)
    location = f"{ROOT}/events/{quote(entry.event_id, safe='')}"
    return _headed(call.request, 201, location, {"eventID": entry.event_id})


async def jobs(services: CaptureServices, call: Call) -> Response:
    check_versions(call.request)
    page = page_of(call.request)
    offset = page.position.offset
    found = await services.store.jobs(call.caller.tenant, offset, page.size + 1)
    more = len(found) > page.size
    link = next_link(call.request, Position(offset + page.size)) if more else {}
    return answer(call.request, [shown(one) for one in found[: page.size]], headers=link)


async def one_job(services: CaptureServices, call: Call) -> Response:
    check_versions(call.request)
    text = call.path("id")
    known = text.isascii() and text.isdigit() and len(text) <= 18
    job = await services.store.job(call.caller.tenant, int(text)) if known else None
    if job is None:
        raise problem(404, "NoSuchResourceException", "There is no such capture job.")
    return answer(call.request, shown(job))


async def _taken(
    services: CaptureServices, call: Call, kind: str, document: Document, behaviour: Behaviour
) -> Job:
    if document.kind == "query":
        raise problem(400, "ValidationException", "The body is a query, not a document.")
    if len(document.events) > MOST_EVENTS:
        told = f"A document may have {MOST_EVENTS} events at most."
        raise problem(413, "CaptureLimitExceededException", told)
    try:
        take = services.capture.take
        return await take(call.caller.tenant, document, call.body, kind, behaviour)
    except RefusedDocumentError as error:
        told = f"The {document.kind} is not valid."
        raise invalid("ValidationException", told, list(error.issues)) from None
    except OverloadedError:
        told = "Too much is waiting to be written."
        raise ProblemError(503, told, headers={"Retry-After": "1"}) from None


async def _read(call: Call) -> tuple[str, Document]:
    check_versions(call.request)
    kind = call.request.headers.get("content-type", JSON_TYPES[0])
    plain = kind.partition(";")[0].strip().lower()
    if plain not in MEDIA_TYPES and not plain.endswith(("+json", "+xml")):
        told = f"'{plain[:80]}' is not taken, only {', '.join(MEDIA_TYPES)}."
        raise problem(415, "UnsupportedMediaTypeException", told)
    try:
        return kind, await asyncio.to_thread(read, call.body)
    except NotEpcisError as error:
        raise problem(400, "ValidationException", f"The body is {error}") from None


def _behaviour(request: Request) -> Behaviour:
    told = request.headers.get(_BEHAVIOUR, "rollback").strip().lower()
    if told == "proceed":
        return "proceed"
    if told != "rollback":
        raise problem(400, "ValidationException", f"{_BEHAVIOUR} is rollback or proceed.")
    return "rollback"


def _headed(request: Request, status: int, location: str, value: Any) -> Response:
    found = answer(request, value, status, headers={"Location": location})
    found.headers[_BEHAVIOUR] = "all"
    return found
