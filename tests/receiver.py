"""A webhook receiver on a real socket: keeps what it gets and answers as it is told."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from patience import PATIENCE_S


@dataclass
class Got:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What to answer, and after how many seconds."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    after_s: float = 0.0


class Receiver:
    """Answers `usual`, unless `next` holds replies."""

    def __init__(self, usual: Reply | None = None) -> None:
        self.usual = usual or Reply()
        self.next: deque[Reply] = deque()
        self.got: list[Got] = []
        self.came = asyncio.Event()
        self.most_at_once = 0
        self._at_once = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?from=milepost"

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got]

    async def count(self, wanted: int, within_s: float = PATIENCE_S) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(within_s):
            while len(self.got) < wanted:
                self.came.clear()
                await self.came.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append(Got(first.split(" ")[1], headers, body))
        self.came.set()
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await self._answer(writer)
        finally:
            self._at_once -= 1
        return True

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        reply = self.next.popleft() if self.next else self.usual
        await asyncio.sleep(reply.after_s)
        headers = {"content-length": str(len(reply.body))} | reply.headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {reply.status} So\r\n{lines}\r\n".encode() + reply.body)
        await writer.drain()
