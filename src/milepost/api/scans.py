"""`POST /v1/scans` and `POST /v1/intake/{source}`: the doors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from milepost.api.services import Services
from milepost.engine.decode import NotABatchError, Rejected
from milepost.engine.journey import OverloadedError, Receipt
from milepost.engine.loading import NAMED, LoadedScan
from milepost.engine.taking import Taking
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError


class ScansReceipt(Struct):
    """How many scans are now durable, how many were known, and which were not taken."""

    accepted: int
    duplicates: int
    rejected: list[Rejected]


class IntakeReceipt(Struct):
    """As for scans; `unread` counts pieces kept raw, `errors` are the source's own messages."""

    accepted: int
    duplicates: int
    rejected: list[Rejected]
    unread: int
    errors: list[str]


class IntakeQuery(Struct):
    """`number`: the number that was asked for, where the payload does not name it."""

    number: Annotated[str, Meta(max_length=200)] | None = None


NDJSON = "application/x-ndjson"


def endpoints(services: Services) -> list[Endpoint]:
    return [
        Endpoint(
            method="POST",
            path="/v1/scans",
            handler=partial(take_scans, services),
            summary="Take a batch of scans; durable when answered",
            scope="write",
            raw_body=True,
            body=list[LoadedScan],
            media_types=("application/json", NDJSON),
            answer=ScansReceipt,
            status=202,
            answers=(503,),
            tag="scans",
        ),
        Endpoint(
            method="POST",
            path="/v1/intake/{source}",
            handler=partial(take_payload, services),
            summary="Take a carrier's or aggregator's raw payload",
            scope="write",
            raw_body=True,
            query=IntakeQuery,
            answer=IntakeReceipt,
            status=202,
            answers=(404, 503),
            tag="scans",
        ),
    ]


async def take_scans(services: Services, call: Call) -> ScansReceipt:
    content_type = call.request.headers.get("content-type", "")
    take: Callable[..., Awaitable[Receipt]] = services.journey.take_scans
    if services.loading is not None and NAMED in call.body:
        take = services.loading.take
    try:
        receipt = await take(
            call.caller.tenant,
            call.body,
            content_type=content_type,
            lines="ndjson" in content_type or "jsonl" in content_type,
        )
    except NotABatchError as error:
        raise ProblemError(400, str(error)) from None
    except OverloadedError:
        raise overloaded() from None
    return ScansReceipt(receipt.accepted, receipt.duplicates, receipt.rejected)


async def take_payload(services: Services, call: Call) -> IntakeReceipt:
    one = services
    taking = Taking(one.parser, one.journey, one.registrar, one.now_us)
    kind = call.request.headers.get("content-type")
    number = call.query.number or None
    try:
        taken = await taking.take(call.caller.tenant, call.path("source"), call.body, kind, number)
    except LookupError as error:
        raise ProblemError(404, str(error)) from None
    except OverloadedError:
        raise overloaded() from None
    return msgspec.convert(msgspec.structs.asdict(taken.receipt), IntakeReceipt)


def overloaded() -> ProblemError:
    return ProblemError(503, "Too much is waiting to be written.", headers={"Retry-After": "1"})
