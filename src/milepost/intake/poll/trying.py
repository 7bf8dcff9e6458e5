"""One number asked for at once, to see whether a connection works; nothing is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from milepost.domain.scan import ParseContext, Parsed
from milepost.engine.polling import Ask, Connection, Fetch, Source, Unanswered
from milepost.intake.poll.settings import account_of

Parse = Callable[[bytes, ParseContext], Parsed]


class Trial(Struct, frozen=True):
    """`ok`: the source answered and its credentials open. `scans`: what the answer tells."""

    ok: bool
    outcome: str
    message: str | None
    status: int | None
    scans: int
    duration_ms: int


async def trial(
    connection: Connection, source: Source, ask: Ask, fetch: Fetch, parse: Parse, now: datetime
) -> Trial:
    """Ask, and tell what came of it. One call is made, and none that it leads to."""
    account = account_of(connection, source)
    requests = source.requests([ask], account, now)
    if not requests:
        said = "This source cannot be asked for a number of an unknown carrier."
        return Trial(False, "unaskable", said, None, 0, 0)
    began = time.perf_counter()
    try:
        reply = await fetch(connection.id, requests[0])
    except Unanswered as error:
        return Trial(False, "unanswered", str(error), None, 0, _ms(began))
    verdict = source.judge(requests[0], reply, account)
    scans, message = 0, verdict.message or next(iter(verdict.faults.values()), None)
    if verdict.kind == "taken":
        kind = reply.headers.get("content-type")
        context = ParseContext(received_at=now, content_type=kind, number=ask.number)
        scans = len(parse(reply.body, context).scans)
    ok = verdict.kind == "taken"
    return Trial(ok, verdict.kind, message, reply.status, scans, _ms(began))


def _ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
