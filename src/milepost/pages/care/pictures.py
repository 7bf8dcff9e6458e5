"""Photographs that the consignee sends along with a report: what arrived broken, or not whole."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct
from starlette.requests import Request

from milepost.domain.track import numbers_of
from milepost.engine.cases.ports import CaseFilter
from milepost.engine.evidence.faults import EvidenceError
from milepost.pages.body import read_body
from milepost.pages.care.ports import CareRooms, Parcel
from milepost.pages.care.site import Form, form_of
from milepost.web.multipart import Part, is_form, parts_of

MOST = 3
MOST_BYTES = 36 * 1024 * 1024


class Filled(Struct, frozen=True):
    """A form and its pictures. `too_large`: nothing of it was read."""

    form: Form
    pictures: Sequence[Part] = ()
    too_large: bool = False


async def filled(request: Request) -> Filled:
    """A form as it was sent, with files or without."""
    kind = request.headers.get("content-type", "")
    if not is_form(kind):
        return Filled((await form_of(request))[0])
    body = await read_body(request, MOST_BYTES)
    if body is None:
        return Filled({}, too_large=True)
    parts = await asyncio.to_thread(parts_of, kind, body)
    plain = {one.name: one.body.decode("utf-8", "replace") for one in parts if one.filename is None}
    return Filled(plain, [one for one in parts if one.filename and one.body])


async def attach(
    rooms: CareRooms, parcel: Parcel, case: int | None, kind: str, pictures: Sequence[Part]
) -> list[str]:
    """Pictures become evidence of the shipment and steps of the case (None: the buyer's newest of
    this kind); the names of those that could not be taken.
    """
    if not pictures:
        return []
    case = case or await _open_one(rooms, parcel, kind)
    if case is None:
        return [one.filename or "" for one in pictures]
    refused = [one.filename or "" for one in pictures[MOST:]]
    road, _ = rooms.keys_of(parcel.tenant, parcel.number)
    desk = rooms.desk()
    for one in pictures[:MOST]:
        try:
            reference = await rooms.keep_picture(parcel.tenant, road, one.body, one.content_type)
        except EvidenceError:
            refused.append(one.filename or "")
            continue
        step = desk.made("buyer", "consignee", "attached", "", {"evidence": reference})
        await desk.step(parcel.tenant, case, step)
    return refused


async def _open_one(rooms: CareRooms, parcel: Parcel, kind: str) -> int | None:
    wanted = CaseFilter(numbers=numbers_of(parcel.track), kind=kind, open=True)
    rows = await rooms.cases.list(parcel.tenant, wanted)
    return next((row.id for row in rows if row.case.side == "buyer"), None)
