"""One terminal's connection: bytes in, frames out of them, answers back. No task of its own."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any, cast
from typing import Protocol as Shape

from milepost.intake.devices.decoding import decode
from milepost.intake.devices.protocol import Identity, Outcome, Protocol, Session
from milepost.intake.devices.wire.framing import frames

_FAULTS = 20
_PEERS = 50_000


class Speaker(Shape):
    """Whoever a message came from."""

    protocol: Protocol
    session: Session
    identity: Identity | None
    proved: set[str]
    peer: str

    def send(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class House(Shape):
    """What a connection needs of the gateway."""

    def now_s(self) -> float: ...

    def stamp(self, session: Session) -> None: ...

    def opened(self, connection: Connection) -> bool: ...

    def closed(self, connection: Connection) -> None: ...

    def heard(self, speaker: Speaker, outcome: Outcome, frame: bytes = b"") -> None: ...


class Connection(asyncio.Protocol):
    """A TCP connection. `heard_s`: when it last said something, on the gateway's clock."""

    transport: asyncio.Transport

    def __init__(self, house: House, protocol: Protocol) -> None:
        self._house = house
        self.protocol = protocol
        self.session = Session(joins=False)
        self.identity: Identity | None = None
        self.proved: set[str] = set()
        self.peer = ""
        self.heard_s = house.now_s()
        self._buffer = b""
        self._faults = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast: other event loops' transports have the methods, not the base class.
        self.transport = cast("asyncio.Transport", transport)
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._house.opened(self):
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        house = self._house
        self.heard_s = house.now_s()
        self._buffer += data
        found, taken = frames(self.protocol.cut, self._buffer)
        self._buffer = self._buffer[taken:]
        house.stamp(self.session)
        for frame in found:
            outcome = decode(self.protocol, frame, self.session)
            # Whoever can be answered speaks the protocol, however odd what it says.
            self._faults = self._faults + 1 if outcome.fault and not outcome.replies else 0
            house.heard(self, outcome, frame)
        if len(self._buffer) > self.protocol.max_frame_bytes or self._faults > _FAULTS:
            self.transport.abort()  # it does not speak this protocol

    def connection_lost(self, exc: Exception | None) -> None:
        self._house.closed(self)

    def send(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(data)

    def close(self) -> None:
        self.transport.close()


class Peer:
    """Whoever sends datagrams from one address."""

    def __init__(self, port: Datagrams, address: Any) -> None:
        self._port, self._address = port, address
        self.protocol = port.protocol
        self.session = Session(joins=False)
        self.identity: Identity | None = None
        self.proved: set[str] = set()
        self.peer = str(address[0])

    def send(self, data: bytes) -> None:
        self._port.transport.sendto(data, self._address)

    def close(self) -> None:
        self._port.forget(self._address)


class Datagrams(asyncio.DatagramProtocol):
    """A UDP port; addresses that have been silent longest are forgotten first."""

    transport: asyncio.DatagramTransport

    def __init__(self, house: House, protocol: Protocol) -> None:
        self._house = house
        self.protocol = protocol
        self._peers: OrderedDict[Any, Peer] = OrderedDict()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        peer = self._peers.pop(addr, None) or Peer(self, addr)
        self._peers[addr] = peer
        if len(self._peers) > _PEERS:
            self._peers.popitem(last=False)
        self._house.stamp(peer.session)
        found, _ = frames(self.protocol.cut, data)
        for frame in found or [data]:
            self._house.heard(peer, decode(self.protocol, frame, peer.session), frame)

    def forget(self, address: Any) -> None:
        self._peers.pop(address, None)
