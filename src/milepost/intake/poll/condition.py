"""How a connection is: whether it may be asked now, and what is shown of it."""

from __future__ import annotations

import asyncio

from milepost.engine.polling import Connection, Source, Verdict
from milepost.intake.poll.politeness import Breaker, Bucket, backoff_s
from milepost.intake.poll.tools import Tools

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
REFUSED_WAIT_S = 1_800.0
SPENT_WAIT_S = 3_600.0
_STATES = {"throttled": "throttled", "refused": "refused", "spent": "quota_spent"}


class Condition:
    """The rate, the rest and the waits that a source is owed; each change of them is written."""

    def __init__(self, connection: Connection, source: Source, tools: Tools) -> None:
        self.connection = connection
        self.breaker = Breaker(tools.chance)
        self._tools = tools
        self._bucket = Bucket(connection.rate_per_s or source.RATE_PER_S)
        self._telling = asyncio.Lock()
        self._throttled = 0

    def blocked_s(self) -> float:
        """0 if it may be asked now, else for how long it may not."""
        now = self._tools.wall()
        until_us = self.connection.waits_until_us or 0
        return max(self.breaker.wait_s(now), until_us / SECOND_US - now, 0.0)

    async def may_go(self) -> bool:
        """Wait for the rate's turn; False where nothing may be asked any more just now."""
        await asyncio.sleep(self._bucket.take(self._tools.wall()))
        if self.blocked_s() > 0:
            return False
        if not await self._tools.store.spend(self.connection.id, self._tools.now_us() // DAY_US):
            wait_s = self._until_tomorrow_s()
            await self.block("budget_spent", wait_s, "The day's budget is spent.")
            return False
        self.breaker.begun()
        return True

    def answered(self) -> None:
        """The source has taken a request."""
        self.breaker.succeeded()
        self._throttled = 0

    async def failed(self, message: str) -> None:
        """A call came to nothing, and the source may be ill."""
        self.breaker.failed(self._tools.wall())
        await self.note("failing", message)

    async def turned_away(self, verdict: Verdict) -> None:
        """The source wants to be asked no more for a while."""
        self.breaker.let_off()
        wait_s = self._wait_s(verdict)
        await self.block(_STATES[verdict.kind], wait_s, verdict.message or verdict.kind)

    async def block(self, state: str, wait_s: float, message: str) -> None:
        """Nothing is asked for so long."""
        self.connection.waits_until_us = int((self._tools.wall() + wait_s) * SECOND_US)
        self.connection.state = state
        await self.note(state, message)

    async def note(self, state: str, error: str | None, *, answered: bool = False) -> None:
        """Show how the connection is.

        Calls that were under way when it was told to wait come back after that: their answers do
        not end the wait. Of two tellings at once, the later one is written last.
        """
        one, now_us = self.connection, self._tools.now_us()
        one.breaker = self.breaker.state
        if answered:
            one.answered_us = now_us
        if (one.waits_until_us or 0) <= self._tools.wall() * SECOND_US:
            one.state = state
            one.waits_until_us = None if answered else one.waits_until_us
        if error is not None:
            one.last_error, one.last_error_us = error.replace("\x00", "")[:500], now_us
        async with self._telling:
            await self._tools.store.tell(one)

    def _wait_s(self, verdict: Verdict) -> float:
        if verdict.kind != "throttled":
            return REFUSED_WAIT_S if verdict.kind == "refused" else SPENT_WAIT_S
        self._throttled += 1
        return max(verdict.retry_after_s or 0.0, backoff_s(self._throttled, self._tools.chance))

    def _until_tomorrow_s(self) -> float:
        now_us = self._tools.now_us()
        return float((DAY_US - now_us % DAY_US) / SECOND_US)
