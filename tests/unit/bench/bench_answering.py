"""A tiny HTTP server in the test's own loop: whatever is asked, `answer` says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Answer = Callable[[str, str, bytes], tuple[int, bytes]]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[int]:
    """Serve on a free port; gives the port."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, path, _ = head.split(" ", 2)
                length = int(head.lower().partition("content-length:")[2].split("\r\n")[0])
                status, body = answer(method, path, await reader.readexactly(length))
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                )
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
