"""Room 8, the loop: announcements become deliveries, deliveries become attempts, until each is
delivered or given up. It reads the outbox only, so it may run in any number of processes.

Nothing is lost: an announcement leaves the outbox in the transaction that makes its deliveries,
and a delivery is only leased while it is tried. After a crash the lease runs out and it is tried
again under the same message id.
"""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog

from milepost.engine.announce import Audience
from milepost.engine.delivery import Answer, Channel, Due, Message, Outbox, Outcome, Subscription
from milepost.engine.lanes import WIDEST, Lanes
from milepost.engine.retrying import outcome_of

log = structlog.get_logger()

# Longer than the longest attempt with the writing of its outcome: else it would be sent twice.
LEASE_S = 90.0
LONGEST_TRY_S = 60.0
# Announcements and subscriptions of other processes are noticed within so many seconds.
POLL_S = 3.0
MOST_AT_ONCE = 512
# While others are on their way, outcomes are gathered for so long and written together, and so is
# what is to be sent next.
GATHER_S = 0.01
OUTBOX_BATCH = 1_000
PRUNE_EVERY = timedelta(hours=1)
PRUNE_BATCH = 5_000
CLOSE_WITHIN_S = 3.0


def utc_now() -> datetime:
    return datetime.now(UTC)


class Announcer:
    """Sends what is due. `woken` is set whenever there may be something new to send."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        *,
        audience: Audience | None = None,
        woken: asyncio.Event | None = None,
        now: Callable[[], datetime] = utc_now,
        chance: Callable[[], float] = random.random,
        keep_days: int = 30,
    ) -> None:
        self.channels = channels
        self._outbox = outbox
        self._audience = Audience() if audience is None else audience
        self._woken = asyncio.Event() if woken is None else woken
        self._now = now
        self._chance = chance
        self._keep = timedelta(days=keep_days)
        self._lanes = Lanes()
        self._running: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._broken_off: list[int] = []
        self._outcomes: list[Outcome] = []
        self._writing = False
        self._audience_at: datetime | None = None
        self._pruned_at: datetime | None = None

    async def start(self) -> None:
        """Learn what is wanted, then send until `close`. Call it before scans are taken."""
        await self.refresh()
        self._running = asyncio.create_task(self.run())

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._woken.clear()
            wait_s = await self._guarded_turn()
            if wait_s:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), wait_s)
                if self._lanes.busy:
                    await asyncio.sleep(GATHER_S)

    async def drain_once(self) -> int:
        """Send everything that is due now, and wait for it; how many attempts were made."""
        made = 0
        while True:
            while await self._outbox.claim_outbox(OUTBOX_BATCH, self._now()):
                pass
            begun = await self._begin()
            await asyncio.gather(*self._sending)
            if not begun:
                return made
            made += begun

    async def refresh(self) -> None:
        """Learn which topics are wanted."""
        self._audience.set(await self._outbox.audience())
        self._audience_at = self._now()

    async def changed(self, subscription: int) -> None:
        """A subscription of this process was added, changed or deleted."""
        self._lanes.forget(subscription)
        await self.refresh()
        self._woken.set()

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def test(self, subscription: Subscription, message: Message) -> Answer:
        """Try a message at once, outside of any queue or log."""
        return await self._try(subscription, message)

    async def close(self) -> None:
        """Wait a little for what is on its way, give the rest back, and close the channels."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=CLOSE_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        with suppress(ConnectionError):
            await self._outbox.release(self._broken_off, self._now())
        for channel in self.channels.values():
            await channel.close()

    async def _guarded_turn(self) -> float:
        """One round; the seconds until the next. No fault may end the loop."""
        try:
            return 0.0 if await self._turn() else await self._idle_s()
        except ConnectionError as error:
            log.warning("announcer_waits", error=str(error))
        except Exception as error:
            _report("announcer_failed", error)
        return 1.0

    async def _turn(self) -> bool:
        """One round; True if there may be more to do right away."""
        now = self._now()
        if self._audience_at is None or now - self._audience_at > 0.9 * timedelta(seconds=POLL_S):
            await self.refresh()
        await self._prune(now)
        moved = await self._outbox.claim_outbox(OUTBOX_BATCH, now)
        begun = await self._begin()
        return bool(moved or begun)

    async def _begin(self) -> int:
        """Claim what is due and there is room for, and set it on its way."""
        limit = MOST_AT_ONCE - self._lanes.busy
        if limit <= 0:
            return 0
        now = self._now()
        found = await self._outbox.claim_deliveries(
            limit, self._lanes.room(now), WIDEST, now, LEASE_S
        )
        for due in found:
            self._lanes.enter(due.subscription.id)
            task = asyncio.create_task(self._send(due))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(found)

    async def _send(self, due: Due) -> None:
        answer: Answer | None = None
        try:
            answer = await self._try(due.subscription, due.message)
        finally:
            self._lanes.leave(due.subscription.id, answer, self._now())
            if answer is None:
                self._broken_off.append(due.delivery)
        outcome = outcome_of(due, answer, self._now(), self._chance)
        if outcome.disable:
            log.warning("subscription_ends", id=due.subscription.id, why=outcome.disable)
        self._outcomes.append(outcome)
        if not self._writing:
            await self._write()
            self._woken.set()

    async def _try(self, subscription: Subscription, message: Message) -> Answer:
        channel = self.channels.get(subscription.channel)
        if channel is None:
            return Answer(error=f"The channel '{subscription.channel}' is not installed here.")
        try:
            async with asyncio.timeout(LONGEST_TRY_S):
                return await channel.send(subscription, message)
        except Exception as error:
            # A faulty channel must not end the loop, nor keep its message in the lease for ever.
            _report("channel_failed", error, channel=subscription.channel)
            return Answer(error=f"The channel failed: {type(error).__name__}")

    async def _write(self) -> None:
        """Write outcomes; those that come in meanwhile go together into the next write."""
        self._writing = True
        try:
            while self._outcomes:
                if self._lanes.busy:
                    await asyncio.sleep(GATHER_S)
                await self._write_batch(list(self._outcomes))
        finally:
            self._writing = False

    async def _write_batch(self, batch: list[Outcome]) -> None:
        try:
            await self._outbox.finish(batch)
        except ConnectionError:
            await asyncio.sleep(1.0)
        else:
            del self._outcomes[: len(batch)]

    async def _idle_s(self) -> float:
        """How long nothing will be due."""
        now = self._now()
        times = (await self._outbox.next_due(now), self._lanes.opens_at(now))
        waits = [(time - now).total_seconds() for time in times if time is not None]
        return max(0.005, min([POLL_S, *waits]))

    async def _prune(self, now: datetime) -> None:
        if self._pruned_at is not None and now - self._pruned_at < PRUNE_EVERY:
            return
        if await self._outbox.prune(now - self._keep, PRUNE_BATCH) < PRUNE_BATCH:
            self._pruned_at = now


def _report(event: str, error: Exception, **more: object) -> None:
    # Not log.exception: renderers may show local variables, and those hold secrets.
    log.error(event, error="".join(traceback.format_exception(error)), **more)
