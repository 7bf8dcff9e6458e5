"""The other shards of one server: each is a process that owns the roads of its hash.

Whoever takes a request resolves it and sends each event to its owner. A number is never owned by
two; what an owner says is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

import structlog

from milepost.engine.journey import OverloadedError, Receipt
from milepost.engine.rows import FactRow, Link, Row
from milepost.runners.wire import (
    Absorb,
    Done,
    Follow,
    Foretell,
    Interest,
    Joined,
    Message,
    Told,
    Touched,
    Walk,
    pack,
    unpack,
)

log = structlog.get_logger()
Handle = Callable[[Message], Awaitable[Done]]
RETRY_S = 0.1


class Peers:
    """Our place among `number` shards, and connections to the others."""

    def __init__(self, me: int, number: int, folder: Path) -> None:
        self.me = me
        self.number = number
        self._folder = folder
        self._lines = {one: _Line(_path(folder, one)) for one in range(number) if one != me}
        self._ids = count(1)
        self.interested: set[int] = set()

    def owner_of(self, road: int) -> int:
        return road % self.number

    async def serve(self, handle: Handle) -> asyncio.Server:
        """Answer the others' messages."""
        path = _path(self._folder, self.me)
        path.unlink(missing_ok=True)
        self._handle = handle
        return await asyncio.start_unix_server(self._talk, path, limit=2**26)

    async def walk(self, owner: int, rows: Sequence[tuple[int, Row]], received_us: int) -> Receipt:
        answer = await self._lines[owner].ask(Walk(next(self._ids), list(rows), received_us))
        if answer.overloaded:
            raise OverloadedError
        assert answer.receipt is not None
        return answer.receipt

    async def join(self, links: Sequence[Link]) -> None:
        """Tell every other shard that numbers belong together."""
        asked = [line.ask(Joined(next(self._ids), list(links))) for line in self._lines.values()]
        await asyncio.gather(*asked)

    async def follow(self, parcels: Sequence[int]) -> None:
        """Have every other shard announce what happens to these."""
        asked = [line.ask(Follow(next(self._ids), list(parcels))) for line in self._lines.values()]
        await asyncio.gather(*asked)

    async def absorb(self, link: Link, state: bytes) -> None:
        """Hand a state over to the owner of the road that it has become part of."""
        await self._lines[self.owner_of(link.road)].ask(Absorb(next(self._ids), link, state))

    async def foretell(self, owner: int, message: Foretell) -> Done:
        """The owner's word on when a shipment comes. Raises TimeoutError if it has none yet."""
        message.id = next(self._ids)
        done = await self._lines[owner].ask(message)
        if done.overloaded:
            raise TimeoutError
        return done

    def interest(self, some: bool) -> None:
        """Tell the others whether to send us changes."""
        for line in self._lines.values():
            line.tell(Interest(next(self._ids), self.me, some))

    def touched(self, roads: Sequence[int]) -> None:
        """Tell those who want to know what has changed."""
        for one in self.interested:
            self._lines[one].tell(Touched(next(self._ids), list(roads)))

    def told(self, facts: Sequence[FactRow]) -> None:
        """Tell every other shard what is known of shipments: their roads may be anyone's."""
        for line in self._lines.values():
            line.tell(Told(next(self._ids), list(facts)))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turns: set[asyncio.Task[None]] = set()
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = await unpack(reader)
                turn = asyncio.create_task(self._answer(message, writer))
                turns.add(turn)
                turn.add_done_callback(turns.discard)
        writer.close()

    async def _answer(self, message: Message, writer: asyncio.StreamWriter) -> None:
        try:
            done = await self._handle(message)
        except OverloadedError:
            done = Done(message.id, overloaded=True)
        with suppress(ConnectionError):
            writer.write(pack(done))
            await writer.drain()


class _Line:
    """One connection, opened when it is needed and again when it breaks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[Done]] = {}
        self._opening = asyncio.Lock()
        self._tasks: set[asyncio.Task[object]] = set()

    async def ask(self, message: Message) -> Done:
        """Send until it is answered. Taking a message twice changes nothing at its owner."""
        while True:
            try:
                writer = await self._open()
                done: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
                self._waiting[message.id] = done
                writer.write(pack(message))
                await writer.drain()
                return await done
            except (ConnectionError, OSError) as error:
                log.debug("peer_away", path=str(self._path), error=repr(error))
                await asyncio.sleep(RETRY_S)
            finally:
                self._waiting.pop(message.id, None)  # whoever asks may give up

    def tell(self, message: Message) -> None:
        """Send without waiting for the answer."""
        task: asyncio.Task[object] = asyncio.create_task(self.ask(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self) -> asyncio.StreamWriter:
        async with self._opening:
            if self._writer is None or self._writer.is_closing():
                reader, self._writer = await asyncio.open_unix_connection(self._path, limit=2**26)
                task: asyncio.Task[object] = asyncio.create_task(self._listen(reader))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return self._writer

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                answer = await unpack(reader)
                waiting = self._waiting.pop(answer.id, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)
        if self._writer is not None:
            self._writer.close()
        broken, self._waiting = self._waiting, {}
        for waiting in broken.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the other shard went away"))


def _path(folder: Path, number: int) -> Path:
    return folder / f"shard-{number}"
