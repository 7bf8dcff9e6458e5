"""The floor of `bench live`: streams that are given the same ready bytes, and nothing else.

GET opens a stream and gives it the bytes; POST gives them to every stream. The first line on
standard input has the port, what follows up to the end are the bytes.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class _Stream(asyncio.Protocol):
    def __init__(self, ready: bytes, streams: set[asyncio.Transport]) -> None:
        self._ready, self._streams = ready, streams
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._seen += data
        if b"\r\n\r\n" not in self._seen:
            return
        if self._seen.startswith(b"GET"):
            self._streams.add(self._transport)
            self._transport.write(_HEAD + self._ready)
        else:
            for stream in self._streams:
                stream.write(self._ready)
            self._transport.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        self._seen = b""

    def connection_lost(self, exc: Exception | None) -> None:
        self._streams.discard(self._transport)


async def _serve(port: int, ready: bytes) -> None:
    streams: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Stream(ready, streams), "127.0.0.1", port, backlog=2048
    )
    await server.serve_forever()


def main() -> None:
    """Serve until killed."""
    port, _, body = sys.stdin.buffer.read().partition(b"\n")
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n"
    uvloop.run(_serve(int(port), chunk))


if __name__ == "__main__":
    main()
