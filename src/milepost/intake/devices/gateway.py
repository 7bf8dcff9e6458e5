"""The gateway: terminals connect, what they report is stored in groups, then they are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog

from milepost.engine.devices import Terminals
from milepost.intake.devices.admission import Book
from milepost.intake.devices.connection import Connection, Speaker
from milepost.intake.devices.doors import Doors
from milepost.intake.devices.group import Group, Heard, Strangers, admitted
from milepost.intake.devices.keeping import Keeping, keep
from milepost.intake.devices.limits import Counts, Limits
from milepost.intake.devices.protocol import Outcome, Session
from milepost.intake.devices.reassembly import Reassembly
from milepost.intake.devices.unread import Unread

log = structlog.get_logger()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Gateway:
    """Servers for some protocols; one task stores and answers, one ends silent connections."""

    def __init__(
        self,
        terminals: Terminals,
        keeping: Keeping,
        now_us: Callable[[], int],
        *,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.counts = Counts()
        self.strangers = Strangers()
        self._unread = Unread()
        self.connections: set[Connection] = set()
        self._book = Book(terminals)
        self._keeping, self._now_us = keeping, now_us
        self._reassembly = Reassembly(keeping.parts, self.limits.parts)
        self._waiting: list[Heard] = []
        self._some = asyncio.Event()
        self._paused = False
        self._look_s = 0.0
        self._doors = Doors(self)
        self._tasks: list[asyncio.Task[None]] = []
        self.now_s = monotonic

    async def start(self, host: str, ports: Mapping[str, int]) -> dict[str, int]:
        """Open a port for each protocol; the ports, chosen ones where 0 was asked for.

        Raises UnknownProtocolError, and OSError where a port is taken.
        """
        opened: dict[str, int] = {}
        try:
            for name, port in ports.items():
                opened[name] = await self._doors.open(host, name, port)
        except BaseException:
            await self.stop()
            raise
        work = (self._work(), self._sweep(), self._chase())
        self._tasks = [asyncio.create_task(one) for one in work]
        return opened

    async def stop(self) -> None:
        """Take nothing more, store and answer what was taken, and end all connections."""
        self._doors.shut()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self._settle()
        self._doors.close()
        for connection in list(self.connections):
            connection.close()
        self._tasks = []

    # What connections ask of it.

    def stamp(self, session: Session) -> None:
        session.received = _EPOCH + timedelta(microseconds=self._now_us())

    def opened(self, connection: Connection) -> bool:
        """Whether there is room for one more."""
        if len(self.connections) >= self.limits.connections:
            self.counts.refused_connections += 1
            return False
        self.connections.add(connection)
        self.counts.connections += 1
        return True

    def closed(self, connection: Connection) -> None:
        self.connections.discard(connection)

    def heard(self, speaker: Speaker, outcome: Outcome, frame: bytes = b"") -> None:
        """Put a message into the group that is gathering; `frame` is what it came in."""
        self.counts.messages += 1
        if outcome.fault is not None:
            self.counts.faults += 1
            name = speaker.protocol.name
            self._unread.note(name, speaker.peer, outcome.fault, frame, self.now_s())
        self._waiting.append(Heard(speaker, outcome, speaker.session.received))
        self._some.set()
        if len(self._waiting) >= self.limits.waiting and not self._paused:
            self._pause(paused=True)

    def _pause(self, *, paused: bool) -> None:
        """While the store is slow terminals have to wait, so that memory stays bounded."""
        self._paused = paused
        for connection in self.connections:
            with suppress(RuntimeError):
                if paused:
                    connection.transport.pause_reading()
                else:
                    connection.transport.resume_reading()

    # What it does by itself.

    async def _work(self) -> None:
        while True:
            await self._some.wait()
            await asyncio.sleep(self.limits.group_s)
            await self._settle()

    async def _settle(self) -> None:
        """Store what has gathered, then answer; who asked is not answered where storing failed."""
        self._some.clear()
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        group = Group(waiting, self._book, self.strangers, self.counts)
        for attempt in range(1, self.limits.attempts + 1):
            try:
                await self._store(group)
                break
            except Exception:
                log.exception("device_group_not_stored", attempt=attempt, messages=len(waiting))
                await asyncio.sleep(0.2 * attempt)
        else:
            group.drop()
        if self._paused:
            self._pause(paused=False)
        self.counts.groups += 1

    async def _store(self, group: Group) -> None:
        await self._book.learn(group.names(), self.now_s())
        pieces = group.look()
        whole = []
        if pieces:
            taken = await self._reassembly.take(pieces, self._now_us(), self.now_s())
            group.join(taken.outcomes)
            whole = taken.whole
        await keep(self._keeping, group.admit(), self.counts, self._now_us())
        await self._reassembly.settle(whole)
        group.answer()

    async def _chase(self) -> None:
        """Ask for parts that do not come, and read what will not become whole."""
        wait_s = self.limits.parts.wait_s
        while True:
            await asyncio.sleep(min(1.0, wait_s / 4))
            for speaker, message in self._reassembly.chase(self.now_s()):
                speaker.send(message)
            try:
                await self._give_up()
            except ConnectionError:
                log.exception("device_parts_not_read")

    async def _give_up(self) -> None:
        """At most once a minute, for most gateways never hold a part."""
        if self.now_s() < self._look_s:
            return
        self._look_s = self.now_s() + min(60.0, self.limits.parts.keep_s / 4)
        for key, terminal, outcome in await self._reassembly.given_up(self._now_us()):
            self.counts.faults += 1
            asset, fault = terminal.asset, outcome.fault
            log.warning("device_message_incomplete", asset=asset, message=key[2], fault=fault)
            received = _EPOCH + timedelta(microseconds=self._now_us())
            found = admitted(terminal, outcome, received)
            await keep(self._keeping, found, self.counts, self._now_us())
            await self._reassembly.settle([key])

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(10.0, self.limits.idle_s / 4))
            latest = self.now_s() - self.limits.idle_s
            for connection in list(self.connections):
                if connection.heard_s < latest:
                    connection.close()
