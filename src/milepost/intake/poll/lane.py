"""One connection being asked: what is due goes out, politely, and what comes back goes in."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

import structlog

from milepost.engine.journey import OverloadedError
from milepost.engine.polling import (
    Account,
    Ask,
    Asked,
    Connection,
    Reply,
    Request,
    Source,
    Target,
    Unanswered,
    Verdict,
)
from milepost.intake.poll.interval import Pace, interval_s, why_ended
from milepost.intake.poll.politeness import Breaker, Bucket, backoff_s
from milepost.intake.poll.tools import Tools

log = structlog.get_logger()

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
# A claim outlives the longest call with everything that follows from it.
LEASE_US = 300 * SECOND_US
REFUSED_WAIT_S = 1_800.0
SPENT_WAIT_S = 3_600.0
UNASKABLE_WAIT_S = 6 * 3_600
MOST_FOLLOWED = 3
# What was made known just now is asked for again soon: the source looks it up meanwhile.
REGISTERED_WAIT_S = 30


class Lane:
    """Asks for the numbers of one connection until it is cancelled."""

    def __init__(self, connection: Connection, source: Source, tools: Tools) -> None:
        self.connection = connection
        self._source = source
        self._tools = tools
        self._account = account_of(connection, source)
        self._bucket = Bucket(connection.rate_per_s or source.RATE_PER_S)
        self._width = connection.concurrency or source.CONCURRENCY
        self._room = asyncio.Semaphore(self._width)
        self._breaker = Breaker(tools.chance)
        self._pace = pace_of(connection, source)
        self._calls: set[asyncio.Task[None]] = set()
        self._telling = asyncio.Lock()
        self._throttled = 0

    async def turn(self) -> float:
        """Ask for what is due; the seconds until it makes sense to look again."""
        wait_s = self._blocked_s()
        if wait_s > 0:
            return wait_s
        now_us = self._tools.now_us()
        limit = self._source.BATCH * self._width - len(self._calls) * self._source.BATCH
        if limit <= 0:
            return 0.05
        store, one = self._tools.store, self.connection
        targets = await store.claim(one.id, limit, now_us, LEASE_US)
        if not targets:
            return 1.0
        asks = [self._ask(target) for target in targets]
        requests = self._source.requests(asks, self._account, self._tools.now())
        await self._unaskable(targets, requests)
        for request in requests:
            self._start(self._call(request, _of(targets, request)))
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

    def _blocked_s(self) -> float:
        now = self._tools.wall()
        until_us = self.connection.waits_until_us or 0
        return max(self._breaker.wait_s(now), until_us / SECOND_US - now, 0.0)

    def _ask(self, target: Target) -> Ask:
        code = self._tools.code_of(self.connection.source, target.carrier or "")
        tail = str(self.connection.options.get("phone_tail") or "") or None
        return Ask(number=target.number, carrier=target.carrier, carrier_code=code, phone_tail=tail)

    async def _unaskable(self, targets: Sequence[Target], requests: Sequence[Request]) -> None:
        """Numbers of carriers that the source has no word for."""
        asked = {ask.number for request in requests for ask in request.asks}
        due_us = self._tools.now_us() + UNASKABLE_WAIT_S * SECOND_US
        error = "This source cannot be asked for a number of an unknown carrier."
        left = [one for one in targets if one.number not in asked]
        if left:
            done = [Asked(parcel=one.parcel, due_us=due_us, error=error) for one in left]
            await self._tools.store.finish(self.connection.id, done)

    async def _call(self, request: Request, targets: Sequence[Target], followed: int = 0) -> None:
        try:
            async with self._room:
                if not await self._may_go():
                    await self._postpone(targets, 1.0, None)
                    return
                verdict, reply = await self._exchange(request)
            await self._judged(request, targets, verdict, reply, followed)
        except ConnectionError:
            # Our own store is away: the lease runs out and the number is asked for again.
            log.warning("poll_unwritten", connection=self.connection.id)
        except OverloadedError:
            await self._postpone(targets, 5.0, None)

    async def _may_go(self) -> bool:
        """Wait for the rate's turn; False where nothing may be asked any more just now."""
        await asyncio.sleep(self._bucket.take(self._tools.wall()))
        if self._blocked_s() > 0:
            return False
        if not await self._tools.store.spend(self.connection.id, self._tools.now_us() // DAY_US):
            await self._block(
                "budget_spent", self._until_tomorrow_s(), "The day's budget is spent."
            )
            return False
        self._breaker.begun()
        return True

    async def _exchange(self, request: Request) -> tuple[Verdict, Reply]:
        try:
            reply = await self._tools.fetch(self.connection.id, request)
        except Unanswered as error:
            return Verdict(kind="failing", message=str(error)), Reply(status=0)
        except BaseException:
            self._breaker.let_off()
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
            await self._taken(request, targets, verdict, reply, followed)
            return
        message = verdict.message or verdict.kind
        if verdict.kind == "failing":
            self._breaker.failed(self._tools.wall())
            failures = 1 + max((one.failures for one in targets), default=0)
            wait_s = max(verdict.retry_after_s or 0.0, backoff_s(failures, self._tools.chance))
            await self._note("failing", message)
            await self._postpone(targets, wait_s, message)
            return
        self._breaker.let_off()
        wait_s = self._wait_s(verdict)
        states = {"throttled": "throttled", "refused": "refused", "spent": "quota_spent"}
        await self._block(states[verdict.kind], wait_s, message)
        # The lane waits, not the numbers: with new credentials they are asked for at once.
        await self._postpone(targets, 0.0, None)

    def _wait_s(self, verdict: Verdict) -> float:
        if verdict.kind != "throttled":
            return REFUSED_WAIT_S if verdict.kind == "refused" else SPENT_WAIT_S
        self._throttled += 1
        return max(verdict.retry_after_s or 0.0, backoff_s(self._throttled, self._tools.chance))

    async def _taken(
        self,
        request: Request,
        targets: Sequence[Target],
        verdict: Verdict,
        reply: Reply,
        followed: int,
    ) -> None:
        self._breaker.succeeded()
        self._throttled = 0
        if not request.registers:
            await self._hand_in(request, reply)
        done = [
            await self._next(one, verdict.faults.get(one.number), registered=request.registers)
            for one in targets
        ]
        await self._tools.store.finish(self.connection.id, done)
        # After what is written of the number: else that could undo what comes of this.
        for another in verdict.follow if followed < MOST_FOLLOWED else ():
            self._start(self._call(another, _of(targets, another), followed + 1))
        fault = next(iter(verdict.faults.items()), None)
        await self._note("ok", f"{fault[0]}: {fault[1]}" if fault else None, answered=True)

    async def _hand_in(self, request: Request, reply: Reply) -> None:
        number = request.asks[0].number if len(request.asks) == 1 else None
        one = self.connection
        kind = reply.headers.get("content-type")
        await self._tools.take(one.tenant, one.source, reply.body, kind, number)

    async def _next(self, target: Target, error: str | None, *, registered: bool) -> Asked:
        """When to ask again, by how things stand now."""
        now_us = self._tools.now_us()
        standing = await self._tools.standing(self.connection.tenant, target)
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

    async def _postpone(self, targets: Sequence[Target], wait_s: float, error: str | None) -> None:
        due_us = self._tools.now_us() + int(wait_s * SECOND_US)
        done = [Asked(parcel=one.parcel, due_us=due_us, error=error) for one in targets]
        with suppress(ConnectionError):
            await self._tools.store.finish(self.connection.id, done)

    async def _block(self, state: str, wait_s: float, message: str) -> None:
        self.connection.waits_until_us = int((self._tools.wall() + wait_s) * SECOND_US)
        self.connection.state = state
        await self._note(state, message)

    async def _note(self, state: str, error: str | None, *, answered: bool = False) -> None:
        """Show how the connection is.

        Calls that were under way when it was told to wait come back after that: their answers do
        not end the wait. Of two tellings at once, the later one is written last.
        """
        one, now_us = self.connection, self._tools.now_us()
        one.breaker = self._breaker.state
        if answered:
            one.answered_us = now_us
        if (one.waits_until_us or 0) <= self._tools.wall() * SECOND_US:
            one.state = state
            one.waits_until_us = None if answered else one.waits_until_us
        if error is not None:
            one.last_error, one.last_error_us = error.replace("\x00", "")[:500], now_us
        async with self._telling:
            await self._tools.store.tell(one)

    def _until_tomorrow_s(self) -> float:
        now_us = self._tools.now_us()
        return float((DAY_US - now_us % DAY_US) / SECOND_US)


def account_of(connection: Connection, source: Source) -> Account:
    return Account(
        source=connection.source,
        base_url=(connection.base_url or source.BASE_URL).rstrip("/"),
        secrets=connection.secrets,
        options=connection.options,
    )


def pace_of(connection: Connection, source: Source) -> Pace:
    """The usual pace, unless the connection's options say otherwise."""
    given = {
        name: connection.options[name]
        for name in ("longest_s", "near_s", "grace_s", "give_up_s")
        if isinstance(connection.options.get(name), int)
    }
    asked = connection.options.get("shortest_s")
    shortest_s = max(source.SHORTEST_S, asked) if isinstance(asked, int) else source.SHORTEST_S
    return Pace(shortest_s=shortest_s, **given)


def _of(targets: Sequence[Target], request: Request) -> list[Target]:
    numbers = {ask.number for ask in request.asks}
    return [target for target in targets if target.number in numbers]
