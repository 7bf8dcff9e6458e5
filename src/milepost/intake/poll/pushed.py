"""What a source pushes to us: proved by the connection's secret, then taken like any payload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from milepost.engine.journey import OverloadedError
from milepost.engine.polling import Connection, PollStore, Source
from milepost.engine.taking import Taken
from milepost.intake.poll.settings import account_of


class TakePush(Protocol):
    async def __call__(
        self, tenant: int, source: str, body: bytes, content_type: str | None
    ) -> Taken: ...


class Answer(Struct, frozen=True):
    """What to answer the source: a status and the body that it wants to read."""

    status: int
    body: bytes = b""


async def take_push(
    connection: Connection,
    source: Source,
    headers: Mapping[str, str],
    body: bytes,
    *,
    take: TakePush,
    store: PollStore,
    now: datetime,
) -> Answer:
    """Durable when answered with 200. Names of headers are in lower case."""
    account = account_of(connection, source)
    if not _proved(connection, source, headers, body):
        return Answer(401, source.acknowledgement(account, now, "bad signature"))
    kind = headers.get("content-type")
    try:
        taken = await take(connection.tenant, connection.source, body, kind)
    except OverloadedError:
        return Answer(503, source.acknowledgement(account, now, "try again later"))
    numbers = sorted({scan.number for scan in taken.parsed.scans})
    now_us = int(now.timestamp() * 1_000_000)
    await store.pushed(connection.id, numbers, now_us)
    return Answer(200, source.acknowledgement(account, now, None))


def _proved(
    connection: Connection, source: Source, headers: Mapping[str, str], body: bytes
) -> bool:
    """Without a secret nothing is proved, so nothing is taken."""
    if source.SIGNS_WITH is None or not connection.secrets.get(source.SIGNS_WITH):
        return False
    try:
        return source.genuine(headers, body, account_of(connection, source))
    except (UnicodeError, ValueError):
        return False
