"""Requests to addresses that may be called, without redirects, proxies or cookies."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct

from milepost.channels.guard import Names, RefusedTargetError, check_url, trusted
from milepost.channels.wire import BrokenOffError, Reply, Wire

IDLE_S = 20.0
# Beyond so many connections idle ones are closed, as a process may have few files open.
MOST_CONNECTIONS = 512
REAP_EVERY_S = 1.0
# What may go wrong with a request; TimeoutError is an OSError.
FAILURES = (RefusedTargetError, OSError, ValueError)
Header = tuple[str, str]
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What says where a request ends: connections are shared, and one who could choose these would write
# another's request.
_FRAMING = frozenset(
    ("host", "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te",
     "trailer", "keep-alive", "proxy-connection")
)  # fmt: skip


class Place(Struct, frozen=True):
    """What a URL names: where to connect, and what to ask for there."""

    tls: bool
    name: str
    port: int
    host: str
    target: str


@lru_cache(8_192)
def place_of(url: str) -> Place:
    """Raises ValueError for what is no URL of HTTP."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isascii():
        raise ValueError("no URL that can be called")
    tls = parts.scheme == "https"
    target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    return Place(tls, parts.hostname, parts.port or (443 if tls else 80), host, target)


class Client:
    """Keeps connections for the next who calls the same place. Only idle ones are kept, so nobody's
    slow answer is in the way of another.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow_private = allow_private
        self._names = Names(allow_private=allow_private)
        self._tls = tls
        self._clock = clock
        self._idle: dict[tuple[bool, str, int], list[Wire]] = {}
        self._oldest: dict[Wire, tuple[bool, str, int]] = {}
        self._busy = 0
        self._reaped_at = 0.0

    def check_url(self, url: str) -> None:
        """Raises ValueError, in words for who gave it, where nothing can be sent there."""
        check_url(url, allow_private=self._allow_private)

    async def request(
        self,
        method: str,
        url: str,
        headers: Iterable[Header],
        body: bytes,
        *,
        most_bytes: int,
        within_s: float,
    ) -> Reply:
        """One exchange. Raises one of FAILURES."""
        place = place_of(url)
        sent = _written(method, place, headers, body)
        self._busy += 1
        try:
            # One limit for all of it: a receiver that answers a byte a second is slow as well.
            async with asyncio.timeout(within_s):
                return await self._exchange(place, sent, most_bytes)
        finally:
            self._busy -= 1

    async def _exchange(self, place: Place, sent: bytes, most_bytes: int) -> Reply:
        key = (place.tls, place.name, place.port)
        wire = self._take(key) or await self._connect(place)
        try:
            reply = await wire.exchange(sent, most_bytes)
        except BrokenOffError:
            if wire.answers or not wire.used:
                raise
            # The receiver ended an idle connection just when we went to use it.
            wire = await self._connect(place)
            reply = await wire.exchange(sent, most_bytes)
        wire.used = True
        self._keep(key, wire)
        return reply

    async def close(self) -> None:
        for wire in list(self._oldest):
            wire.close()
        self._names.close()
        await asyncio.sleep(0)  # the loop lets go of what was closed

    @property
    def connections(self) -> int:
        """How many there are, in use or idle."""
        return self._busy + len(self._oldest)

    def _take(self, key: tuple[bool, str, int]) -> Wire | None:
        self._reap()
        while found := self._idle.get(key):
            wire = found[-1]
            self._forget(wire)
            if wire.open:
                return wire
        return None

    def _keep(self, key: tuple[bool, str, int], wire: Wire) -> None:
        if not wire.open:
            return
        if self.connections >= MOST_CONNECTIONS:
            wire.close()
            return
        wire.idle_since = self._clock()
        self._idle.setdefault(key, []).append(wire)
        self._oldest[wire] = key

    def _forget(self, wire: Wire) -> None:
        key = self._oldest.pop(wire, None)
        if key is None:
            return
        same = self._idle[key]
        if same[-1] is wire:  # as nearly always
            same.pop()
        else:
            same.remove(wire)
        if not same:
            del self._idle[key]

    def _reap(self) -> None:
        """Close what has long been idle, and what is too much."""
        now = self._clock()
        if now - self._reaped_at >= REAP_EVERY_S:
            self._reaped_at = now
            for wire in [one for one in self._oldest if now - one.idle_since >= IDLE_S]:
                self._end(wire)
        if self._oldest and self.connections > MOST_CONNECTIONS:
            self._end(next(iter(self._oldest)))

    def _end(self, wire: Wire) -> None:
        self._forget(wire)
        wire.close()

    async def _connect(self, place: Place) -> Wire:
        """To the first address that answers; each was checked. Raises OSError."""
        tls = (self._tls or trusted()) if place.tls else None
        loop, failure = asyncio.get_running_loop(), OSError(f"'{place.name}' has no address.")
        for address in await self._names.addresses(place.name, place.port):
            try:
                _, wire = await loop.create_connection(
                    lambda: Wire(self._forget), str(address), place.port, ssl=tls,
                    server_hostname=place.name if tls else None,
                )  # fmt: skip
            except OSError as error:
                failure = error
            else:
                return wire
        raise failure


def _written(method: str, place: Place, headers: Iterable[Header], body: bytes) -> bytes:
    lines = [f"{method} {place.target} HTTP/1.1", f"host: {place.host}"]
    lines += [f"{_named(name)}: {value}" for name, value in headers]
    if body or method not in {"GET", "HEAD"}:
        lines.append(f"content-length: {len(body)}")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or "\0" in head:
        raise ValueError("a header has a line break")
    return head.encode("latin-1") + b"\r\n\r\n" + body


@lru_cache(1_024)
def _named(name: str) -> str:
    if not _TOKEN.fullmatch(name) or name.lower() in _FRAMING:
        raise ValueError(f"a header must not be called '{name[:40]}'")
    return name


def words(error: Exception, within_s: float) -> str:
    """What went wrong, for the delivery log."""
    if isinstance(error, TimeoutError):
        return f"No answer within {within_s:.0f} seconds."
    if isinstance(error, RefusedTargetError):
        return str(error)
    kind = "" if isinstance(error, BrokenOffError) else f"{type(error).__name__}: "
    return f"{kind}{str(error)[:200]}".rstrip(": ")
