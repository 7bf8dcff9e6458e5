"""Connections on the event loop itself: what goes out to a thousand receivers at once spends less
of its time on the way there than through a layer that speaks for several kinds of loop.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpcore2
from httpcore2 import AsyncNetworkStream

# Of an answer as much waits here at most; a receiver cannot fill the memory.
_BUFFER_BYTES = 65_536
_INFO = {"client_addr": "sockname", "server_addr": "peername"}


class Line(AsyncNetworkStream):
    """One connection, as `httpcore2` wants it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        with _as(httpcore2.ReadError, httpcore2.ReadTimeout):
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        with _as(httpcore2.WriteError, httpcore2.WriteTimeout):
            async with asyncio.timeout(timeout):
                self._writer.write(buffer)
                await self._writer.drain()

    async def aclose(self) -> None:
        if self._writer.get_extra_info("ssl_object") is not None:
            # The answer is read or given up: nobody waits for the receiver's farewell.
            self._writer.transport.abort()
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> AsyncNetworkStream:
        with _as(httpcore2.ConnectError, httpcore2.ConnectTimeout):
            try:
                async with asyncio.timeout(timeout):
                    await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
            except BaseException:
                self._writer.transport.abort()
                raise
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # of an idle connection: it was closed, or said too much
            return self._reader.at_eof() or self._writer.is_closing() or self._holds_more()
        return self._writer.get_extra_info(_INFO.get(info, info))

    def _holds_more(self) -> bool:
        return bool(getattr(self._reader, "_buffer", b""))


async def connect(host: str, port: int, timeout: float | None) -> Line:  # noqa: ASYNC109
    """A connection to an address. Raises httpcore2's ConnectError and ConnectTimeout."""
    with _as(httpcore2.ConnectError, httpcore2.ConnectTimeout):
        async with asyncio.timeout(timeout):
            return Line(*await asyncio.open_connection(host, port, limit=_BUFFER_BYTES))


@contextmanager
def _as(failure: type[Exception], late: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except (OSError, ssl.SSLError) as error:
        raise failure(str(error)) from error
