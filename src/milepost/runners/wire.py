"""Messages between the processes of one server: length, then MessagePack, over a Unix socket."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from milepost.domain.event import Event
from milepost.domain.scan import Facts
from milepost.domain.track import Forecast
from milepost.engine.journey import Receipt
from milepost.engine.rows import FactRow, Link, Row
from milepost.eta.facts import Window


class Walk(msgspec.Struct, tag=True, array_like=True):
    """Events for their owner; answered by a Receipt when durable."""

    id: int
    rows: list[tuple[int, Row]]
    received_us: int


class Joined(msgspec.Struct, tag=True, array_like=True):
    """Numbers belong together from now on."""

    id: int
    links: list[Link]


class Absorb(msgspec.Struct, tag=True, array_like=True):
    """The state of a number that has become part of a road of the receiver's."""

    id: int
    link: Link
    state: bytes


class Interest(msgspec.Struct, tag=True, array_like=True):
    """Whether anyone listens to live changes at the sender."""

    id: int
    sender: int
    some: bool


class Touched(msgspec.Struct, tag=True, array_like=True):
    """Roads that have changed durably."""

    id: int
    roads: list[int]


class Told(msgspec.Struct, tag=True, array_like=True):
    """Facts of shipments that are durable; roads of the receiver's may be judged otherwise."""

    id: int
    facts: list[FactRow]


class Follow(msgspec.Struct, tag=True, array_like=True):
    """Parcels that somebody follows: what happens to them is to be announced."""

    id: int
    parcels: list[int]


class Foretell(msgspec.Struct, tag=True, array_like=True):
    """Boxes of a shipment (state, events, facts): when the last comes, by what the receiver, who
    owns their road, has learned. `whole`: every forecast instead of the present window.
    """

    id: int
    tenant: int
    boxes: list[tuple[bytes, list[Event], Facts]]
    delays_s: list[int]
    now_us: int
    whole: bool


class Done(msgspec.Struct, tag=True, array_like=True):
    """The answer to the message of the same id."""

    id: int
    receipt: Receipt | None = None
    overloaded: bool = False
    window: Window | None = None
    forecasts: list[Forecast] = []


Message = Walk | Joined | Absorb | Interest | Touched | Told | Follow | Foretell | Done
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Message).decode


def pack(message: Message) -> bytes:
    """A message with its length before it."""
    body = _encode(message)
    return len(body).to_bytes(4, "big") + body


async def unpack(reader: asyncio.StreamReader) -> Any:
    """The next message. Raises IncompleteReadError at the end."""
    size = int.from_bytes(await reader.readexactly(4), "big")
    return _decode(await reader.readexactly(size))
