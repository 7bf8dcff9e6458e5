"""`/v1/proofs`: signed checkpoints of the journal, and what proves an event by them."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct, field

from milepost.domain.moment import to_datetime
from milepost.engine.proving import CheckpointRow
from milepost.engine.resolve import BadScanError, checked_number
from milepost.notary.finding import NotFoundError, NotProvableError
from milepost.notary.office import Notary
from milepost.notary.proof import ConsistencyProof, EventProof
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Id = Annotated[str, Meta(pattern="^[0-9]{1,18}$")]
Size = Annotated[int, Meta(ge=0, le=2**62)]
_EVENT = re.compile(r"[0-9a-f]{16}")


class CheckpointQuery(Struct):
    """Which page."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Id | None = None


class EventQuery(Struct):
    """`number`: the event's tracking number, which makes the search shorter. `body`: give what
    the scan says too, so that whoever gets the proof can read it.
    """

    number: str | None = None
    body: bool = False


class ConsistencyQuery(Struct):
    """Sizes of a log. Without `to`: that of its newest checkpoint."""

    old: Size = field(name="from")
    new: Size | None = field(name="to", default=None)
    shard: Annotated[int, Meta(ge=0, le=32767)] | None = None


class CheckpointLine(Struct, kw_only=True):
    """A checkpoint. `note`: the signed note, to be kept; `root`: base64."""

    id: str
    origin: str
    shard: int
    size: int
    root: bytes
    note: str
    made_at: datetime
    anchored: bool


class LogLine(Struct, kw_only=True):
    """A log of the tenant. `genesis`: the text that it begins with."""

    origin: str
    shard: int
    suite: str
    genesis: str
    latest: CheckpointLine | None


class CheckpointPage(Struct, kw_only=True):
    """One page, newest first; `next` is the cursor of the following page. `key` checks all."""

    key: str
    logs: list[LogLine]
    checkpoints: list[CheckpointLine]
    next: str | None


class CheckpointsMade(Struct, kw_only=True):
    """Those that were signed now: none for a log that has not grown."""

    key: str
    checkpoints: list[CheckpointLine]


def endpoints(notary: Notary) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path="/v1/proofs/checkpoints",
            handler=partial(page, notary),
            summary="The journal's logs and their signed checkpoints, newest first",
            query=CheckpointQuery,
            answer=CheckpointPage,
            tag="proofs",
        ),
        Endpoint(
            method="POST",
            path="/v1/proofs/checkpoints",
            handler=partial(make, notary),
            summary="Sign a checkpoint of each log that has grown, now",
            scope="write",
            answer=CheckpointsMade,
            status=201,
            tag="proofs",
        ),
        Endpoint(
            method="GET",
            path="/v1/proofs/events/{id}",
            handler=partial(event, notary),
            summary="Proof that an event stands in the journal as it was committed",
            query=EventQuery,
            answer=EventProof,
            answers=(404, 409),
            tag="proofs",
        ),
        Endpoint(
            method="GET",
            path="/v1/proofs/consistency",
            handler=partial(consistency, notary),
            summary="Proof that a log was only appended to between two sizes",
            query=ConsistencyQuery,
            answer=ConsistencyProof,
            answers=(404,),
            tag="proofs",
        ),
    ]


async def page(notary: Notary, call: Call) -> CheckpointPage:
    query: CheckpointQuery = call.query
    tenant = call.caller.tenant
    before = int(query.cursor) if query.cursor else None
    rows = await notary.checkpoints(tenant, before=before, limit=query.limit + 1)
    shown = [_line(notary, row) for row in rows[: query.limit]]
    logs = []
    for one in await notary.logs(tenant):
        latest = await notary.latest(one.key)
        logs.append(
            LogLine(
                origin=notary.origin(one.key),
                shard=one.key.shard,
                suite=one.suite,
                genesis=one.genesis.decode("utf-8", "replace"),
                latest=None if latest is None else _line(notary, latest),
            )
        )
    following = shown[-1].id if len(rows) > query.limit else None
    return CheckpointPage(key=notary.key, logs=logs, checkpoints=shown, next=following)


async def make(notary: Notary, call: Call) -> CheckpointsMade:
    rows = await notary.checkpoint(call.caller.tenant)
    return CheckpointsMade(key=notary.key, checkpoints=[_line(notary, row) for row in rows])


async def event(notary: Notary, call: Call) -> EventProof:
    query: EventQuery = call.query
    name = call.path("id")
    if not _EVENT.fullmatch(name):
        raise ProblemError(404, "There is no such event.")
    try:
        number = None if query.number is None else checked_number(query.number)
        return await notary.event_proof(call.caller.tenant, name, number=number, body=query.body)
    except BadScanError as error:
        raise ProblemError(422, str(error)) from None
    except NotFoundError as error:
        raise ProblemError(404, str(error)) from None
    except NotProvableError as error:
        raise ProblemError(409, str(error)) from None


async def consistency(notary: Notary, call: Call) -> ConsistencyProof:
    query: ConsistencyQuery = call.query
    try:
        return await notary.consistency_proof(call.caller.tenant, query.old, query.new, query.shard)
    except NotFoundError as error:
        raise ProblemError(404, str(error)) from None
    except ValueError as error:
        raise ProblemError(422, str(error)) from None


def _line(notary: Notary, row: CheckpointRow) -> CheckpointLine:
    return CheckpointLine(
        id=str(row.id),
        origin=notary.origin(row.log),
        shard=row.shard,
        size=row.size,
        root=row.root,
        note=row.note,
        made_at=to_datetime(row.made_us, 0),
        anchored=row.anchor is not None,
    )
