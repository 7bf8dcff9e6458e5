"""One HTTP/1.1 connection on the event loop itself: what goes to a thousand receivers at once
spends its time on them, not in layers that speak for several kinds of loop and of protocol.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import httptools
from msgspec import Struct

# What may come before the body; a receiver cannot fill the memory.
MOST_HEAD_BYTES = 65_536


class BrokenOffError(ConnectionError):
    """The connection ended, or what came was no answer; the text says which."""


class Reply(Struct, kw_only=True):
    """An answer. Names of `headers` are in lower case. `cut`: its body has more than was wanted."""

    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""
    cut: bool = False


class Wire(asyncio.Protocol):
    """One connection, one exchange at a time. `lost` is called when it ends unused."""

    def __init__(self, lost: Callable[[Wire], None]) -> None:
        self.idle_since = 0.0
        self.open = False
        self.used = False  # whether an exchange has gone well
        self._lost = lost
        self._waiting: asyncio.Future[Reply] | None = None
        self._came = 0

    async def exchange(self, request: bytes, most_bytes: int) -> Reply:
        """Send a request and take its answer, of the body `most_bytes` at most. Raises
        BrokenOffError. Broken off in any way, the connection ends.
        """
        if not self.open:
            raise BrokenOffError("the connection was closed")
        self._parser = httptools.HttpResponseParser(self)
        self._reply = Reply(headers={})
        self._parts: list[bytes] = []
        self._came = 0
        self._room = most_bytes
        self._headed = False
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._waiting
        except BaseException:
            self.close()
            raise
        finally:
            self._waiting = None

    @property
    def answers(self) -> bool:
        """Whether anything has come of the answer."""
        return self._came > 0

    def close(self) -> None:
        """At once: the answer is read or given up, and nobody waits for a farewell."""
        if self.open:
            self.open = False
            self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.open = True

    def data_received(self, data: bytes) -> None:
        if self._waiting is None or self._waiting.done():
            self.close()  # nobody asked: what comes next could be taken for another's answer
            return
        self._came += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(f"no answer in HTTP/1.1: {error}"[:200])
        if not self._headed and self._came > MOST_HEAD_BYTES:
            self._fail(f"the answer's head has more than {MOST_HEAD_BYTES} bytes")

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        if self._waiting is None:
            self._lost(self)
        elif (
            self._headed
            and not {"content-length", "transfer-encoding"} & self._reply.headers.keys()
        ):
            self._done()  # the end of the connection is the end of such an answer
        else:
            self._fail(str(exc) if exc else "the receiver closed the connection")

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._waiting is None or self._waiting.done():
            self.close()  # as above: two answers to one request

    def on_header(self, name: bytes, value: bytes) -> None:
        self._reply.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._reply.status = self._parser.get_status_code()
        self._headed = self._reply.status >= 200

    def on_body(self, body: bytes) -> None:
        if self._reply.cut:
            return
        self._parts.append(body[: self._room])
        self._room -= len(body)
        if self._room < 0:
            self._reply.cut = True
            self._done()
            self.close()

    def on_message_complete(self) -> None:
        if not self._headed:  # 100 Continue and its like come before the answer
            self._reply.headers.clear()
            return
        keeps = self._parser.should_keep_alive()
        self._done()
        if not keeps:
            self.close()

    def _done(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._reply.body = b"".join(self._parts)
            self._waiting.set_result(self._reply)

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(BrokenOffError(why))
        self.close()
