"""Standing queries: what is new goes to their subscribers, once, by the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import structlog

from milepost.engine.epcis_ports import Found, StandingQueries
from milepost.epcis.contexts import EPCIS_CONTEXT

log = structlog.get_logger()
LOOK_EVERY_S = 1.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Conditions on how many events an answer has mean nothing where each is told once.
NOT_STANDING = ("eventCountLimit", "maxEventCount")


class Watch:
    """Asks standing queries when they are due. `woken`: events were captured; `told`: the outbox
    has something new.
    """

    def __init__(
        self, store: StandingQueries, now_us: Callable[[], int], told: Callable[[], None]
    ) -> None:
        self._store = store
        self._now_us = now_us
        self._told = told
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; no fault may end it."""
        while True:
            self.woken.clear()
            try:
                await self.turn()
            except Exception as error:
                log.warning("standing_queries_wait", error=repr(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), LOOK_EVERY_S)

    async def turn(self) -> int:
        """Ask all that are due; how many messages came of it."""
        count = 0
        for one in await self._store.due(self._now()):
            try:
                count += await self._one(one)
            except ConnectionError:
                raise
            except Exception as error:  # of one query; the others are told all the same
                log.warning("standing_query_fails", subscription=one, error=repr(error))
        if count:
            self._told()
        return count

    async def _one(self, subscription: int) -> int:
        count, more = 0, True
        while more:
            now = self._now()
            told, more = await self._store.tell(subscription, now, self._compose)
            count += told
        return count

    def _compose(self, found: Sequence[Found], query: str, subscription: int) -> bytes:
        document = query_document(found, query, self._now(), str(subscription))
        return msgspec.json.encode(document)

    def _now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._now_us())


def query_document(
    found: Sequence[Found], query: str, now: datetime, subscription: str | None = None
) -> dict[str, Any]:
    """Events as an EPCISQueryDocument, with the time at which each was recorded."""
    events = [one.body | {"recordTime": one.recorded_at.isoformat()} for one in found]
    results: dict[str, Any] = {"queryName": query}
    if subscription is not None:
        results["subscriptionID"] = subscription
    results["resultsBody"] = {"eventList": events}
    return {
        "@context": [EPCIS_CONTEXT],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": now.isoformat(timespec="milliseconds"),
        "epcisBody": {"queryResults": results},
    }
