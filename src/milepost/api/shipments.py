"""`/v1/shipments`: announce, list, look at one."""

from __future__ import annotations

import base64
import binascii
from codecs import BOM_UTF8
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, structs

from milepost.api.services import Services
from milepost.domain.moment import to_datetime, to_text
from milepost.domain.scan import id_number, id_text
from milepost.domain.status import BY_CODE, MAINS
from milepost.domain.track import Track
from milepost.engine.decode import Rejected, decode_each, items_of
from milepost.engine.registration import Registered, Registration
from milepost.engine.rows import ListFilter, ShipmentRow, SlowListError
from milepost.web.endpoint import NUL, Call, Endpoint
from milepost.web.problems import ProblemError

Main = Literal[
    "unknown", "pending", "info_received", "picked_up", "in_transit", "customs",
    "out_for_delivery", "available_for_pickup", "delivered", "attempt_failed", "exception",
    "returning", "returned", "expired",
]  # fmt: skip
assert set(Main.__args__) == set(MAINS)  # type: ignore[attr-defined]


Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
# A NUL cannot be stored, so nothing with one can be found; PostgreSQL would refuse to look.
Sought = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")]


_registration = msgspec.json.Decoder(Registration)
_registrations = msgspec.json.Decoder(list[Registration])
_NUL = b"\\u0000"


class ShipmentQuery(Struct):
    """Filters of the list. `text`: the beginning of a tracking number, however it is spelt, or of
    an order number as the merchant writes it. `phone` and `email`: of consignee or consignor.

    `order`: `newest` event first. A shipment that has an event while you turn the pages comes to
    the front: it is not on the pages behind any more. By `number`, events change nothing: every
    shipment that there is all the while comes once.
    """

    status: Main | None = None
    carrier: Sought | None = None
    text: Sought | None = None
    trouble: bool = False
    phone: Sought | None = None
    email: Sought | None = None
    order: Literal["newest", "number"] = "newest"
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: str | None = None


class ShipmentLine(Struct):
    """A shipment as lists show it."""

    id: str
    number: str
    carrier: str | None
    order_number: str | None
    main: str
    sub: str
    since: str | None
    last_event_at: str | None
    alerts: int


class ShipmentPage(Struct):
    """One page; `next` is the cursor of the following one, in the same order."""

    shipments: list[ShipmentLine]
    next: str | None


class RegisteredPage(Struct):
    """What was announced, in the order given, and which of many were not taken."""

    shipments: list[Registered]
    rejected: list[Rejected] = []


def endpoints(services: Services) -> list[Endpoint]:
    return [
        Endpoint(
            method="POST",
            path="/v1/shipments",
            handler=partial(register, services),
            summary="Announce one shipment, or many",
            scope="write",
            body=Registration | list[Registration],
            raw_body=True,
            answer=RegisteredPage,
            status=201,
            answers=(400, 422),
        ),
        Endpoint(
            method="GET",
            path="/v1/shipments",
            handler=partial(page, services),
            summary="List shipments, newest event first or by number",
            query=ShipmentQuery,
            answer=ShipmentPage,
        ),
        Endpoint(
            method="GET",
            path="/v1/shipments/{id}",
            handler=partial(one, services),
            summary="The whole road of a shipment",
            answer=Track,
            answers=(404, 422),
        ),
    ]


async def register(services: Services, call: Call) -> RegisteredPage:
    wanted, rejected = _wanted(call.body)
    now = to_datetime(services.now_us(), 0)
    taken, refused = await services.registrar.register_many(call.caller.tenant, wanted, now)
    rejected = sorted([*rejected, *refused], key=lambda one: one.index)
    if rejected and not taken:
        errors = [msgspec.to_builtins(one) for one in rejected]
        raise ProblemError(422, rejected[0].error, errors=errors)
    return RegisteredPage(taken, rejected)


