"""`/v1/shipments/{id}/evidence`: pictures, signatures, documents, and what was checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from msgspec import Struct
from starlette.responses import Response

from milepost.api.evidence_shapes import (
    CheckAnswer,
    EvidenceLine,
    EvidenceLink,
    EvidencePage,
    EvidenceQuery,
    NewCheck,
    NewLink,
    Secrets,
    asked,
    line_of,
    position_of,
)
from milepost.api.multipart import BadFormError, read_form
from milepost.api.personal import SCOPE, shipment_of
from milepost.api.services import Services
from milepost.domain.moment import to_text
from milepost.engine.evidence.desk import (
    LOCKED_US,
    Detail,
    EvidenceDesk,
    LockedError,
    NothingToCompareError,
    Piece,
)
from milepost.engine.evidence.faults import EvidenceError
from milepost.engine.evidence.files import KINDS
from milepost.engine.evidence.links import EvidenceLinks
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

MOST_BYTES = max(one.most_bytes for one in KINDS.values()) + 65_536
MEDIA_TYPES = (
    "multipart/form-data",
    *sorted({kind for one in KINDS.values() for kind in one.types}),
)


class EvidenceRooms(Struct):
    """What the handlers work with. `base_url` is where links lead to."""

    services: Services
    desk: EvidenceDesk
    links: EvidenceLinks
    base_url: str


Handler = Callable[[EvidenceRooms, Call], Awaitable[object]]
_BASE = "/v1/shipments/{id}/evidence"


def endpoints(rooms: EvidenceRooms) -> list[Endpoint]:
    def on(handler: Handler, **given: Any) -> Endpoint:
        return Endpoint(handler=partial(handler, rooms), tag="evidence", **given)

    return [
        on(add, method="POST", path=_BASE, summary="Give a piece of evidence", scope="write",
           raw_body=True, media_types=MEDIA_TYPES, query=EvidenceQuery, answer=EvidenceLine,
           status=201, answers=(404, 413, 422), most_bytes=MOST_BYTES),
        on(page, method="GET", path=_BASE, summary="The evidence of a shipment",
           answer=EvidencePage, answers=(404, 422)),
        on(show, method="GET", path=_BASE + "/{evidence}",
           summary="The file of a piece of evidence", scope=SCOPE,
           answer_type="application/octet-stream", answers=(404, 422)),
        on(link, method="POST", path=_BASE + "/{evidence}/link",
           summary="A signed link to a file, for whom it concerns", scope=SCOPE, body=NewLink,
           answer=EvidenceLink, status=201, answers=(404, 422)),
        on(tell, method="PUT", path="/v1/shipments/{id}/secrets",
           summary="A pick-up code, or what proves the consignee's identity", scope="write",
           body=Secrets, status=204, answers=(404, 422)),
        on(check, method="POST", path="/v1/shipments/{id}/checks",
           summary="Compare an answer at the door", scope="write", body=NewCheck,
           answer=CheckAnswer, answers=(404, 409, 422, 429)),
    ]  # fmt: skip


async def add(rooms: EvidenceRooms, call: Call) -> EvidenceLine:
    road, _ = await shipment_of(rooms.services, call)
    try:
        form = read_form(call.request.headers.get("content-type"), call.body)
        query = asked(call.query, form.fields)
        if query.kind is None:
            raise ProblemError(422, f"kind: say which of {', '.join(KINDS)} it is.")
        detail = Detail(position_of(query), query.actor)
        piece = await rooms.desk.add(
            call.caller.tenant, road, query.kind, form.body, form.content_type, detail
        )
    except (BadFormError, EvidenceError) as error:
        raise ProblemError(422, str(error)) from None
    return line_of(piece)


async def page(rooms: EvidenceRooms, call: Call) -> EvidencePage:
    _, number = await shipment_of(rooms.services, call)
    tenant = call.caller.tenant
    pieces = await rooms.desk.pieces(tenant, number)
    named = await _named(rooms.services, tenant, number) if pieces else {}
    return EvidencePage([line_of(one, named.get(one.reference, ())) for one in pieces])


async def show(rooms: EvidenceRooms, call: Call) -> Response:
    piece, body = await _file(rooms, call)
    return response_of(piece, body)


async def link(rooms: EvidenceRooms, call: Call) -> EvidenceLink:
    piece, _ = await _file(rooms, call)
    wanted: NewLink = call.body
    until_s = rooms.services.now_us() // 1_000_000 + wanted.holds_s
    token = rooms.links.token(call.caller.tenant, piece.id, until_s)
    return EvidenceLink(f"{rooms.base_url}/evidence/{token}", to_text(until_s * 1_000_000, 0))


async def tell(rooms: EvidenceRooms, call: Call) -> None:
    road, _ = await shipment_of(rooms.services, call)
    given: Secrets = call.body
    if given.pickup_code is not None:
        await rooms.desk.tell(call.caller.tenant, road, "pickup_code", given.pickup_code)
    if given.identity is not None:
        await rooms.desk.tell(call.caller.tenant, road, "identity", given.identity)


async def check(rooms: EvidenceRooms, call: Call) -> CheckAnswer:
    road, number = await shipment_of(rooms.services, call)
    given: NewCheck = call.body
    detail = Detail(given.position, given.actor)
    try:
        verdict = await rooms.desk.check(
            call.caller.tenant, road, number, given.kind, given.value, detail
        )
    except NothingToCompareError:
        raise ProblemError(409, f"No {given.kind} is known of this shipment.") from None
    except LockedError:
        wait = {"Retry-After": str(LOCKED_US // 1_000_000)}
        raise ProblemError(429, "Too many wrong answers; try again later.", headers=wait) from None
    piece = None if verdict.piece is None else line_of(verdict.piece)
    return CheckAnswer(verdict.passed, verdict.attempts_left, piece)


def response_of(piece: Piece, body: bytes) -> Response:
    """A file, to be looked at and not to act."""
    name = f"{piece.kind}-{piece.id}"
    shown = "inline" if piece.content_type.startswith(("image/", "video/")) else "attachment"
    headers = {
        "Content-Disposition": f'{shown}; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response(body, media_type=piece.content_type, headers=headers)


async def _file(rooms: EvidenceRooms, call: Call) -> tuple[Piece, bytes]:
    road, number = await shipment_of(rooms.services, call)
    tenant = call.caller.tenant
    found = await rooms.desk.open(tenant, call.path("evidence").replace("\x00", ""))
    if found is None or found[1] not in rooms.desk.roads(tenant, number) | {road}:
        raise ProblemError(404, "There is no such piece of evidence, or it is erased.")
    return found[0], found[2]


async def _named(services: Services, tenant: int, number: str) -> dict[str, list[str]]:
    """Reference → the events whose `evidence` names it."""
    track = await services.queries.track(tenant, number, private=True)
    found: dict[str, list[str]] = {}
    for event in track.events if track is not None else ():
        for reference in event.evidence or ():
            found.setdefault(reference, []).append(event.id)
    return found
