"""The gateway's open ports: TCP for each protocol, UDP where it is spoken."""

from __future__ import annotations

import asyncio

from milepost.intake.devices.connection import Connection, Datagrams, House
from milepost.intake.devices.discovery import protocol as named

_BACKLOG = 2048


class Doors:
    """Ports that lead to one house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._servers: list[asyncio.Server] = []
        self._ports: list[asyncio.DatagramTransport] = []

    async def open(self, host: str, name: str, port: int) -> int:
        """Open one for a protocol; the port, a chosen one for 0.

        Raises UnknownProtocolError, and OSError where the port is taken.
        """
        spoken, house = named(name), self._house
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Connection(house, spoken), host, port, backlog=_BACKLOG
        )
        self._servers.append(server)
        port = int(server.sockets[0].getsockname()[1])
        if spoken.datagrams:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: Datagrams(house, spoken), local_addr=(host, port)
            )
            self._ports.append(transport)
        return port

    def shut(self) -> None:
        """Let nobody in any more; those that are in can still be answered, over UDP too."""
        for server in self._servers:
            server.close()
        self._servers = []

    def close(self) -> None:
        """Answer nobody over UDP any more."""
        for port in self._ports:
            port.close()
        self._ports = []
