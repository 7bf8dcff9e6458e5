"""Which addresses may be sent to. Else a subscriber could have us call what only we can reach.

The check is made on the address that is then connected to, so a name that changes its meaning
between check and use gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore2
from httpcore2 import AsyncNetworkBackend, AsyncNetworkStream

from milepost.channels.webhook.network import connect

Address = IPv4Address | IPv6Address
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


def literal(host: str) -> Address | None:
    """The address that a URL's host spells out, None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


@cache
def trusted() -> ssl.SSLContext:
    """What certificates are checked by. Loading them takes 50 ms, so all connections share it."""
    return httpcore2.default_ssl_context()


class GuardedNetwork(AsyncNetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, "webhook-lookup")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        addresses = await self._look_up(host, port)
        for address in addresses:
            check(address, allow_private=self._allow_private)
        failure: Exception = httpcore2.ConnectError(f"'{host}' has no address.")
        for address in addresses:
            try:
                return await connect(str(address), port, timeout)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

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
            raise httpcore2.ConnectError(f"'{host}' cannot be resolved.") from None
        texts = dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found)
        return [ip_address(text) for text in texts]


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
