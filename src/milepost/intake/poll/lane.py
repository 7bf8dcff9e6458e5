"""One connection being asked: what is due goes out, politely, and what comes back goes in."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import structlog

from milepost.engine.journey import OverloadedError
from milepost.engine.polling import (
    Ask,
    Connection,
    Reply,
    Request,
    Source,
    Target,
    Unanswered,
    Verdict,
)
from milepost.intake.poll.asked import SECOND_US, Numbers, of_request
from milepost.intake.poll.condition import Condition
from milepost.intake.poll.settings import account_of, pace_of
from milepost.intake.poll.tools import Tools

log = structlog.get_logger()

# A claim outlives the longest call with everything that follows from it.
LEASE_US = 300 * SECOND_US
MOST_FOLLOWED = 3


class Lane:
    """Asks for the numbers of one connection until it is cancelled."""

    def __init__(self, connection: Connection, source: Source, tools: Tools) -> None:
        self.connection = connection
        self._source = source
        self._tools = tools
        self._account = account_of(connection, source)
        self._width = connection.concurrency or source.CONCURRENCY
        self._room = asyncio.Semaphore(self._width)
        self._condition = Condition(connection, source, tools)
        self._block, self._note = self._condition.block, self._condition.note
        self._numbers = Numbers(connection, pace_of(connection, source), tools)
        self._calls: set[asyncio.Task[None]] = set()

    async def turn(self) -> float:
        """Ask for what is due; the seconds until it makes sense to look again."""
        wait_s = self._condition.blocked_s()
        if wait_s > 0:
            return wait_s
        limit = self._source.BATCH * (self._width - len(self._calls))
        if limit <= 0:
            return 0.05
        now_us = self._tools.now_us()
        targets = await self._tools.store.claim(self.connection.id, limit, now_us, LEASE_US)
        if not targets:
            return 1.0
        asks = [self._ask(target) for target in targets]
        requests = self._source.requests(asks, self._account, self._tools.now())
        await self._numbers.unaskable(targets, requests)
        for request in requests:
            self._start(self._call(request, of_request(targets, request)))
        return 0.0

    async def close(self) -> None:
        """Let go of calls that are under way: their numbers fall due again by themselves."""
        for task in self._calls:
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def drain(self) -> None:
        """Wait for the calls that are under way, and for those that they lead to."""
        while self._calls:
            await asyncio.gather(*self._calls)

    def _start(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(call)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    def _ask(self, target: Target) -> Ask:
        code = self._tools.code_of(self.connection.source, target.carrier or "")
        tail = str(self.connection.options.get("phone_tail") or "") or None
        return Ask(number=target.number, carrier=target.carrier, carrier_code=code, phone_tail=tail)

    async def _call(self, request: Request, targets: Sequence[Target], followed: int = 0) -> None:
        try:
            async with self._room:
                if not await self._condition.may_go():
                    await self._numbers.postpone(targets, 1.0)
                    return
                verdict, reply = await self._exchange(request)
            await self._judged(request, targets, verdict, reply, followed)
        except ConnectionError:
            # Our own store is away: the lease runs out and the number is asked for again.
            log.warning("poll_unwritten", connection=self.connection.id)
        except OverloadedError:
            await self._numbers.postpone(targets, 5.0)

    async def _exchange(self, request: Request) -> tuple[Verdict, Reply]:
        try:
            reply = await self._tools.fetch(self.connection.id, request)
        except Unanswered as error:
            return Verdict(kind="failing", message=str(error)), Reply(status=0)
        except BaseException:
            self._condition.breaker.let_off()
            raise
        try:
            return self._source.judge(request, reply, self._account), reply
        except Exception as error:
            # An answer that a client cannot read must not end the lane.
            log.error("client_failed", source=self.connection.source, error=repr(error))
            return Verdict(kind="failing", message=f"unreadable answer: {error!r}"), reply

    async def _judged(
        self,
        request: Request,
        targets: Sequence[Target],
        verdict: Verdict,
        reply: Reply,
        followed: int,
    ) -> None:
        if verdict.kind == "taken":
            self._condition.answered()
            await self._numbers.taken(request, targets, verdict, reply)
            # After what is written of the number: else that could undo what comes of this.
            for another in verdict.follow if followed < MOST_FOLLOWED else ():
                self._start(self._call(another, of_request(targets, another), followed + 1))
            fault = next(iter(verdict.faults.items()), None)
            await self._note("ok", f"{fault[0]}: {fault[1]}" if fault else None, answered=True)
        elif verdict.kind == "failing":
            await self._condition.failed(verdict.message or verdict.kind)
            await self._numbers.failed(targets, verdict)
        else:
            await self._condition.turned_away(verdict)
            # The lane waits, not the numbers: with new credentials they are asked for at once.
            await self._numbers.postpone(targets, 0.0)
