"""Room 7: one transaction for journal, alerts and outbox; only then is the sender answered.

One group is being written while the next one fills; there is no timer. Whoever adds to a group,
or finds in memory what a group has not yet made durable, waits for that group.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from math import exp

import structlog

from milepost.engine.ports import Ledger
from milepost.engine.rows import Group

log = structlog.get_logger()
RETRY_S = (0.05, 0.2, 0.5, 1.0, 2.0)
# Commits of so many events come only where senders are ahead of the disk ...
PRESSED = 500
# ... and for so long after one of them it is taken that they still are.
PRESSED_S = 2.0
# Beyond so many events a second a process has less to spare for what can wait.
BUSY = 2_000


class Committer:
    """Writes groups, one after the other. `after` is called with what became durable."""

    def __init__(self, ledger: Ledger, shard: int, after: Callable[[Group, int], None]) -> None:
        self._ledger = ledger
        self._shard = shard
        self._after = after
        self._filling = Group()
        self._done: asyncio.Future[int] | None = None
        self._wanted = asyncio.Event()
        self._closing = False
        self.last_seq = 0
        self.commits = 0
        self.busy_s = 0.0
        self._pressed_until = 0.0
        self._recent, self._counted_s = 0.0, 0.0

    @property
    def filling(self) -> Group:
        """The group that is filling now. Valid until the next await."""
        return self._filling

    @property
    def waiting(self) -> int:
        """Events that wait for the next commit: the measure for admission control."""
        return len(self._filling.rows)

    @property
    def pressed(self) -> bool:
        """Whether scans come in so fast that work which can wait should."""
        return time.perf_counter() < self._pressed_until

    @property
    def busy(self) -> bool:
        """Whether so many scans come in that work which can wait should go slowly."""
        return self._lately(time.perf_counter()) > BUSY

    def _lately(self, now_s: float) -> float:
        """Events of the last second, more or less."""
        return self._recent * exp(self._counted_s - now_s)

    def ticket(self) -> Awaitable[int]:
        """Done, with the sequence number, when everything added so far is durable."""
        if self._done is None:
            self._done = asyncio.get_running_loop().create_future()
        self._wanted.set()
        return asyncio.shield(self._done)

    async def run(self) -> None:
        """Commit groups until `close`."""
        while not (self._closing and self._done is None):
            await self._wanted.wait()
            self._wanted.clear()
            if self._done is not None:
                await self._write_one()

    async def close(self) -> None:
        """Let what is there become durable, then end `run`."""
        self._closing = True
        await self.ticket()

    async def _write_one(self) -> None:
        group, done = self._filling, self._done
        assert done is not None
        self._filling, self._done = Group(), None
        began = time.perf_counter()
        self._recent, self._counted_s = self._lately(began) + len(group.rows), began
        if len(group.rows) > PRESSED:
            self._pressed_until = began + PRESSED_S
        seq = await self._durable(group) if _has_anything(group) else self.last_seq
        self.commits += 1
        self.busy_s += time.perf_counter() - began
        self.last_seq = seq
        try:
            self._after(group, seq)
        except Exception as error:  # it is durable: whoever waits must hear of it all the same
            log.exception("after_commit_failed", error=repr(error))
        done.set_result(seq)

    async def _durable(self, group: Group) -> int:
        """Write until it is written. The ledger itself knows whether a lost answer was a commit."""
        tries = 0
        while True:
            try:
                return await self._ledger.commit(self._shard, group)
            except Exception as error:
                # Whatever it is (a full disk, a killed query): memory is ahead of the journal now,
                # so the only ways on are this group, or a restart that loads what is durable.
                wait_s = RETRY_S[min(tries, len(RETRY_S) - 1)]
                log.warning("commit_retry", tries=tries, wait_s=wait_s, error=repr(error))
                tries += 1
                await asyncio.sleep(wait_s)


def _has_anything(group: Group) -> bool:
    rest = (
        group.raws,
        group.unread,
        group.facts,
        group.alerts,
        group.moved,
        group.outbox,
        group.mentions,
    )
    return bool(group.rows) or any(rest)
