"""What becomes of the numbers that a source was asked for: when each is asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from milepost.engine.polling import Asked, Connection, Reply, Request, Target, Verdict
from milepost.intake.poll.interval import Pace, interval_s, why_ended
from milepost.intake.poll.politeness import backoff_s
from milepost.intake.poll.tools import Tools

SECOND_US = 1_000_000
UNASKABLE_WAIT_S = 6 * 3_600
# What was made known just now is asked for again soon: the source looks it up meanwhile.
REGISTERED_WAIT_S = 30


def of_request(targets: Sequence[Target], request: Request) -> list[Target]:
    """Those that a request is about."""
    numbers = {ask.number for ask in request.asks}
    return [target for target in targets if target.number in numbers]


class Numbers:
    """The numbers of one connection."""

    def __init__(self, connection: Connection, pace: Pace, tools: Tools) -> None:
        self._connection = connection
        self._pace = pace
        self._tools = tools

    async def unaskable(self, targets: Sequence[Target], requests: Sequence[Request]) -> None:
        """Put off those of carriers that the source has no word for."""
        asked = {ask.number for request in requests for ask in request.asks}
        due_us = self._tools.now_us() + UNASKABLE_WAIT_S * SECOND_US
        error = "This source cannot be asked for a number of an unknown carrier."
        left = [one for one in targets if one.number not in asked]
        if left:
            done = [Asked(parcel=one.parcel, due_us=due_us, error=error) for one in left]
            await self._tools.store.finish(self._connection.id, done)

    async def taken(
        self, request: Request, targets: Sequence[Target], verdict: Verdict, reply: Reply
    ) -> None:
        """Hand the answer in, and ask again by how things stand then."""
        if not request.registers:
            await self._hand_in(request, reply)
        done = [
            await self._next(one, verdict.faults.get(one.number), registered=request.registers)
            for one in targets
        ]
        await self._tools.store.finish(self._connection.id, done)

    async def failed(self, targets: Sequence[Target], verdict: Verdict) -> None:
        """Ask again later, the later the more often it has failed."""
        failures = 1 + max((one.failures for one in targets), default=0)
        wait_s = max(verdict.retry_after_s or 0.0, backoff_s(failures, self._tools.chance))
        await self.postpone(targets, wait_s, verdict.message or verdict.kind)

    async def postpone(
        self, targets: Sequence[Target], wait_s: float, error: str | None = None
    ) -> None:
        due_us = self._tools.now_us() + int(wait_s * SECOND_US)
        done = [Asked(parcel=one.parcel, due_us=due_us, error=error) for one in targets]
        with suppress(ConnectionError):
            await self._tools.store.finish(self._connection.id, done)

    async def _hand_in(self, request: Request, reply: Reply) -> None:
        number = request.asks[0].number if len(request.asks) == 1 else None
        one = self._connection
        kind = reply.headers.get("content-type")
        await self._tools.take(one.tenant, one.source, reply.body, kind, number)

    async def _next(self, target: Target, error: str | None, *, registered: bool) -> Asked:
        """When to ask again, by how things stand now."""
        now_us = self._tools.now_us()
        standing = await self._tools.standing(self._connection.tenant, target)
        wait_s = interval_s(standing, now_us // SECOND_US, self._pace)
        if registered and wait_s is not None and error is None:
            wait_s = REGISTERED_WAIT_S
        changed_us = None if standing.changed_s is None else standing.changed_s * SECOND_US
        return Asked(
            parcel=target.parcel,
            due_us=None if wait_s is None else now_us + wait_s * SECOND_US,
            answered_us=None if registered or error else now_us,
            changed_us=changed_us,
            error=error,
            done_why=why_ended(standing) if wait_s is None else None,
        )
