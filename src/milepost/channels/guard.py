"""Which addresses may be sent to. Else a subscriber could have us call what only we can reach.

The check is made on the address that is then connected to, so a name that changes its meaning
between check and use gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from httpcore2 import default_ssl_context

Address = IPv4Address | IPv6Address
LONGEST_URL = 2_048
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Name servers may be slow; look-ups for one receiver must not use up the threads of the others.
LOOKUPS_AT_ONCE = 32


class RefusedTargetError(Exception):
    """The target lies in a network that must not be called."""


def check(address: Address, *, allow_private: bool) -> None:
    """Raises RefusedTargetError unless the address is public, or private ones are allowed.

    Link-local addresses (cloud metadata), multicast and the unspecified address never are.
    """
    inner = _inner(address)
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified:
        raise RefusedTargetError(f"{address} cannot be a target.")
    if not allow_private and not _public(inner):
        raise RefusedTargetError(
            f"{address} is a private address; this server refuses those"
            " (MILEPOST_ALLOW_PRIVATE_TARGETS=1 allows them)."
        )


def check_url(url: str, *, allow_private: bool) -> None:
    """Raises ValueError, in words for the subscriber, for a URL that nothing can be sent to."""
    parts = _parts(url)
    host = parts.hostname or ""
    address = literal(host)
    if address is None and host.rstrip(".").lower() == "localhost":
        address = literal("127.0.0.1")
    if address is not None:
        try:
            check(address, allow_private=allow_private)
        except RefusedTargetError as error:
            raise ValueError(f"url: {error}") from None


def literal(host: str) -> Address | None:
    """The address that a URL's host spells out, None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


@cache
def trusted() -> ssl.SSLContext:
    """What certificates are checked by. Loading them takes 50 ms, so all connections share it."""
    return default_ssl_context()


class Names:
    """Finds the addresses of a host, all of them checked."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, "lookup")

    async def addresses(self, host: str, port: int) -> list[Address]:
        """Raises RefusedTargetError, and OSError for a name that has none."""
        found = await self._look_up(host, port)
        for address in found:
            check(address, allow_private=self._allow_private)
        return found

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look_up(self, host: str, port: int) -> list[Address]:
        address = literal(host)
        if address is not None:
            return [address]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError):
            raise OSError(f"'{host}' cannot be resolved.") from None
        texts = dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found)
        return [ip_address(text) for text in texts]


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"url: must have {LONGEST_URL} printable ASCII characters at most")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"url: {error}") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("url: must begin with https:// or http:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("url: must not hold a user name or password; deliveries are signed")
    return parts


def _public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_reserved


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