def _wanted(body: bytes) -> tuple[list[tuple[int, Registration]], list[Rejected]]:
    """One registration alone is refused as a whole; of many each stands for itself."""
    body = body.removeprefix(BOM_UTF8).strip()
    try:
        if body.startswith(b"["):
            return _many(body)
        if _NUL in body:
            raise ProblemError(422, NUL)
        return [(0, _registration.decode(body))], []
    except msgspec.ValidationError as error:
        raise ProblemError(422, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(400, f"The body is not valid JSON: {error}") from None


def _many(body: bytes) -> tuple[list[tuple[int, Registration]], list[Rejected]]:
    """All at once where nothing is wrong, else each by itself."""
    if _NUL not in body:
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return list(enumerate(_registrations.decode(body))), []
    return _storable(items_of(body))


def _storable(
    items: Sequence[bytes | msgspec.Raw],
) -> tuple[list[tuple[int, Registration]], list[Rejected]]:
    found, rejected = decode_each(items, _registration)
    spoiled = {index for index, _ in found if _NUL in bytes(items[index])}
    rejected += [Rejected(index, NUL) for index in spoiled]
    return [one for one in found if one[0] not in spoiled], rejected


async def page(services: Services, call: Call) -> ShipmentPage:
    query: ShipmentQuery = call.query
    wanted = ListFilter(
        main=query.status,
        carrier=query.carrier,
        text=query.text,
        trouble=query.trouble or None,
        roads=await _roads(services, call.caller.tenant, query),
        limit=query.limit + 1,
        by_number=query.order == "number",
    )
    if query.cursor:
        wanted = _behind(wanted, query.cursor)
    try:
        rows = await services.ledger.list_shipments(call.caller.tenant, wanted)
    except SlowListError as error:
        raise ProblemError(422, str(error)) from None
    shown = rows[: query.limit]
    following = _cursor(shown[-1], wanted) if len(rows) > query.limit else None
    return ShipmentPage([_line(row) for row in shown], following)


async def _roads(services: Services, tenant: int, query: ShipmentQuery) -> tuple[int, ...] | None:
    """The roads of the people asked for; None where nobody is."""
    asked = {name: value for name in ("phone", "email") if (value := getattr(query, name))}
    if not asked:
        return None
    found = [set(await services.registrar.found(tenant, *pair)) for pair in asked.items()]
    return tuple(set.intersection(*found))


async def one(services: Services, call: Call) -> Track:
    try:
        road = id_number(call.path("id"))
    except ValueError:
        raise ProblemError(422, "A shipment id has 16 hexadecimal digits.") from None
    tenant = call.caller.tenant
    number = services.queries.number_of(tenant, road)
    if number is None:
        row = await services.ledger.shipment(tenant, road)
        number = row.number if row else None
    found = await services.queries.track(tenant, number, private=True) if number else None
    if found is None:
        raise ProblemError(404, "There is no such shipment.")
    return found


def _line(row: ShipmentRow) -> ShipmentLine:
    status = BY_CODE[row.code]
    return ShipmentLine(
        id=id_text(row.id),
        number=row.number,
        carrier=row.carrier,
        order_number=row.order_number,
        main=status.main,
        sub=status.sub,
        since=to_text(row.since_s * 1_000_000, 0) if row.since_s else None,
        last_event_at=to_text(row.last_s * 1_000_000, 0) if row.last_s else None,
        alerts=row.alerts,
    )


def _cursor(row: ShipmentRow, wanted: ListFilter) -> str:
    position = [row.number] if wanted.by_number else [row.last_s, row.id]
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode()


def _behind(wanted: ListFilter, cursor: str) -> ListFilter:
    """What comes after the row that a cursor was made of."""
    try:
        position = base64.urlsafe_b64decode(cursor)
        if wanted.by_number:
            (number,) = msgspec.json.decode(position, type=tuple[Sought])
            return structs.replace(wanted, after_number=number)
        return structs.replace(
            wanted, after=msgspec.json.decode(position, type=tuple[Int64, Int64])
        )
    except (msgspec.DecodeError, binascii.Error, ValueError):
        raise ProblemError(422, "cursor: not one that this list gave in this order") from None
